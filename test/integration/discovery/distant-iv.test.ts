import { createHash, randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { plainCfb, seal } from '#test/support/forms/application-cipher';
import { distantIvs, token, writeDistantIv } from '#test/support/databases/distant-ivs';
import { rotateBatch } from '#test/support/forms/written-batch';
import {
  createWrittenDatabase,
  discoverAndRotate,
  isNamed,
  type Outcome,
} from '#test/support/forms/written-rotation';

/** Plaintexts are random tokens, so that no beginning says that it is missing. */
describe('a ciphertext of random tokens whose IV is', () => {
  let outcomes: ReadonlyMap<string, Outcome>;
  const tableOf = (form: (typeof distantIvs)[number]) => `form_${distantIvs.indexOf(form)}`;
  beforeAll(async () => {
    await using database = await createWrittenDatabase({});
    for (const form of distantIvs) {
      await writeDistantIv(database.client, form, { name: tableOf(form), key: database.from });
    }
    await database.client.query('ANALYZE');
    const tables = distantIvs.map((form) => ({
      name: tableOf(form),
      columns: form.columns,
      rows: 1,
      // carried out is a loss: nothing here can be rewritten
      countReadable: async () => 0,
    }));
    outcomes = await rotateBatch(database, tables);
  }, 300_000);

  for (const form of distantIvs) {
    test(`${form.name}, is refused by its name, and nothing changes`, () => {
      const { verdict, why } = outcomes.get(tableOf(form)) as Outcome;
      expect(verdict, why).toBe('refused');
    });
  }
});

describe('where the IV of random tokens is first, and', () => {
  const plainTable = 'CREATE TABLE plain (id int PRIMARY KEY, secret text)';
  const sealToken = (key: Buffer) => {
    const { iv, body } = seal(token(), key, plainCfb);
    return Buffer.concat([iv, body]).toString('base64');
  };

  test('other tables hold hashes and ids of 16 bytes, which do not decrypt them, it is rotated', async () => {
    await using database = await createWrittenDatabase({});
    const { client, from } = database;
    await client.query(`${plainTable}; CREATE TABLE file (id uuid, etag text, trace text)`);
    for (let i = 0; i < 60; i++) {
      await client.query('INSERT INTO plain VALUES ($1, $2)', [i, sealToken(from)]);
      const etag = createHash('md5').update(`${i}`).digest('hex');
      await client.query('INSERT INTO file VALUES (gen_random_uuid(), $1, $2)', [
        etag,
        randomBytes(16).toString('hex'),
      ]);
    }
    const { rotated } = await discoverAndRotate(database);
    expect(rotated.status, rotated.stderr).toBe(0);
  });

  test('another table has a column named like an IV, that is a stop which can be accepted', async () => {
    await using database = await createWrittenDatabase({});
    const { client, from } = database;
    await client.query(`${plainTable}; CREATE TABLE other (id int, secret_iv text)`);
    for (let i = 0; i < 60; i++) {
      await client.query('INSERT INTO plain VALUES ($1, $2)', [i, sealToken(from)]);
      await client.query('INSERT INTO other VALUES ($1, $2)', [i, randomBytes(16).toString('hex')]);
    }
    const first = await discoverAndRotate(database);
    expect(first.refusal).toContain('[iv-assumed]');
    expect(first.refusal).toContain('public.other.secret_iv');
    expect(isNamed('plain', ['secret'], first.refusal ?? '')).toBe(true);
    const second = await discoverAndRotate(database, { more: ['--accept', 'iv-assumed'] });
    expect(second.rotated.status, second.rotated.stderr).toBe(0);
  });
});

describe('discovery', () => {
  test('looks for an IV that is made from the row beside values that are under the key, not beside others', async () => {
    await using database = await createWrittenDatabase({});
    const { client, from } = database;
    await client.query('CREATE TABLE plain (id int PRIMARY KEY, secret text)');
    for (let i = 0; i < 330; i++) {
      const iv = createHash('md5').update(`${i}`).digest();
      const isOurs = i % 11 === 0;
      const body = isOurs ? seal(token(), from, plainCfb, iv).body : randomBytes(40);
      await client.query('INSERT INTO plain VALUES ($1, $2)', [i, body.toString('base64')]);
    }
    const { found } = await discoverAndRotate(database);
    const whys = found.json.unresolved.map(({ why }: { why: string }) => why).join();
    expect(whys, found.stdout).toContain('an IV from id (md5)');
  });

  test('tells a column of random tokens from one whose IVs are in another table, however few they are', async () => {
    await using database = await createWrittenDatabase({});
    const { client, from } = database;
    const [fk] = distantIvs;
    if (!fk) throw new Error('no form');
    await writeDistantIv(client, fk, { name: 'few', key: from, rows: 3 });
    const { found } = await discoverAndRotate(database);
    const whys = found.json.unresolved.map(({ why }: { why: string }) => why).join();
    expect(whys, found.stdout).toContain('public.few_v.v');
  });
});
