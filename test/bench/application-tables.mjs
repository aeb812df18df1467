import {
  createCipheriv,
  createHash,
  createHmac,
  pbkdf2Sync,
  randomBytes,
  randomInt,
  scryptSync,
} from 'node:crypto';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';

const characters = (length) => randomBytes(length).toString('hex').slice(0, length);
const base64 = (bytes) => bytes.toString('base64');
const hex = (bytes) => bytes.toString('hex');
const sha256 = (text) => createHash('sha256').update(text).digest();
const padded = (text) => text.replaceAll('+', '-').replaceAll('/', '_');

/** IV, ciphertext and tag by the runtime's own cipher; without a tag where it has none. */
function sealed(algorithm, key, iv, secret) {
  const cipher = createCipheriv(algorithm, key, iv);
  const body = Buffer.concat([cipher.update(secret), cipher.final()]);
  return { iv, body, ...(algorithm.endsWith('gcm') && { tag: cipher.getAuthTag() }) };
}

/** What EVP_BytesToKey with MD5 derives: 32 bytes of a key and an IV. */
function evpBytes(key, salt) {
  const blocks = [];
  for (let last = Buffer.alloc(0); blocks.length < 3; blocks.push(last))
    last = createHash('md5').update(last).update(key).update(salt).digest();
  const all = Buffer.concat(blocks);
  return [all.subarray(0, 32), all.subarray(32, 48)];
}

function fernet(key, secret) {
  const { iv, body } = sealed('aes-128-cbc', key.subarray(16), randomBytes(16), secret);
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(1_760_000_000n + BigInt(randomInt(1_000_000)));
  const token = Buffer.concat([Buffer.of(0x80), time, iv, body]);
  const mac = createHmac('sha256', key.subarray(0, 16)).update(token).digest();
  return padded(base64(Buffer.concat([token, mac])));
}

/** A derivation that all values share takes its time once here too. */
function once(derive) {
  const made = new Map();
  return (key) => {
    if (!made.has(key)) made.set(key, derive(key));
    return made.get(key);
  };
}

const scryptKey = once((key) => scryptSync(key, 'salt', 32));
const planeKey = once((key) => pbkdf2Sync(key, 'salt', 100_000, 32, 'sha256'));

/**
 * Applications, each by its own way of encrypting: `newKey` makes a key as the admin writes it, `cells` gives the columns of a row. `share` is
 * how many rows it has of those that were asked for.
 */
export const applications = {
  gitea: {
    about: 'AES-CFB, key by SHA-256',
    newKey: () => characters(64),
    cells(secret, key) {
      const { iv, body } = sealed('aes-256-cfb', sha256(key), randomBytes(16), base64(Buffer.from(secret)));
      return [hex(Buffer.concat([iv, body]))];
    },
  },
  langfuse: {
    about: 'AES-GCM, parts in hexadecimal',
    newKey: () => characters(64),
    cells(secret, key) {
      const { iv, body, tag } = sealed('aes-256-gcm', Buffer.from(key, 'hex'), randomBytes(12), secret);
      return [[iv, body, tag].map(hex).join(':')];
    },
  },
  typebot: {
    about: 'AES-GCM, IV in a column of its own',
    columns: ['data', 'iv'],
    newKey: () => characters(32),
    cells(secret, key) {
      const { iv, body, tag } = sealed('aes-256-gcm', key, randomBytes(12), secret);
      return [base64(Buffer.concat([body, tag])), hex(iv)];
    },
  },
  n8n: {
    about: 'AES-CBC, `Salted__`, EVP-MD5 for each value',
    newKey: () => characters(32),
    cells(secret, key) {
      const salt = randomBytes(8);
      const { body } = sealed('aes-256-cbc', ...evpBytes(key, salt), secret);
      return [base64(Buffer.concat([Buffer.from('Salted__'), salt, body]))];
    },
  },
  postiz: {
    about: 'AES-CBC, key by scrypt',
    newKey: () => characters(48),
    cells(secret, key) {
      const { iv, body } = sealed('aes-256-cbc', scryptKey(key), randomBytes(16), secret);
      return [`${hex(iv)}:${hex(body)}`];
    },
  },
  airweave: {
    about: 'Fernet',
    newKey: () => base64(randomBytes(32)),
    cells: (secret, key) => [fernet(Buffer.from(key, 'base64'), secret)],
  },
  plane: {
    about: 'Fernet, key by PBKDF2',
    newKey: () => characters(50),
    cells: (secret, key) => [fernet(planeKey(key), secret)],
  },
  coolify: {
    about: 'Laravel: AES-CBC and HMAC in JSON',
    newKey: () => `base64:${base64(randomBytes(32))}`,
    cells(secret, key) {
      const bytes = Buffer.from(key.slice('base64:'.length), 'base64');
      const parts = sealed('aes-256-cbc', bytes, randomBytes(16), secret);
      const [iv, value] = [base64(parts.iv), base64(parts.body)];
      const mac = createHmac('sha256', bytes)
        .update(iv + value)
        .digest('hex');
      return [base64(Buffer.from(JSON.stringify({ iv, value, mac, tag: '' })))];
    },
  },
  litellm: {
    about: 'XSalsa20-Poly1305 (secretbox)',
    newKey: () => `sk-${characters(48)}`,
    cells(secret, key) {
      const nonce = randomBytes(24);
      const body = xsalsa20poly1305(sha256(key), nonce).encrypt(Buffer.from(secret));
      return [padded(base64(Buffer.concat([nonce, body])))];
    },
  },
  documenso: {
    about: 'XChaCha20-Poly1305',
    newKey: () => characters(32),
    cells(secret, key) {
      const nonce = randomBytes(24);
      const body = xchacha20poly1305(sha256(key), nonce).encrypt(Buffer.from(secret));
      return [hex(Buffer.concat([nonce, body]))];
    },
  },
  grafana: {
    about: 'AES-CFB, PBKDF2 of 10,000 rounds for each value',
    share: 0.05,
    newKey: () => characters(20),
    cells(secret, key) {
      const salt = characters(8);
      const derived = pbkdf2Sync(key, salt, 10_000, 32, 'sha256');
      const { iv, body } = sealed('aes-256-cfb', derived, randomBytes(16), secret);
      const name = base64(Buffer.from('aes-cfb')).replaceAll('=', '');
      return [base64(Buffer.concat([Buffer.from(`*${name}*${salt}`), iv, body]))];
    },
  },
  directus: {
    about: 'AES-GCM, scrypt for each value',
    share: 0.01,
    newKey: () => characters(32),
    cells(secret, key) {
      const salt = randomBytes(16);
      const derived = scryptSync(key, salt, 32, { N: 16_384, r: 8, p: 1 });
      const { iv, body, tag } = sealed('aes-256-gcm', derived, randomBytes(12), secret);
      return [['1', 'scrypt', '16384', '8', '1', ...[salt, iv, body, tag].map(base64)].join('||')];
    },
  },
};
