import { createHash, randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { outcomesOf } from '#test/support/forms/written-batch';
import type { Outcome } from '#test/support/forms/written-rotation';
import type { WrittenForm } from '#test/support/forms/written-table';

/** An application wrote its values in one form, and later in another: a few rows of the first are left in the column of the second. */
const word = (length: number) => randomBytes(32).toString('base64url').slice(0, length);
const address = (i: number) => `postgres://svc_${i}:${word(12)}@db-${i}.internal:5432/app`;
const token = (i: number) => word(34 + (i % 5));
const isOld = (i: number) => i % 20 === 3;
const zero = Buffer.alloc(16);
const seed = randomBytes(16);
const fixed = (id: string) => (isOld(Number(id)) ? zero : createHash('md5').update(seed).update(id).digest());

const column = (old: string | null, later: string | null, type = 'text') => ({
  type,
  text: (i: number) => (isOld(i) ? old : later),
});
const forms: Readonly<Record<string, WrittenForm>> = {
  apart: {
    columns: { secret: column('«body:base64»', '«iv+body:base64»'), secret_iv: column('«iv:hex»', null) },
    plaintext: address,
    rows: 160,
  },
  apart_tokens: {
    columns: { secret: column('«body:base64»', '«iv+body:base64»'), extra: column('«iv:base64»', null) },
    plaintext: token,
    rows: 160,
  },
  in_document: {
    columns: {
      secret: column('{"iv": "«iv:hex»", "data": "«body:base64»"}', '{"data": "«iv+body:base64»"}', 'json'),
    },
    plaintext: address,
    rows: 160,
  },
  zero_iv: {
    columns: { secret: column('«body:base64»', '«iv+body:base64»') },
    ivOf: fixed,
    plaintext: address,
    rows: 160,
  },
  zero_iv_tokens: {
    columns: { secret: column('«body:base64»', '«iv+body:base64»') },
    ivOf: fixed,
    plaintext: token,
    rows: 160,
  },
};

describe('where a few rows of a column are written in an older form', () => {
  let outcomes: ReadonlyMap<string, Outcome>;
  beforeAll(async () => {
    outcomes = await outcomesOf(forms);
  }, 300_000);

  test.for(Object.keys(forms))('%s: no value loses its beginning', (name) => {
    const { verdict, why } = outcomes.get(name) as Outcome;
    expect(verdict, why).not.toBe('falls short');
  });
});
