import { inParallel, type Outcome } from '#shared/in-parallel';
import type { UnaskingContext } from '#workspace/use-case';

/** Works on all, at most `limit` at once, and tells how many have come to an end, whichever. A failure stops no other. */
export async function overMembers<Member, Value>(
  members: readonly Member[],
  {
    limit,
    signal,
    onProgress,
  }: { readonly limit: number } & Pick<UnaskingContext<'fleet'>, 'signal' | 'onProgress'>,
  work: (member: Member) => Promise<Value>,
): Promise<Outcome<Value>[]> {
  const total = members.length;
  let done = 0;
  onProgress({ step: 'fleet', done, total });
  return inParallel(members, { limit, signal }, async (member) => {
    try {
      return await work(member);
    } finally {
      done += 1;
      onProgress({ step: 'fleet', done, total });
    }
  });
}
