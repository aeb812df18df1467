import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { outcomesOf } from '#test/support/forms/written-batch';
import type { Outcome } from '#test/support/forms/written-rotation';
import type { WrittenForm } from '#test/support/forms/written-table';

const short = (i: number) =>
  randomBytes(16)
    .toString('base64url')
    .slice(0, 9 + (i % 6));
const few = (i: number) => (i % 4 === 0 ? `a longer one, which shows the key by itself ${i}` : short(i));
const cfb8 = { algorithm: 'aes-256-cfb8', padding: 'pkcs7', text: 'utf8' } as const;
const unpadded = { algorithm: 'aes-256-cfb8', padding: 'none', text: 'utf8' } as const;
const json = (text: string) => ({ type: 'json', text });

/** Documents whose members are named by ids: no two rows have one in common, and most values are too short to show the key alone. */
const forms: Readonly<Record<string, WrittenForm>> = {
  by_row: {
    columns: { secret: json('[{"acc-«i»": {"size": 7, "value": {"c1": "$1$«body:base64».«iv:base32»;"}}}]') },
    cipher: cfb8,
    plaintext: few,
    rows: 24,
  },
  with_fixed: {
    columns: { secret: json('{"kind": "smtp", "k«i»": {"iv": "«iv:hex»", "data": "«body:hex»"}}') },
    plaintext: few,
    rows: 16,
  },
  two_in_each: {
    columns: {
      secret: json(
        '{"accounts": {"a«i»": {"token": "«iv#1+body#1:base64»"}, "b«i»": {"token": "«iv#2+body#2:base64»"}}}',
      ),
    },
    cipher: unpadded,
    plaintext: few,
    rows: 10,
  },
  in_hstore: {
    before: 'CREATE EXTENSION IF NOT EXISTS hstore',
    columns: { secret: { type: 'hstore', text: '"acc-«i»"=>"«iv+body:base64»"' } },
    plaintext: few,
    rows: 20,
  },
  beside_plain_texts: {
    columns: { secret: json('{"kind": "smtp", "k«i»": "«iv+body:base64»"}') },
    rows: 12,
  },
  one_row: {
    columns: {
      secret: json(
        `{${[...Array(12).keys()].map((n) => `"u${n}": {"pw": "«iv#${n + 1}+body#${n + 1}:hex»"}`).join(', ')}}`,
      ),
    },
    plaintext: (i) => few(Math.floor(i / 1000)),
    rows: 1,
  },
};

describe('values under names that differ from row to row are one place', () => {
  let outcomes: ReadonlyMap<string, Outcome>;
  beforeAll(async () => {
    outcomes = await outcomesOf(forms);
  }, 300_000);

  test.for(Object.keys(forms))('%s: every value is rotated, the short ones too', (name) => {
    const { verdict, why } = outcomes.get(name) as Outcome;
    expect(verdict, why).toBe('rotated');
  });
});
