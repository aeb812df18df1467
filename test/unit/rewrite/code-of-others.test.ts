import { describe, expect, test } from 'vitest';
import type { OthersCode, TableOwnership } from '#postgres/ownership/table-ownership';
import { KeelError } from '#errors/keel-error';
import type { TableTarget } from '#postgres/table-target';
import { checkOthersCode } from '#rewrite/code-findings';
import { refusedWrite } from '#rewrite/refused-write';
import { createStagingSql, stagingTable } from '#rewrite/staging-table';
import { withoutObstacle } from '#rewrite/triggers';
import { targetOf } from '../rotation/table-target.ts';

const code = (kind: OthersCode['kind'], more: Partial<OthersCode> = {}): OthersCode => ({
  kind,
  name: `${kind}_of`,
  calls: 'public.f',
  owner: 'mallory',
  column: null,
  runsOnRead: false,
  ...more,
});
const ownedBy = (more: Partial<TableOwnership>): TableTarget => {
  const target = targetOf({ s: ['base64'] });
  const ownership = { owner: 'app', code: [], heirsCode: [], ...more };
  return { ...target, catalog: { ...target.catalog, ownership } };
};
const trigger = (name: string, obstacle?: 'owner') => ({
  table: '"public"."t"',
  name,
  enabled: 'O' as const,
  ...(obstacle && { obstacle }),
});

describe('code of others', () => {
  test('stops it, and is named', () => {
    const findings = checkOthersCode([ownedBy({ code: [code('index'), code('constraint')] })], []);
    expect(findings).toMatchObject([
      {
        level: 'stop',
        code: 'code-of-others',
        message: expect.stringContaining('more privileges than its owner has: index index_of'),
        remedy: expect.stringContaining('log in as app'),
      },
    ]);
    expect(findings[0]?.message).toContain('constraint constraint_of');
  });

  test('of defaults, and of triggers that are switched off, is not run', () => {
    const target = ownedBy({ code: [code('default'), code('trigger', { name: 'audit' })] });
    expect(checkOthersCode([target], [trigger('audit')])).toMatchObject([{ level: 'pass' }]);
    expect(checkOthersCode([target], [trigger('audit', 'owner')])).toMatchObject([{ level: 'stop' }]);
    expect(checkOthersCode([target, targetOf({ s: ['base64'] })], [])).toMatchObject([{ level: 'pass' }]);
  });

  test('of a domain is run only where its column is written', () => {
    const findings = (column: string) =>
      checkOthersCode([ownedBy({ code: [code('constraint', { column }), code('domain', { column })] })], []);
    expect(findings('id')).toMatchObject([{ level: 'pass' }]);
    expect(findings('s')).toMatchObject([{ level: 'stop' }]);
  });

  test('is told for each table that has some', () => {
    const lone = ownedBy({ code: [code('index')] });
    expect(checkOthersCode([lone, ownedBy({}), lone], [])).toMatchObject([
      { level: 'stop' },
      { level: 'stop' },
    ]);
  });

  test('in triggers that this role may not disable stays, the others can be', () => {
    const all = [trigger('a'), trigger('b', 'owner'), trigger('c')];
    expect(withoutObstacle(all).map(({ name }) => name)).toEqual(['a', 'c']);
  });
});

describe('a staging table', () => {
  const target = targetOf({ s: ['base64'], doc: ['$.x base64'] });

  test('is called by its purpose, the first digits of its run and its number, in either place', () => {
    const names = (['staged', 'delta', 'changed'] as const).map(
      (purpose) => stagingTable(target, '0123456789abcdef', 3, 'schema', purpose).sql,
    );
    expect(names).toEqual([
      '"keel"."staged_01234567_3"',
      '"keel"."delta_01234567_3"',
      '"keel"."changed_01234567_3"',
    ]);
    expect(stagingTable(target, '0123456789abcdef', 0, 'temporary').sql).toBe('pg_temp."staged_01234567_0"');
  });

  test('has the key, the old and the new cells, and a note, and is never needed after a crash', () => {
    const sql = (place: 'schema' | 'temporary') =>
      createStagingSql(stagingTable(target, '01234567', 0, place));
    expect(sql('schema').split('; ')[0]).toBe(
      'CREATE UNLOGGED TABLE "keel"."staged_01234567_0" (k0 integer, o0 pg_catalog.text, o1 pg_catalog.text, ' +
        'n0 pg_catalog.text, n1 pg_catalog.text, note pg_catalog.bytea)',
    );
    expect(sql('temporary')).toMatch(/^CREATE TEMPORARY TABLE pg_temp\./);
  });
});

describe('a write that the server refuses', () => {
  const violation = (code: string, more: object = {}) =>
    Object.assign(new Error('violates'), {
      code,
      schema: 'public',
      table: 't',
      constraint: 'same_hash',
      ...more,
    });

  test('for a constraint is named with it, its table, and what to do', () => {
    expect(refusedWrite(violation('23505'))).toMatchObject({
      code: 'write-refused',
      message: expect.stringMatching(
        /“same_hash” on public\.t .*: the new ciphertexts would violate it; everything/,
      ),
      remedy: expect.stringMatching(/^drop it for/),
    });
    expect(refusedWrite(violation('23514'))).toMatchObject({
      message: expect.stringContaining('it compares the ciphertext with something else'),
      remedy: expect.stringMatching(/^fix the rows/),
    });
    expect(
      refusedWrite(violation('23514', { constraint: 'a\u001bb', table: 'x\u202ey' }))?.message,
    ).toContain('“a\ufffdb” on public.x\ufffdy');
  });

  test('for another reason is none of these', () => {
    expect(refusedWrite(violation('42501'))).toBeUndefined();
    expect(refusedWrite(violation('23502', { constraint: undefined }))).toBeUndefined();
    expect(refusedWrite(Object.assign(new Error('no code'), { constraint: 'x' }))).toBeUndefined();
    expect(refusedWrite({ code: '23505', constraint: 'x' })).toBeUndefined();
    const known = Object.assign(new KeelError('usage', 'a', 'b'), { constraint: 'x' });
    expect(refusedWrite(known)).toBeUndefined();
  });
});
