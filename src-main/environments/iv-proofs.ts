import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type EncryptedColumn, encryptedColumn } from '#contract/inventory';
import { fingerprint, time } from '#contract/shapes';
import { KeelError } from '#errors/keel-error';
import { writeDurably } from './durable-file.ts';
import { withFolderLock } from './folder-lock.ts';
import { madeFolder } from './keel-home.ts';

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

const fileName = 'iv-proofs.json';
const ivProofs = z.strictObject({ version: z.literal(1), proofs: z.array(ivProof) });

/** What is remembered for an environment, the oldest first. No value is in it. Throws `state-damaged`. */
export async function readIvProofs(folder: string): Promise<IvProof[]> {
  const path = join(folder, fileName);
  try {
    return ivProofs.parse(JSON.parse(await readFile(path, 'utf8'))).proofs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new KeelError(
      'state-damaged',
      `the proofs of where IVs are, ${path}, cannot be read; nothing was changed`,
      'restore the file from a backup, or delete it and prove the columns again',
      { cause: error },
    );
  }
}

/** Remembers proofs, each in place of an older one of the same entry and key. Durable when it returns. */
export async function rememberIvProofs(folder: string, proofs: readonly IvProof[]): Promise<void> {
  if (proofs.length === 0) return;
  await madeFolder(folder);
  await withFolderLock(folder, 'iv-proofs', async () => {
    const isReplaced = (old: IvProof) =>
      proofs.some((one) => one.fingerprint === old.fingerprint && isSameForm(one.entry, old.entry));
    const kept = (await readIvProofs(folder)).filter((old) => !isReplaced(old));
    const content = { version: 1, proofs: [...kept, ...proofs] };
    await writeDurably(join(folder, fileName), `${JSON.stringify(content, null, 2)}\n`);
  });
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
