import { expect, test } from 'vitest';
import { applicationNamed } from '#applications/applications';
import { parseApplicationKey } from '#crypto/application-key';
import { newKeyOf } from '#keys/new-key';

/** Many enough that one of the standard alphabet would show a sign of its own. */
const many = Array.from({ length: 6 });
const made = (application: string, old: string) =>
  many.map(() => {
    using like = parseApplicationKey(Buffer.from(old));
    using fresh = newKeyOf(applicationNamed(application), like);
    return fresh.written.toString();
  });

test('a new key is in the alphabet of the old one, or, if that fits in both, in that of the application', () => {
  const plain = `${'Abc1'.repeat(10)}Abc=`;
  expect(made('airflow', plain).join('')).not.toMatch(/[+/]/);
  expect(made('langfuse', plain).join('')).not.toMatch(/[_-]/);
  expect(made('airflow', `+/c1${plain.slice(4)}`).join('')).not.toMatch(/[_-]/);
  expect(made('airflow', `-_c1${plain.slice(4)}`).join('')).not.toMatch(/[+/]/);
});
