import { describe, expect, test } from 'vitest';
import type { EncryptedColumn } from '#contract/inventory';
import { generateEncryptionKey } from '#crypto/encryption-key';
import type { Discovery } from '#discovery/discovery';
import type { Candidate, Finding as Found } from '#discovery/finding';
import type { IvProof } from '#environments/iv-proofs';
import type { Finding } from '#rewrite/finding';
import { type FormsCheck, formsFindings } from '#rotation/preflight/forms';
import { saying } from '#test/saying';

const [from, to] = [generateEncryptionKey(), generateEncryptionKey()];
const entryOf = (table: string, more: Partial<EncryptedColumn> = {}): EncryptedColumn => ({
  schema: 'public',
  table,
  column: 's',
  layout: 'base64',
  kind: 'unknown',
  ...more,
});
const listed = entryOf('vault');
const found = (table: string, more: Partial<EncryptedColumn> = {}): Found => ({
  entry: entryOf(table, more),
  why: `why of ${table}`,
});
const candidate = (table: string, more: Partial<Candidate> = {}): Candidate => ({
  ...found(table),
  status: 'proven',
  ...more,
});
const proofOf = (shows: IvProof['shows'], more: Partial<IvProof> = {}): IvProof => ({
  entry: listed,
  fingerprint: from.fingerprint,
  at: '2026-11-30T10:00:00.000Z',
  by: 'known-value',
  shows,
  ...more,
});

function look(discovery: Partial<Discovery>, check: Partial<FormsCheck> = {}): Finding[] {
  const nothing = {
    proposed: [],
    unresolved: [],
    inconclusive: [],
    unopened: [],
    conflicts: [],
    further: [],
  };
  const inventory = { version: 1 as const, columns: [listed] };
  return formsFindings(
    { inventory, ...nothing, skipped: [], ...discovery },
    {
      keys: { from, to, toMayBePresent: false, inDoubt: 'stop' },
      inventory,
      sampled: false,
      reported: new Set(),
      ivProofs: [],
      ...check,
    },
  );
}
const told = (findings: readonly Finding[]) => findings.map(({ level, code }) => `${level} ${code}`);
const proven = candidate('vault', { frame: 'proven' });

describe('of a sample of every table', () => {
  test('nothing is said where the inventory is right, and in samples what was not read', () => {
    expect(look({ proposed: [proven] })).toEqual([]);
    const sampled = look({ proposed: [proven] }, { sampled: true });
    expect(told(sampled)).toEqual(['pass unlisted-columns']);
    expect(sampled[0]?.message).toContain(from.fingerprint);
  });

  test('another format than the inventory’s stops it, with the entry that would be right', () => {
    const [finding, ...rest] = look({ conflicts: [found('vault', { layout: 'hex' })] });
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({
      level: 'stop',
      code: 'other-form',
      message: expect.stringContaining(': public.vault.s (why of vault)'),
      places: [{ name: 'public.vault.s', proposal: entryOf('vault', { layout: 'hex' }) }],
    });
  });

  test('a format that is not certain stops it, with those places that a known value could prove', () => {
    const unresolved = [
      candidate('vault', { isProvable: true }),
      candidate('vault', { isProvable: true, ...found('vault', { layout: 'hex' }) }),
      candidate('other', { isProvable: true }),
      candidate('third'),
    ];
    const [finding, ...rest] = look({ unresolved });
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({
      level: 'stop',
      code: 'iv-unresolved',
      places: [{ name: 'public.vault.s', provable: listed }],
    });
    expect(finding?.message).toContain('public.third.s (why of third)');
    expect(look({ unresolved: [candidate('third')] })[0]).not.toHaveProperty('places');
  });

  test('what a known value proved is not uncertain any more, where a value can prove it', () => {
    const unresolved = [candidate('vault', { isProvable: true })];
    expect(told(look({ unresolved }, { ivProofs: [proofOf('whole')] }))).toEqual(['pass iv-proven']);
    expect(told(look({ unresolved: [candidate('vault')] }, { ivProofs: [proofOf('whole')] }))).toEqual([
      'stop iv-unresolved',
      'pass iv-proven',
    ]);
    expect(told(look({ unresolved }, { ivProofs: [proofOf('beginning-lost')] }))).toEqual([
      'stop iv-unresolved',
      'stop beginning-lost',
    ]);
  });

  test('values that are too short stop it beside the inventory only', () => {
    const [finding, ...rest] = look({ inconclusive: [found('vault'), found('other')] });
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({
      level: 'stop',
      code: 'too-short',
      message: expect.stringMatching(/: public\.other\.s \(why of other\)$/),
      places: [{ name: 'public.other.s' }],
    });
  });

  test('columns beside the inventory stop it where no census tells of them', () => {
    const beside = { proposed: [proven, candidate('other')], further: [found('third')] };
    expect(look(beside)).toEqual([]);
    const [finding, ...rest] = look(beside, { sampled: true });
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({
      level: 'stop',
      code: 'unlisted-columns',
      message: expect.stringMatching(
        /: public\.other\.s \(why of other\), public\.third\.s \(why of third\)$/,
      ),
    });
  });

  test('other ciphertexts are a warning, unless they are listed or told of by a census', () => {
    const unopened = [found('vault'), found('other'), found('third')];
    const [finding, ...rest] = look({ unopened }, { reported: new Set(['public.third.s']) });
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({
      level: 'warn',
      code: 'other-ciphertexts',
      message: 'left unchanged: public.other.s (why of other)',
    });
  });

  test('what could not be sampled stops it where samples are all there is', () => {
    const skipped = ['public.far (a foreign table)', 'public.near (no SELECT)'];
    expect(look({ skipped })).toEqual([]);
    const findings = look({ skipped }, { sampled: true });
    expect(told(findings)).toEqual(['stop not-read']);
    expect(findings[0]?.message).toContain('public.far (a foreign table); public.near (no SELECT)');
  });

  test('what was computed from ciphertexts is told: a warning, or a stop where it has a key', () => {
    const companion = (isKeyed: boolean) =>
      candidate('vault', { companion: { what: 'a digest', isKeyed } as never });
    expect(look({ proposed: [companion(false)] })).toMatchObject([
      {
        level: 'warn',
        code: 'checksum',
        message: expect.stringContaining('public.vault.s also contain a digest'),
      },
    ]);
    expect(told(look({ proposed: [companion(true), proven] }))).toEqual(['stop companion']);
    expect(told(look({ proposed: [{ ...companion(true), ...found('other') }] }))).toEqual([]);
  });
});

