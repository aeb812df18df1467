import { join } from 'node:path';
import { z } from 'zod';
import { type EncryptedColumn, encryptedColumn } from '#contract/inventory';
import { fingerprint, time } from '#contract/shapes';
import { changeState, readState } from '#storage/state-file';
import { stateKind } from '#storage/state-kind';

/** What a value showed of the IV of an entry: that it is where the entry says, or that the beginning of each value would be lost. */
export const ivProof = z.strictObject({
  entry: encryptedColumn,
  /** The key that decrypted it. */
  fingerprint,
  at: time,
  /** A value that the admin knows, or a credential that its server accepted. */
  by: z.enum(['known-value', 'connection']),
  shows: z.enum(['whole', 'beginning-lost']),
});
export type IvProof = z.infer<typeof ivProof>;

export const ivProofsKind = stateKind({
  file: 'environments/*/iv-proofs.json',
  what: 'the proofs of IV positions',
  version: 1,
  schema: z.strictObject({ proofs: z.array(ivProof) }),
  remedy: 'restore the file from a backup, or delete it and prove the columns again',
});

/** What is remembered for an environment, the oldest first. No value is in it. Throws `state-damaged`, `state-newer`. */
export async function readIvProofs(folder: string): Promise<IvProof[]> {
  return (await readState(ivProofsKind, pathIn(folder)))?.proofs ?? [];
}

/** Remembers proofs, each in place of an older one of the same entry and key. Durable when it returns. */
export async function rememberIvProofs(folder: string, proofs: readonly IvProof[]): Promise<void> {
  if (proofs.length === 0) return;
  const isReplaced = (old: IvProof) =>
    proofs.some((one) => one.fingerprint === old.fingerprint && isSameForm(one.entry, old.entry));
  await changeState(ivProofsKind, pathIn(folder), (now) => ({
    proofs: [...(now?.proofs ?? []).filter((old) => !isReplaced(old)), ...proofs],
  }));
}

/**
 * After a committed rotation: every plaintext was compared under the same form, so what was proven holds under the new key. A proof
 * that cannot be written can be made again, and is no reason to say that the rotation failed.
 */
export async function carryIvProofs(folder: string, from: string, to: string): Promise<void> {
  const held = (await readIvProofs(folder).catch(() => [])).filter(({ fingerprint: key }) => key === from);
  const carried = held.map((proof) => ({ ...proof, fingerprint: to }));
  await rememberIvProofs(folder, carried).catch(() => undefined);
}

/** The proof of an entry under a key. Another layout, path or place of the IV is another entry. */
export function ivProofOf(
  proofs: readonly IvProof[],
  key: string,
  entry: EncryptedColumn,
): IvProof | undefined {
  return proofs.findLast((proof) => proof.fingerprint === key && isSameForm(proof.entry, entry));
}

function isSameForm(one: EncryptedColumn, other: EncryptedColumn): boolean {
  const formOf = ({ schema, table, column, path, layout, iv }: EncryptedColumn) =>
    JSON.stringify([schema, table, column, path, layout, iv?.column, iv?.path, iv?.layout, iv?.fixed]);
  return formOf(one) === formOf(other);
}

function pathIn(folder: string): string {
  return join(folder, 'iv-proofs.json');
}
