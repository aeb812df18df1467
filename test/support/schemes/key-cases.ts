import { createHmac, pbkdf2Sync, randomBytes, hkdfSync, scryptSync } from 'node:crypto';
import {
  base64,
  documentOf,
  from64,
  fromHex,
  hex,
  openCbc,
  openGcm,
  sealCbc,
  sealGcm,
  sha256,
  textOf,
  type Gcm,
  type OwnCase,
} from './own-ciphers.ts';

const macOf = (digest: string, key: Buffer, signed: Buffer | string) =>
  createHmac(digest, key).update(signed).digest();
/** As Rails makes it where equal secrets have equal ciphertexts. */
const ivOf = (key: Buffer, secret: string) => macOf('sha256', key, secret).subarray(0, 12);

/** Keys that are read in other ways. */
export const keyCases: readonly OwnCase[] = [
  {
    name: 'CBC with the IV in a column of its own, under digits of a hash',
    columns: { cipher_text: 'text', init_vector: 'text', label: 'text' },
    forms: [
      {
        layout: '"{body base64}" aes-cbc key:sha256-hex32',
        iv: { column: 'iv', layout: '"{iv hex}"' },
      },
    ],
    key: () => 'correct horse battery staple',
    seal(secret, key) {
      const iv = randomBytes(16);
      const bytes = Buffer.from(hex(sha256(key)).slice(0, 32));
      return { cipher_text: base64(sealCbc(bytes, iv, secret)), init_vector: hex(iv), label: 'a name' };
    },
    open: ({ cipher_text: body, init_vector: iv }, key) =>
      openCbc(Buffer.from(hex(sha256(key)).slice(0, 32)), fromHex(iv), from64(body)),
  },
  {
    name: '`openssl enc -pbkdf2`, whose IV is derived with the key',
    columns: { secret: 'text' },
    forms: [
      {
        layout: '"{[53616c7465645f5f]!+salt+body base64}" aes-cbc key:pbkdf2-sha256-salted-iv16/10000',
      },
    ],
    key: () => 'another passphrase',
    seal(secret, key) {
      const salt = randomBytes(8);
      const made = pbkdf2Sync(key, salt, 10_000, 48, 'sha256');
      const body = sealCbc(made.subarray(0, 32), made.subarray(32), secret);
      return { secret: base64(Buffer.concat([Buffer.from('Salted__'), salt, body])) };
    },
    open({ secret }, key) {
      const bytes = from64(secret);
      const made = pbkdf2Sync(key, bytes.subarray(8, 16), 10_000, 48, 'sha256');
      return openCbc(made.subarray(0, 32), made.subarray(32), bytes.subarray(16));
    },
  },
  {
    name: 'AES-192 under a key that HKDF derives with salt and context from hexadecimal',
    columns: { secret: 'bytea' },
    forms: [{ layout: '"{iv12+body+tag16 raw}" aes-gcm key:hex+hkdf-sha512@24/credentials/[00ff]' }],
    key: () => hex(randomBytes(32)),
    seal(secret, key) {
      const bytes = Buffer.from(hkdfSync('sha512', fromHex(key), Buffer.from([0, 255]), 'credentials', 24));
      const { iv, body, tag } = sealGcm(bytes, secret);
      return { secret: Buffer.concat([iv, body, tag]) };
    },
    open({ secret: cell }, key) {
      const bytes = cell as Buffer;
      const derived = Buffer.from(hkdfSync('sha512', fromHex(key), Buffer.from([0, 255]), 'credentials', 24));
      return openGcm(derived, {
        iv: bytes.subarray(0, 12),
        body: bytes.subarray(12, -16),
        tag: bytes.subarray(-16),
      });
    },
  },
  {
    name: 'documents in jsonb, each as a whole, whose IV is made of the plaintext',
    columns: { email: 'jsonb' },
    forms: [
      {
        layout:
          '"{{""at"": ""{tag16 base64}"", ""iv"": ""{iv12 base64}"", ""data"": ""{body base64}""}}" aes-gcm key:sha256 iv:hmac-sha256',
      },
    ],
    key: () => hex(randomBytes(16)),
    seal(secret, key) {
      const bytes = sha256(key);
      const { iv, body, tag } = sealGcm(bytes, secret, { iv: ivOf(bytes, secret) });
      return { email: `{"at": "${base64(tag)}", "iv": "${base64(iv)}", "data": "${base64(body)}"}` };
    },
    open({ email }, key) {
      const { at, iv, data } = documentOf(email);
      const secret = openGcm(sha256(key), { iv: from64(iv), tag: from64(at), body: from64(data) });
      if (base64(ivOf(sha256(key), secret)) !== iv) throw new Error('a query would not find it');
      return secret;
    },
  },
  {
    name: 'CBC with a MAC over IV and body, under one key',
    columns: { secret: 'text' },
    forms: [{ layout: '"enc:{iv+body+tag32 base64}" aes-cbc key:sha256 mac:sha256/iv+body' }],
    key: () => 'a passphrase of the admin',
    seal(secret, key) {
      const bytes = sha256(key);
      const iv = randomBytes(16);
      const signed = Buffer.concat([iv, sealCbc(bytes, iv, secret)]);
      return { secret: `enc:${base64(Buffer.concat([signed, macOf('sha256', bytes, signed)]))}` };
    },
    open({ secret }, key) {
      const bytes = sha256(key);
      const all = from64(textOf(secret).replace(/^enc:/, ''));
      const signed = all.subarray(0, -32);
      if (!macOf('sha256', bytes, signed).equals(all.subarray(-32))) throw new Error('another MAC');
      return openCbc(bytes, signed.subarray(0, 16), signed.subarray(16));
    },
  },
  {
    name: 'CBC with half a MAC over the body in a column of its own, under the halves of a key',
    columns: { secret: 'bytea', mac: 'text' },
    forms: [
      {
        layout: '"{iv+body raw}" aes-cbc key:hex mac:sha512/body/encrypt+sign',
        tag: { column: 'mac', layout: '"{tag32 hex}"' },
      },
    ],
    key: () => hex(randomBytes(64)),
    seal(secret, key) {
      const [encrypting, signing] = [fromHex(key).subarray(0, 32), fromHex(key).subarray(32)];
      const iv = randomBytes(16);
      const body = sealCbc(encrypting, iv, secret);
      return { secret: Buffer.concat([iv, body]), mac: hex(macOf('sha512', signing, body).subarray(0, 32)) };
    },
    open({ secret, mac }, key) {
      const [encrypting, signing] = [fromHex(key).subarray(0, 32), fromHex(key).subarray(32)];
      const all = secret as Buffer;
      if (hex(macOf('sha512', signing, all.subarray(16)).subarray(0, 32)) !== mac)
        throw new Error('another MAC');
      return openCbc(encrypting, all.subarray(0, 16), all.subarray(16));
    },
  },
  {
    name: 'members of a map under scrypt with costs of its own',
    columns: { tokens: 'jsonb' },
    forms: [{ layout: '"{iv12 hex}:{tag16 hex}:{body hex}" aes-gcm key:scrypt/pepper/1024/8/2' }],
    key: () => 'yet another passphrase',
    seal(secret, key) {
      const bytes = scryptSync(key, 'pepper', 32, { N: 1024, r: 8, p: 2 });
      const { iv, body, tag } = sealGcm(bytes, secret);
      return { tokens: { main: [hex(iv), hex(tag), hex(body)].join(':'), note: 'plain' } };
    },
    open({ tokens }, key) {
      const [iv, tag, body] = textOf(documentOf(tokens).main).split(':').map(fromHex) as Buffer[];
      const bytes = scryptSync(key, 'pepper', 32, { N: 1024, r: 8, p: 2 });
      return openGcm(bytes, { iv, body, tag } as Gcm);
    },
  },
];
