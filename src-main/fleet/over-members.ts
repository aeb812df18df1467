import { inParallel, type Outcome } from '#shared/in-parallel';
import type { UnaskingContext } from '#workspace/use-case';
import { connectionRoom } from './connection-room.ts';

/**
 * Works on all, at most `limit` at once, and tells how many have come to an end, whichever. A failure stops no other; a server that has no
 * connection left is waited for, and the work begun again (`connectionRoom`).
 */
export async function overMembers<Member extends { readonly name: string }, Value>(
  members: readonly Member[],
  {
    limit,
    signal,
    onProgress,
  }: { readonly limit: number } & Pick<UnaskingContext<'fleet'>, 'signal' | 'onProgress'>,
  work: (member: Member) => Promise<Value>,
): Promise<Outcome<Value>[]> {
  const total = members.length;
  const room = connectionRoom(signal);
  let done = 0;
  onProgress({ step: 'fleet', done, total });
  return inParallel(members, { limit, signal }, async (member) => {
    try {
      return await room(member.name, () => work(member));
    } finally {
      done += 1;
      onProgress({ step: 'fleet', done, total });
    }
  });
}
