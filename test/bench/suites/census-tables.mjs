import { createCipheriv, randomBytes } from 'node:crypto';

/** Tables that a census reads: what is written in them, and how many rows a million bytes or so make. */
export function censusTables(key) {
  const seal = (text, { cipher = 'aes-256-cfb', under = key } = {}) => {
    const iv = randomBytes(16);
    const made = createCipheriv(cipher, under, iv);
    return Buffer.concat([iv, made.update(text, 'utf8'), made.final()]);
  };
  const token = (i) => `ya29.${randomBytes(37 + (i % 2)).toString('base64url')}`;
  const foreign = randomBytes(32);
  const narrow = (name, about, cell) => ({
    name,
    about,
    schema: `CREATE TABLE ${name} (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), token text)`,
    insert: `INSERT INTO ${name} (token) SELECT c FROM unnest($1::text[]) AS r (c)`,
    select: `SELECT id::text, token FROM ${name}`,
    cell,
    share: 1,
  });
  return [
    narrow('narrow', 'base64(IV ‖ 55 bytes) under the key', (i) => seal(token(i)).toString('base64')),
    narrow('headed', 'the same after a version byte', (i) =>
      Buffer.concat([Buffer.of(1), seal(token(i))]).toString('base64'),
    ),
    narrow('by_bytes', 'the same in CFB8', (i) =>
      seal(token(i), { cipher: 'aes-256-cfb8' }).toString('base64'),
    ),
    narrow('strange', 'the same under a key that nobody has', (i) =>
      seal(token(i), { under: foreign }).toString('base64'),
    ),
    narrow('short', 'base64(IV ‖ 4 to 11 bytes) under the key', (i) => seal(`pin-${i}`).toString('base64')),
    {
      name: 'document',
      about: 'JSON of events, without ciphertexts',
      schema: 'CREATE TABLE document (id bigserial PRIMARY KEY, body jsonb)',
      insert: 'INSERT INTO document (body) SELECT c::jsonb FROM unnest($1::text[]) AS r (c)',
      select: 'SELECT id::text, body::text FROM document',
      cell: (i) => JSON.stringify(event(i)),
      share: 0.5,
    },
    {
      name: 'prose',
      about: 'prose of 2 KB, without ciphertexts',
      schema: 'CREATE TABLE prose (id bigserial PRIMARY KEY, body text)',
      insert: 'INSERT INTO prose (body) SELECT c FROM unnest($1::text[]) AS r (c)',
      select: 'SELECT id::text, body FROM prose',
      cell: (i) => words(i, 330),
      share: 0.5,
    },
  ];
}

const vocabulary =
  'the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which one you were all her she there would their we him been has when who will no more if out so said what up its about than into them can only other time new some could these two may first then do'.split(
    ' ',
  );

function words(seed, count) {
  const picked = Array.from(
    { length: count },
    (_, i) => vocabulary[(seed * 31 + i * i * 7 + i) % vocabulary.length],
  );
  return `${picked.join(' ')}.`;
}

function event(i) {
  return {
    id: `evt_${randomBytes(6).toString('hex')}`,
    type: ['source.sync.started', 'source.sync.finished', 'user.login', 'collection.created'][i % 4],
    created_at: new Date(1_700_000_000_000 + i * 1000).toISOString(),
    actor: {
      user_id: crypto.randomUUID(),
      email: `user.${i % 5000}@example.org`,
      ip: `10.0.${i % 256}.${i % 199}`,
    },
    request: {
      method: 'POST',
      path: `/api/v1/collections/col_${i % 500}/sources`,
      user_agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
    },
    changes: Array.from({ length: i % 6 }, (_, n) => ({
      field: vocabulary[(i + n) % 90],
      before: n,
      after: words(i + n, 6),
    })),
    message: words(i, 40),
    durations: [i % 7, i % 11, i % 13],
    ok: i % 3 > 0,
  };
}
