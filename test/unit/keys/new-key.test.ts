import { expect, test } from 'vitest';
import { applicationNamed } from '#applications/applications';
import { parseApplicationKey } from '#crypto/application-key';
import { newKeyOf } from '#keys/new-key';

/** Many enough that one of the standard alphabet would show a sign of its own. */
const many = Array.from({ length: 6 });
const made = (application: string, old: string) =>
  Promise.all(
    many.map(async () => {
      using like = parseApplicationKey(Buffer.from(old));
      using fresh = await newKeyOf(applicationNamed(application), like);
      return fresh.written.toString();
    }),
  );

test('a new key is in the alphabet of the old one, or, if that fits in both, in that of the application', async () => {
  const plain = `${'Abc1'.repeat(10)}Abc=`;
  expect((await made('airflow', plain)).join('')).not.toMatch(/[+/]/);
  expect((await made('langfuse', plain)).join('')).not.toMatch(/[_-]/);
  expect((await made('airflow', `+/c1${plain.slice(4)}`)).join('')).not.toMatch(/[_-]/);
  expect((await made('airflow', `-_c1${plain.slice(4)}`)).join('')).not.toMatch(/[+/]/);
});

const hex = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
const bytes = (length: number) => Buffer.from(hex.repeat(4), 'hex').subarray(0, length);
const unpadded = (length: number) => bytes(length).toString('base64').replace(/=+$/, '');

test.for<[string, string, string, RegExp]>([
  ['langfuse', 'hex in mixed case', `${hex}${hex.toUpperCase()}`, /^[\da-f]{64}$/],
  ['formbricks', 'hex in mixed case', `${hex}${hex.toUpperCase()}`, /^[\da-f]{64}$/],
  ['tooljet', 'hex in mixed case', `${hex}${hex.toUpperCase()}`, /^[\da-f]{64}$/],
  ['sim', 'hex with one capital', `${hex}${hex}`.replace('a', 'A'), /^[\da-f]{64}$/],
  ['outline', 'hex with one capital', `${hex}${hex}`.replace('f', 'F'), /^[\da-f]{64}$/],
  ['activepieces', 'hex in mixed case', hex.replace('e', 'E'), /^[\da-f]{32}$/],
  ['langfuse', 'hex in capitals', `${hex}${hex}`.toUpperCase(), /^[\dA-F]{64}$/],
  ['nango', '16 bytes without padding', unpadded(16), /^[A-Za-z0-9+/]{22}$/],
  ['kestra', '16 bytes without padding', unpadded(16), /^[A-Za-z0-9+/]{22}$/],
  ['kestra', '32 bytes without padding', unpadded(32), /^[A-Za-z0-9+/]{43}$/],
  ['n8n', 'hex in mixed case, which is a passphrase there', `${hex}${hex.toUpperCase()}`, /^\w{64}$/],
  ['formbricks', '32 characters', 'Ab3dEf7hIjKlMnOpQrStUvWxYz012345', /^[A-Za-z0-9]{32}$/],
])('a new key of %s is read as the old one of %s is', async ([application, , old, expected]) => {
  for (const fresh of await made(application, old)) expect(fresh).toMatch(expected);
});

test('a new key is generated only where the application reads it into as many bytes', async () => {
  const one = applicationNamed('langfuse');
  // a reading that takes 32 bytes of hex alone, and a documentation that writes characters
  const odd = { ...one, newKey: { as: 'characters', length: 64 } } as const;
  using like = parseApplicationKey(Buffer.from(`${hex}${hex.toUpperCase()}`));
  await expect(newKeyOf(odd, like)).rejects.toMatchObject({ code: 'usage' });
});
