import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { inTerminalWords } from '#commands/act-text';
import { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import type { Field } from '#postgres/copy-binary';
import type { TableTarget } from '#postgres/table-target';
import { reviewProof, reviewCounters } from '#rotation/run/review';
import type { KeyPair } from '#rotation/run/decision';
import { FormCounter } from '#rotation/run/form-counter';
import { rewriteRows } from '#rotation/run/table-rewriter';
import { ValueCounts } from '#rotation/run/value-counts';
import { decrypt, encrypt } from '#test/support/forms/foreign-cells';
import { targetOf } from './table-target.ts';

const [from, to, stranger] = [randomBytes(32), randomBytes(32), randomBytes(32)];
const keys = (options: Partial<KeyPair> = {}): KeyPair => ({
  from: new EncryptionKey(Buffer.from(from)),
  to: new EncryptionKey(Buffer.from(to)),
  toMayBePresent: false,
  inDoubt: 'stop',
  ...options,
});
const both = keys({ toMayBePresent: true });

const under = (key: Buffer, text: string) => {
  const { iv, body } = encrypt(key, 'cfb128', Buffer.from(text));
  return Buffer.from(Buffer.concat([iv, body]).toString('base64'));
};
const secret = 'correct-horse-battery-staple';
const id = (n: number): Field => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(n);
  return bytes;
};

/** What is ruled on a column of these cells. */
async function counter(cells: readonly Field[], pair: KeyPair, excluded = false): Promise<FormCounter> {
  const table: TableTarget = targetOf({ secret: ['base64'] });
  const form = table.columns[0]?.forms[0] as ConstructorParameters<typeof FormCounter>[0];
  const result = new FormCounter(form, table.identity, { excluded });
  const rows = cells.map((cell, i) => ({ identity: [id(i)], cells: [cell], writtenUnder: undefined }));
  await rewriteRows(table, pair, rows, [[result]], new ValueCounts(table), false);
  return result;
}

const good = () => under(from, secret);

describe('a rotation goes on', () => {
  test('where the old key opens every value', async () => {
    const reviewed = await counter([good(), good(), null, Buffer.alloc(0)], keys());
    expect(reviewed.statistics).toMatchObject({ rows: 2, proven: 2 });
    expect(() => reviewCounters([reviewed], keys())).not.toThrow();
    expect(() => reviewProof([reviewed], keys(), [])).not.toThrow();
  });

  test('past values of another key in a column that the admin excluded', async () => {
    const reviewed = await counter(
      [good(), good(), under(stranger, secret), Buffer.from('other form')],
      keys(),
      true,
    );
    expect(reviewed.unopened).toBe(2);
    expect(() => reviewCounters([reviewed], keys())).not.toThrow();
    expect(() => reviewProof([reviewed], keys(), [])).not.toThrow();
  });

  test('past values under the new key where it may be there', async () => {
    const reviewed = await counter([good(), under(to, secret)], both);
    expect([reviewed.already, reviewed.unopened, reviewed.ambiguous]).toEqual([1, 0, 0]);
    expect(() => reviewCounters([reviewed], both)).not.toThrow();
  });
});

