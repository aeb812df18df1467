import { describe, expect, test } from 'vitest';
import { secretKindOf } from '#evidence/plaintexts/secret-kind';

const kindOf = (names: readonly string[], ...secrets: readonly string[]) =>
  secretKindOf(
    names,
    secrets.map((secret) => Buffer.from(secret)),
  );

describe('the kind of a secret', () => {
  test.for([
    [['anything'], ['{"host":"db"}', ' {\n "a": 1 }\n'], 'credentials'],
    [['password'], ['{"host":"db"}'], 'credentials'],
    [['anything'], ['postgres://app:pw@db.example.com/main'], 'connection-string'],
    [['anything'], ['mongodb+srv://u:p@cluster0.example.net/'], 'connection-string'],
  ] as const)('of %j is told by its content %j: %s', ([names, secrets, kind]) => {
    expect(kindOf(names, ...secrets)).toBe(kind);
  });

  test('is told by its content where most values agree, and else by name', () => {
    expect(kindOf(['password'], '{"a":1}', '{"b":2}', 'plain')).toBe('credentials');
    expect(kindOf(['password'], '{"a":1}', 'plain', 'plain')).toBe('database-password');
    expect(kindOf(['password'], '{"a":1}', 'plain')).toBe('database-password');
  });

  test.for([
    ['refresh_token', 'oauth-refresh-token'],
    ['refreshToken', 'oauth-refresh-token'],
    ['access_token', 'oauth-access-token'],
    ['bearer', 'oauth-access-token'],
    ['password', 'database-password'],
    ['db_passwd', 'database-password'],
    ['ssh_passphrase', 'database-password'],
    ['connection_string', 'connection-string'],
    ['connectionUri', 'connection-string'],
    ['dsn', 'connection-string'],
    ['webhook_url', 'connection-string'],
    ['credentials', 'credentials'],
    ['api_key', 'api-credential'],
    ['signing_secret', 'api-credential'],
    ['token', 'api-credential'],
    ['blob', 'unknown'],
    ['monkey', 'unknown'],
  ] as const)('of a column named %s is %s', ([name, kind]) => {
    expect(kindOf(['public', 'things', name], 'opaque')).toBe(kind);
  });

  test('is told by the innermost name that says anything', () => {
    expect(kindOf(['public', 'credentials', 'refresh_token'], 'opaque')).toBe('oauth-refresh-token');
    expect(kindOf(['public', 'credentials', 'value'], 'opaque')).toBe('credentials');
    expect(kindOf(['public', 'api_keys', 'password', 'data'])).toBe('database-password');
  });

  test('is not a connection string without a login, nor a document without its end', () => {
    expect(kindOf(['blob'], 'https://example.org/path')).toBe('unknown');
    expect(kindOf(['blob'], '{"cut')).toBe('unknown');
  });
});
