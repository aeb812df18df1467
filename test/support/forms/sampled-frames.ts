import { createHash, randomBytes } from 'node:crypto';
import { EncryptionKey } from '#crypto/encryption-key';
import { judgeFrame } from '#discovery/doubts';
import { recognise } from '#discovery/recognise';
import type { CellShape } from '#forms/container';
import { formatLayout } from '#forms/layout';
import { encrypt } from '#test/support/forms/foreign-cells';
import { groupAt, groupsOf, type SampledColumn } from '#test/support/forms/text-groups';

export const bytes = randomBytes(32);
export const key = new EncryptionKey(bytes);
export const rows = Array.from({ length: 24 }, (_, i) => i);

/** Tokens that tell nothing by their beginnings: a cut one looks like a whole one. */
export const token = (i: number) =>
  createHash('sha256')
    .update(`${i}`)
    .digest('base64url')
    .slice(0, 30 + (i % 9));

export const address = (i: number) => `postgres://user_${i}:${token(i)}@db.example.com:5432/app`;
export type Sealed = { iv: Buffer; body: Buffer };

export const seal = (i: number, iv?: Buffer, text = token(i)): Sealed =>
  encrypt(bytes, 'cfb128', Buffer.from(text), iv);

export const each = <T>(make: (sealed: Sealed, i: number) => T, text = token): T[] =>
  rows.map((i) => make(seal(i, undefined, text(i)), i));

export const b64 = (...parts: Buffer[]) => Buffer.concat(parts).toString('base64');

/** What is recognised at a place of a table, and how sure it is where the IV is. */
export async function look(columns: Readonly<Record<string, SampledColumn>>, column: string, path?: string) {
  const groups = groupsOf(columns);
  const group = groupAt(groups, column, path);
  const { form, tails } = await recognise(group, groups, key);
  const frame = form && judgeFrame(form, group, groups, new Set(form.ivGroup ? [form.ivGroup] : []));
  return {
    layout: form && formatLayout(form.layout),
    iv: form?.iv,
    frame,
    secrets: form?.secrets.map((secret) => Buffer.from(secret).toString()) ?? [],
    tails,
  };
}

export const cells = (all: readonly (string | Buffer | null)[], shape?: CellShape): SampledColumn => ({
  cells: all,
  ...(shape && { shape }),
});

export const json = { kind: 'json' } as const;