describe('a rotation stops', () => {
  test('at values that open under no known key, naming the rows, not the values', async () => {
    const cells = [good(), under(stranger, secret), Buffer.from('other form')];
    const failure = catchError(() => reviewCounters([failing], keys()), await counter(cells, keys()));
    expect(failure.code).toBe('rows-unopened');
    expect(failure.message).toContain(
      'public.t.secret: 2 (id=1: decrypts to noise; id=2: not in the layout)',
    );
    expect(failure.message).toContain('nothing was changed');
    expect(inTerminalWords(failure.remedy)).toContain('--exclude t.secret');
    for (const cell of cells) expect(failure.message).not.toContain(cell.toString());
  });

  test('listing ten of many such rows, and counting all', async () => {
    const reviewed = await counter(
      [good(), ...Array.from({ length: 25 }, () => under(stranger, secret))],
      keys(),
    );
    const failure = catchError(() => reviewCounters([failing], keys()), reviewed);
    expect(failure.message).toContain('public.t.secret: 25 (id=1: ');
    expect(failure.message).toContain('id=10: decrypts to noise; and 15 more)');
  });

  test('at values that the new key opens, though it cannot have been used', async () => {
    const reviewed = await counter([good(), under(to, secret), under(to, secret)], keys());
    const failure = catchError(() => reviewCounters([failing], keys()), reviewed);
    expect(failure).toMatchObject({ code: 'to-key-in-use' });
    expect(failure.message).toContain('2 values are already encrypted with the new key');
    expect(inTerminalWords(failure.remedy)).toContain('--accept half-rotated');
  });

  test('at values that both keys open, unless the admin vouches for them', async () => {
    const reviewed = await counter([good(), ambiguousCell()], both);
    expect(reviewed.ambiguous).toBe(1);
    const failure = catchError(() => reviewCounters([failing], both), reviewed);
    expect(failure).toMatchObject({ code: 'rows-ambiguous' });
    expect(failure.message).toContain('public.t.secret: 1 (id=1)');
    expect(() => reviewCounters([reviewed], { ...both, inDoubt: 'rewrite' })).not.toThrow();
  });

  test('at a column of another key where some of its short values may have passed for this one’s', async () => {
    const reviewed = await counter(
      [good(), ...Array.from({ length: 8 }, () => good()), shortNoise(), under(from, 'hunter2')],
      keys(),
      true,
    );
    const failure = catchError(() => reviewCounters([failing], keys()), reviewed);
    expect(failure).toMatchObject({ code: 'rows-ambiguous' });
    expect(failure.message).toContain('contains values encrypted with another key');
  });

  test('at values that any bytes could be, naming their rows, until they are left or vouched for', async () => {
    const cells = [...Array.from({ length: 9 }, () => good()), under(from, 'ab'), under(from, 'swordfish')];
    const reviewed = await counter(cells, keys());
    expect(reviewed.tooShort).toBe(1);
    const failure = catchError(() => reviewCounters([failing], keys()), reviewed);
    expect(failure).toMatchObject({ code: 'rows-ambiguous' });
    expect(failure.message).toContain('public.t.secret: 1 (id=9) [too-short]');
    expect(inTerminalWords(failure.remedy)).toContain('--accept too-short');
    expect(() => reviewCounters([reviewed], { ...keys(), inDoubt: 'rewrite' })).not.toThrow();
  });

  test('at a column that does not prove the old key, unless the admin vouches for it', async () => {
    const reviewed = await counter([under(from, 'ab')], keys());
    const failure = catchError(() => reviewProof([failing], keys(), []), reviewed);
    expect(failure).toMatchObject({ code: 'key-unproven' });
    expect(failure.message).toContain('public.t.secret');
    expect(() => reviewProof([reviewed], keys(), ['unproven-column'])).not.toThrow();
    expect(() => reviewProof([reviewed], both, [])).not.toThrow();
  });
});

/** Stands for the counter under review in the calls above. */
let failing: FormCounter;

function catchError(act: () => void, reviewed: FormCounter): KeelError {
  failing = reviewed;
  try {
    act();
  } catch (error) {
    if (error instanceof KeelError) return error;
  }
  throw new Error('no KeelError was thrown');
}

/** A value of one byte that both keys make a letter of. */
function ambiguousCell(): Buffer {
  return findCell((cell) => reads(cell, from, /^[a-z]$/) && reads(cell, to, /^[a-z]$/));
}

/** One byte under a key that nobody has, of which the old key makes half a character. */
function shortNoise(): Buffer {
  return findCell((cell) => reads(cell, from, /^[\x80-\xff]$/));
}

function findCell(holds: (cell: Buffer) => boolean): Buffer {
  for (;;) {
    const cell = under(stranger, 'x');
    if (holds(cell)) return cell;
  }
}

function reads(cell: Buffer, key: Buffer, pattern: RegExp): boolean {
  const bytes = Buffer.from(cell.toString(), 'base64');
  const { iv, body } = { iv: bytes.subarray(0, 16), body: bytes.subarray(16) };
  return pattern.test(decrypt(key, 'cfb128', { iv, body }).toString('latin1'));
}
