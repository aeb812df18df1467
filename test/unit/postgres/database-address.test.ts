import { describe, expect, test } from 'vitest';
import { Secret } from '#crypto/secret';
import { addressOf, targetFromAddress } from '#postgres/database-address';
import { parseDatabaseUrl } from '#postgres/target';

const address = {
  host: 'db.example.org',
  port: 5433,
  database: 'ballast',
  user: 'ann',
  sslmode: 'verify-full',
  sslrootcert: '/etc/ca.crt',
} as const;

describe('an address of the window', () => {
  test('becomes a target and comes back without its password', () => {
    using password = new Secret(Buffer.from('hunter2'));
    const target = targetFromAddress(address, password);
    expect(target).toEqual({ ...address, password, connectTimeoutMs: 10_000 });
    expect(addressOf(target)).toEqual(address);
  });

  test('is what a URL says, without its password', () => {
    const target = parseDatabaseUrl('postgres://ann:hunter2@db:5432/x?sslmode=require', {});
    expect(addressOf(target)).toEqual({
      host: 'db',
      port: 5432,
      database: 'x',
      user: 'ann',
      sslmode: 'require',
    });
  });

  test.for(['host', 'user', 'database'])('with a control character in its %s is refused', (part) => {
    expect(() => targetFromAddress({ ...address, [part]: 'a\u0000user\u0000postgres' })).toThrowError(
      expect.objectContaining({ code: 'url-malformed', message: expect.stringContaining(`the ${part} `) }),
    );
  });

  test('that is longer than a server allows is refused, and names no part of it', () => {
    const target = parseDatabaseUrl(`postgres://ann@db/${'x'.repeat(64)}`, {});
    expect(() => addressOf(target)).toThrowError(
      expect.objectContaining({
        code: 'url-malformed',
        message: expect.stringMatching(/^the database is longer/),
      }),
    );
  });
});
