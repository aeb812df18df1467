import type { HandoffTarget, RememberedTarget } from '#contract/handoff';
import { type EncryptionKey, generateEncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import { describeTarget, planHandoff } from './target.ts';

/** A target, and whose key stands there, where that is known. */
export interface ReadTarget {
  readonly where: string;
  readonly holds?: string;
}

/** Whose key each target holds: read where it is a file, else what Keel last gave it. Asks nobody, changes nothing. */
export async function readTargets(targets: readonly RememberedTarget[]): Promise<ReadTarget[]> {
  // what a file holds is read with the plan of a change that is never made
  using never = generateEncryptionKey();
  const read: ReadTarget[] = [];
  for (const { target, given } of targets) {
    const holds = readable.has(target.kind) ? await keyIn(target, never) : given?.fingerprint;
    read.push({ where: describeTarget(target), ...(holds !== undefined && { holds }) });
  }
  return read;
}

/** Kinds that are read without a token, another program or another right. */
const readable = new Set<HandoffTarget['kind']>([
  'env-file',
  'compose-file',
  'kubernetes-secret',
  'key-file',
]);

async function keyIn(target: HandoffTarget, never: EncryptionKey): Promise<string | undefined> {
  try {
    return (await planHandoff(target, never)).holds;
  } catch (error) {
    if (error instanceof KeelError) return undefined;
    throw error;
  }
}