describe('where an IV is', () => {
  const assumed = { proposed: [candidate('vault', { frame: 'assumed' })] };

  test('is told of those that values proved, by what and when, under this key only', () => {
    const ivProofs = [
      proofOf('whole'),
      proofOf('whole', { entry: entryOf('other') }),
      proofOf('whole', { fingerprint: to.fingerprint }),
    ];
    const [finding, ...rest] = look({}, { ivProofs });
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({
      level: 'pass',
      message: 'the position of the IV was proven for public.vault.s (a known value, 2026-11-30)',
    });
    expect(look({}, { ivProofs: [proofOf('whole', { by: 'connection' })] })[0]?.message).toContain(
      '(a credential its server accepted, 2026-11-30)',
    );
    expect(look({}, { ivProofs: [proofOf('whole', { fingerprint: to.fingerprint })] })).toEqual([]);
  });

  test('stops it where a value showed that the beginning would be lost', () => {
    expect(look({}, { ivProofs: [proofOf('beginning-lost')] })).toMatchObject([
      {
        level: 'stop',
        code: 'beginning-lost',
        message: expect.stringContaining('a known value of public.vault.s decrypts only'),
      },
    ]);
  });

  test('is a warning where it is only assumed, with the places that a value could prove', () => {
    expect(look({ ...assumed, distant: { unexplained: [], tables: 7, unread: [] } })).toMatchObject([
      {
        level: 'warn',
        code: 'iv-assumed',
        message: expect.stringContaining('comes first in public.vault.s: '),
        remedy: saying(/./),
        places: [{ name: 'public.vault.s', provable: listed }],
      },
    ]);
    const message = (distant: Discovery['distant']) =>
      look({ ...assumed, ...(distant && { distant }) })[0]?.message;
    expect(message({ unexplained: [], tables: 7, unread: [] })).toContain('read from 7 tables');
    expect(message(undefined)).toContain('read from 0 tables');
    expect(told(look(assumed, { ivProofs: [proofOf('whole')] }))).toEqual(['pass iv-proven']);
    expect(look({ proposed: [candidate('other', { frame: 'assumed' })] })).toEqual([]);
  });

  test.each([
    [['public.a.iv', 'public.b.iv'], [], '; places that could contain IVs: public.a.iv, public.b.iv'],
    [[], ['public.far', 'public.near'], '; not read: public.far, public.near'],
    [['public.a.iv'], ['public.far'], '; places that could contain IVs: public.a.iv; not read: public.far'],
  ])('is a stop where it may be elsewhere: %o, not read %o', (unexplained, unread, end) => {
    const [finding] = look({ ...assumed, distant: { unexplained, tables: 7, unread } });
    expect(finding).toMatchObject({ level: 'stop', code: 'iv-assumed', places: [{ provable: listed }] });
    expect(finding?.message.endsWith(end)).toBe(true);
  });
});
