import { pbkdf2Sync, randomBytes } from 'node:crypto';
import {
  base64,
  characters,
  documentOf,
  from64,
  fromHex,
  hex,
  key64,
  openGcm,
  packed,
  sealGcm,
  sha256,
  textOf,
  type Gcm,
  type OwnCase,
} from './own-ciphers.ts';

/** IV, tag and salt in other places than their ciphertext. */
export const partsApartCases: readonly OwnCase[] = [
  {
    name: 'value, IV and tag in three columns of base64',
    columns: { value: 'text', value_iv: 'text', value_tag: 'text' },
    forms: [
      {
        layout: '"{body base64}" aes-gcm key:base64',
        iv: { column: '{column}_iv', layout: '"{iv12 base64}"' },
        tag: { column: '{column}_tag', layout: '"{tag16 base64}"' },
      },
    ],
    key: key64,
    seal(secret, key) {
      const { iv, body, tag } = sealGcm(from64(key), secret);
      return { value: base64(body), value_iv: base64(iv), value_tag: base64(tag) };
    },
    open: (cells, key) =>
      openGcm(from64(key), {
        iv: from64(cells['value_iv']),
        body: from64(cells['value']),
        tag: from64(cells['value_tag']),
      }),
  },
  {
    name: 'four columns of bytes under other names, with a salt of each value',
    columns: { blob: 'bytea', pepper: 'bytea', seed: 'bytea', proof: 'bytea' },
    forms: [
      {
        layout: '"{body raw}" aes-gcm key:pbkdf2-sha512-salted/1000',
        iv: { column: 'nonce', layout: '"{iv12 raw}"' },
        tag: { column: 'auth_tag', layout: '"{tag16 raw}"' },
        salt: { column: 'salt', layout: '"{salt32 raw}"' },
      },
    ],
    key: () => 'a passphrase, with a comma and spaces',
    seal(secret, key) {
      const salt = randomBytes(32);
      const { iv, body, tag } = sealGcm(pbkdf2Sync(key, salt, 1000, 32, 'sha512'), secret);
      return { blob: body, pepper: salt, seed: iv, proof: tag };
    },
    open: ({ blob, pepper, seed, proof }, key) =>
      openGcm(pbkdf2Sync(key, pepper as Buffer, 1000, 32, 'sha512'), {
        iv: seed as Buffer,
        body: blob as Buffer,
        tag: proof as Buffer,
      }),
  },
  {
    name: 'a leaf of JSON, with IV and tag in columns beside the document',
    columns: { credentials: 'jsonb', credentials_iv: 'varchar(64)', credentials_tag: 'text' },
    forms: [
      {
        layout: '"{body base64}" aes-gcm key:base64',
        iv: { column: '{column}_iv', layout: '"{iv12 base64}"' },
        tag: { column: '{column}_tag', layout: '"{tag16 base64}"' },
      },
    ],
    key: key64,
    seal(secret, key) {
      const { iv, body, tag } = sealGcm(from64(key), secret);
      return {
        credentials: { encrypted_credentials: base64(body), type: 'OAUTH2' },
        credentials_iv: base64(iv),
        credentials_tag: base64(tag),
      };
    },
    open: ({ credentials, credentials_iv: iv, credentials_tag: tag }, key) =>
      openGcm(from64(key), {
        iv: from64(iv),
        body: from64(documentOf(credentials).encrypted_credentials),
        tag: from64(tag),
      }),
  },
  {
    name: 'IV and tag in one column, with a dot between them',
    columns: { data: 'text', iv: 'text' },
    forms: [
      {
        layout: '"{body base64}" aes-gcm key:text',
        iv: { column: 'iv', layout: '"{iv12 hex}.{tag16 hex}"' },
      },
    ],
    key: characters,
    seal(secret, key) {
      const { iv, body, tag } = sealGcm(Buffer.from(key), secret);
      return { data: base64(body), iv: `${hex(iv)}.${hex(tag)}` };
    },
    open({ data, iv: both }, key) {
      const [iv, tag] = textOf(both).split('.').map(fromHex) as [Buffer, Buffer];
      return openGcm(Buffer.from(key), { iv, body: from64(data), tag });
    },
  },
  {
    name: 'two columns of base64 with line breaks, under the first characters of a long key',
    columns: { encrypted_token: 'text', encrypted_token_iv: 'text' },
    forms: [
      {
        layout: '"{body+tag16 base64}" aes-gcm key:text32',
        iv: { column: '{column}_iv', layout: '"{iv12 base64}"' },
      },
    ],
    key: () => hex(randomBytes(64)),
    seal(secret, key) {
      const { iv, body, tag } = sealGcm(Buffer.from(key).subarray(0, 32), secret);
      return { encrypted_token: packed(Buffer.concat([body, tag])), encrypted_token_iv: packed(iv) };
    },
    open({ encrypted_token: both, encrypted_token_iv: iv }, key) {
      const bytes = from64(both);
      if (!/^(?:.{60}\n)*.{1,60}\n$/.test(textOf(both))) throw new Error('the lines are others');
      return openGcm(Buffer.from(key).subarray(0, 32), {
        iv: from64(iv),
        body: bytes.subarray(0, -16),
        tag: bytes.subarray(-16),
      });
    },
  },
  {
    name: 'a tag of 12 bytes between IV and body',
    columns: { token: 'text' },
    forms: [{ layout: '"{iv12+tag12+body base64}" aes-gcm key:sha256' }],
    key: () => '-----BEGIN KEY----- of any text',
    seal(secret, key) {
      const { iv, body, tag } = sealGcm(sha256(key), secret, { tagBytes: 12 });
      return { token: base64(Buffer.concat([iv, tag, body])) };
    },
    open({ token }, key) {
      const bytes = from64(token);
      return openGcm(sha256(key), {
        iv: bytes.subarray(0, 12),
        tag: bytes.subarray(12, 24),
        body: bytes.subarray(24),
      });
    },
  },
  {
    name: 'an IV of 16 and a tag of 13 bytes, in three encodings, with associated data',
    columns: { secret: 'text' },
    forms: [{ layout: '"s1${iv hex}~{body base64url}~{tag13 base64}" aes-gcm key:hex aad:my%20app%2Fv1' }],
    key: () => hex(randomBytes(32)),
    seal(secret, key) {
      const sealed = sealGcm(fromHex(key), secret, { ivBytes: 16, tagBytes: 13, aad: 'my app/v1' });
      return {
        secret: `s1$${hex(sealed.iv)}~${sealed.body.toString('base64url')}~${base64(sealed.tag)}`,
      };
    },
    open({ secret }, key) {
      const [iv, body, tag] = textOf(secret).slice(3).split('~');
      return openGcm(
        fromHex(key),
        { iv: fromHex(iv), body: Buffer.from(body ?? '', 'base64url'), tag: from64(tag) },
        'my app/v1',
      );
    },
  },
  {
    name: 'objects in a list of JSON, with other members and in any order, as text',
    columns: { config: 'text' },
    forms: [
      {
        layout: '"{body base64}" aes-gcm key:hex',
        iv: { path: '$.nonce', layout: '"{iv12 base64}"' },
        tag: { path: '$.mac', layout: '"{tag16 base64}"' },
      },
    ],
    key: () => hex(randomBytes(32)),
    seal(secret, key) {
      const one = sealGcm(fromHex(key), secret);
      const two = sealGcm(fromHex(key), `${secret} again`);
      const texts = ({ iv, body, tag }: Gcm) => ({ iv: base64(iv), body: base64(body), tag: base64(tag) });
      const [a, b] = [texts(one), texts(two)];
      return {
        config: JSON.stringify({
          name: 'github',
          secrets: [
            { id: 1, authTag: a.tag, ct: a.body, n: a.iv },
            { n: b.iv, ct: b.body, authTag: b.tag, id: 2 },
          ],
        }),
      };
    },
    open({ config }, key) {
      const { secrets } = documentOf(config);
      const [one, two] = secrets.map(({ n, ct, authTag }: Record<string, string>) =>
        openGcm(fromHex(key), { iv: from64(n), body: from64(ct), tag: from64(authTag) }),
      );
      if (two !== `${one} again`) throw new Error('the two are of different secrets');
      return one;
    },
  },
  {
    name: 'a document whose header has IV and tag, under a key with a salt of its own',
    columns: { otp_secret: 'jsonb' },
    forms: [
      {
        layout: '"{body base64}" aes-gcm key:pbkdf2-sha256/some%20salt/65536',
        iv: { path: '$.h.iv', layout: '"{iv12 base64}"' },
        tag: { path: '$.h.at', layout: '"{tag16 base64}"' },
      },
    ],
    key: characters,
    seal(secret, key) {
      const { iv, body, tag } = sealGcm(pbkdf2Sync(key, 'some salt', 65_536, 32, 'sha256'), secret);
      return { otp_secret: { p: base64(body), h: { iv: base64(iv), at: base64(tag) } } };
    },
    open({ otp_secret: cell }, key) {
      const { p, h } = documentOf(cell);
      return openGcm(pbkdf2Sync(key, 'some salt', 65_536, 32, 'sha256'), {
        iv: from64(h.iv),
        body: from64(p),
        tag: from64(h.at),
      });
    },
  },
];
