import { describe, expect, test } from 'vitest';
import { acceptedInWords } from '#procedures/consent/accepted-text';
import { questionOf } from '#procedures/consent/question-text';
import type { Confirmation } from '#workspace/use-case';

// What the admin reads before a deed: that deed, and no other.

const [from, to] = ['1111-2222-3333-4444', '5555-6666-7777-8888'];
const address = {
  host: 'db.example.com',
  port: 5432,
  database: 'acme',
  user: 'a',
  sslmode: 'require',
} as const;
const place = { settings: { name: 'Acme', address, production: false } as never };
const kept = { kept: [], accepted: [] };

const ask = (asked: Confirmation, rows?: number) => {
  const { message, detail, button } = questionOf(asked, place, { rows });
  return `${message}\n${detail.replace('Database “acme” on db.example.com, port 5432.\n\n', '')}\n[${button}]`;
};

describe('a question about a rotation', () => {
  const rotation = { from, to, columns: 2, sampled: false, ...kept };
  const fleet = { from, to, databases: ['a', 'b'], members: 3, ...kept };

  test.for([
    [{ of: 'rotate', ...rotation }, `are rotated from key ${from} to key ${to}, in one transaction`],
    [
      { of: 'undo', ...rotation },
      `are rotated from key ${from} back to key ${to}. Ballast then needs that key`,
    ],
    [{ of: 'sweep', ...rotation }, `encrypted with key ${from} are re-encrypted with key ${to}.`],
    [
      { of: 'rotate-fleet', ...fleet },
      `Each is rotated from key ${from} to key ${to} in its own transaction.`,
    ],
    [
      { of: 'undo-fleet', ...fleet },
      `Each is rotated from key ${from} back to key ${to} in its own transaction.`,
    ],
  ] as const satisfies readonly (readonly [Confirmation, string])[])(
    '($0.of) names both keys, in the direction in which they change',
    ([asked, words]) => {
      expect(ask(asked)).toContain(words);
    },
  );

  test('counts the rows where a rehearsal did, and else the columns', () => {
    expect(ask({ of: 'rotate', ...rotation }, 1234)).toContain('\n1,234 rows in 2 columns are rotated');
    expect(ask({ of: 'undo', ...rotation })).toContain('\nThe values of 2 columns are rotated');
  });

  test('names what stays, what was only sampled, and what was accepted', () => {
    const asked = { ...rotation, kept: ['public.a.b'], sampled: true, accepted: ['triggers'] };
    expect(ask({ of: 'rotate', ...asked })).toContain(
      [
        'Not rotated, as chosen: “public.a.b”.',
        'Only samples were checked before it: values outside the inventory may stay encrypted with the old key.',
        'Risks accepted: triggers fire.',
      ].join('\n\n'),
    );
    expect(ask({ of: 'rotate', ...rotation })).not.toMatch(/Not rotated|samples|Risks/);
  });
});

describe('a question about a key', () => {
  const destination = { kind: 'key-file', path: '/srv/key' } as const;

  test('that is handed off names it, the place and the key that is there', () => {
    const key = {
      fingerprint: to,
      state: 'pending',
      origin: 'adopted',
      createdAt: '2026-11-01T10:00:00.000Z',
    } as const;
    expect(ask({ of: 'hand-off', key, destination, before: from })).toBe(
      [
        `Write key ${to} of “Acme” to this destination?\nFile: “/srv/key”\n`,
        `Key ${to} was imported on 2026-11-01 10:00 UTC and has never been active.\n`,
        `It replaces key ${from}, which Keel keeps. Anyone who can read that destination has the key.\n[Write the key]`,
      ].join('\n'),
    );
    expect(ask({ of: 'take-back-hand-off', destination, before: to })).toContain(
      'Remove the key of “Acme” from this destination?',
    );
  });

  test('whose copy goes names the copy, and whether it was tested', () => {
    const copy = { fingerprint: from, what: 'age file /a' };
    const tested = ask({ of: 'discard-copy', ...copy, tested: true });
    expect(tested).toContain(`a copy of key ${from} of “Acme” was deleted?`);
    expect(tested).toContain('“age file /a”\nKeel restored the key from it once.');
    const untested = ask({ of: 'forget-backup', ...copy, tested: false });
    expect(untested).toContain(`Remove a backup of key ${from} of “Acme” from the list?`);
    expect(untested).toContain('“age file /a”\nKeel has never tested it.');
  });

  test('that no dump needs any more names it, or says that there is none', () => {
    const statement = { of: 'state-dumps', noneBefore: '2026-03-01', accepted: [] } as const;
    expect(ask({ ...statement, released: [from, to] })).toContain(`${from}, ${to}.`);
    expect(ask({ ...statement, released: [] })).toContain('does not allow any key to be destroyed yet');
  });
});

describe('a question about what Ballast keeps', () => {
  const named = { servers: ['db.example.com:5432'], complete: true };
  const moment = { column: 'expires_at' };
  const revoked = { column: 'revoked_at', set: 'now' };

  test('names the credential, its field and the servers of the new one', () => {
    const asked = { of: 'replace-credential', label: 'mail', named } as const;
    expect(ask({ ...asked, field: 'password' })).toContain(
      'The field “password” of mail\nThe value that is there',
    );
    expect(ask(asked)).toContain('The new one is for db.example.com:5432.');
    expect(ask({ ...asked, named: { ...named, complete: false } })).toContain(
      'cannot determine whether it names others',
    );
  });

  test('counts what an archive writes back, and names it', () => {
    const asked = {
      of: 'import-credentials',
      values: 2,
      rows: 1,
      archive: '/a.age',
      accepted: ['triggers'],
    } as const;
    const words = ask(asked);
    expect(words).toContain('Write 2 credentials back into “Acme”?');
    expect(words).toContain('What “/a.age” contains replaces the current values of 1 row, which are lost.');
    expect(words).toContain('triggers fire');
  });

  test('names each server that a credential is tried at', () => {
    const targets = ['a.example:1', 'b.example:2'];
    expect(ask({ of: 'try-credentials', credentials: 3, targets })).toContain('\na.example:1\nb.example:2');
  });

  test('names the row, its columns and its dates of an API key', () => {
    const [table, row] = ['public.keys', '7'];
    const columns = [
      { column: 'label', given: '' },
      { column: 'hash', set: 'a digest' },
    ] as const;
    expect(
      ask({ of: 'create-api-key', label: 'ci', table, columns, expiry: { ...moment, at: '2027' } }),
    ).toContain(
      'has access to Ballast, until 2027 (column “expires_at”).\n\nA row is added to “public.keys”:\n“label”: an empty text\n“hash”: a digest',
    );
    expect(
      ask({ of: 'revoke-api-key', label: 'ci', table, row, revoked, lastUse: { column: 'used_at' } }),
    ).toContain(
      'According to column “used_at” it was never used.\n\nIn “public.keys”, row “7”:\n“revoked_at”: now',
    );
    const lastUse = { column: 'used_at', at: '2026' };
    const replaced = {
      of: 'replace-api-key',
      label: 'ci',
      table,
      row,
      revoked,
      lastUse,
      columns,
      expiry: {},
    } as const;
    expect(ask({ ...replaced, scope: 'read' })).toMatch(
      /it was last used 2026[^]*“revoked_at”: now[^]*without an expiry date: no column was chosen[^]*with the scope “read”/,
    );
  });
});

test('a code that is called like something that every object has is named as the code that it is', () => {
  expect(acceptedInWords(['constructor', 'toString'])).toEqual([
    'Risks accepted: “constructor”, “toString”.',
  ]);
});
