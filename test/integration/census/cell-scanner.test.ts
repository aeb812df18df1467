import { createCipheriv, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { PlaceEvidence } from '#evidence/place-evidence';
import { connect } from '#postgres/connect';
import { readCopy } from '#postgres/copy-reader';
import { parseDatabaseUrl } from '#postgres/target';
import { layerWithTexts } from '#test/unit/evidence/layer-with-texts';
import { createTestDatabase } from '#test/support/postgres/test-database';

test('one value in thirty thousand rows is found, and one in a cell that comes in pieces', async () => {
  await using database = await createTestDatabase();
  using key = generateEncryptionKey();
  using other = generateEncryptionKey();
  const iv = randomBytes(16);
  const secret = 'postgres://reader:correct-horse-battery@db.example.org:5432/warehouse';
  const sealed = Buffer.concat([iv, createCipheriv('aes-256-cfb', key.bytes, iv).update(secret)]);
  await database.client.query(`CREATE TABLE things (id uuid DEFAULT gen_random_uuid(), body jsonb, blob bytea);
    INSERT INTO things (body, blob) SELECT jsonb_build_object('n', n, 'sum', md5(n::text),
      'token', encode(sha256(n::text::bytea), 'base64')), sha512(n::text::bytea) FROM generate_series(1, 30000) AS n`);
  await database.client.query(
    `UPDATE things SET body = jsonb_build_object('token', $1::text) WHERE body->>'n' = '20000'`,
    [sealed.toString('base64')],
  );
  const large = Buffer.concat([randomBytes(3_000_000), sealed, sealed, randomBytes(2_000_000)]);
  await database.client.query(`UPDATE things SET blob = $1 WHERE body->>'n' = '10000'`, [large]);

  const client = await connect(parseDatabaseUrl(database.url), { applicationName: 'keel-test' });
  const { scanner, texts } = layerWithTexts([other, key]);
  const places = [new PlaceEvidence(), new PlaceEvidence(), new PlaceEvidence()];
  const enter = () => {
    for (const hit of scanner.flush()) {
      places[hit.column]?.add(hit);
    }
  };
  for await (const batch of readCopy(client, 'SELECT id::text, body::text, blob FROM public.things')) {
    const { data, firstRow, rows, columns, starts, lengths } = batch;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const start = starts[row * columns + column] as number;
        const length = lengths[row * columns + column] as number;
        if (length >= 0) {
          scanner.add(firstRow + row, column, data, start, start + length, column === 2 ? 'bytes' : 'text');
        }
      }
      if (scanner.full) enter();
    }
    enter();
  }
  await client.end();

  const tried = scanner.takeTried();
  const verdicts = places.map((place, column) =>
    place.verdicts(tried.get(column) ?? { runs: 0, bodies: 0 }, { places: 3, keys: 2 }),
  );
  expect(verdicts[0]).toEqual([]);
  expect(verdicts[1]?.[0]).toMatchObject({ key: 1, frame: 'start', segment: 'cfb128', verdict: 'certain' });
  expect(verdicts[2]?.[0]).toMatchObject({ key: 1, frame: 'search', verdict: 'certain' });
  expect(verdicts.flat().filter(({ key: index, verdict }) => index === 0 && verdict !== 'undecided')).toEqual(
    [],
  );
  expect([...texts.values()]).toContain(secret);
});
