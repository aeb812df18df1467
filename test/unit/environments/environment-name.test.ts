import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { environmentNameOf, folderNameOf } from '#environments/environment-name';

describe('the name of an environment', () => {
  test.for(['localhost', 'LOCALHOST', '127.0.0.1', '::1', '[::1]', '0:0:0:0:0:0:0:1', 'localhost.'])(
    'is the same for %s as for localhost',
    (host) => {
      expect(environmentNameOf(host, 5432, 'ballast')).toBe('localhost:5432/ballast');
    },
  );

  test.for([
    ['DB.Example.COM', 'db.example.com:5432/Ballast'],
    ['db.example.com.', 'db.example.com:5432/Ballast'],
    ['2001:DB8:0:0::7', '[2001:db8::7]:5432/Ballast'],
    ['fe80::1%Eth0', '[fe80::1%eth0]:5432/Ballast'],
    ['127.0.0.2', '127.0.0.2:5432/Ballast'],
    ['/var/run/PostgreSQL', '/var/run/PostgreSQL:5432/Ballast'],
  ] as const)('writes host %s one way and the database as it is', ([host, name]) => {
    expect(environmentNameOf(host, 5432, 'Ballast')).toBe(name);
  });
});

describe('the folder of an environment', () => {
  test.for([
    ['localhost:5432/ballast', 'localhost%3a5432%2fballast'],
    ['localhost:5432/Ballast', 'localhost%3a5432%2f%42allast'],
    ['a%2fb', 'a%252fb'],
    ['Größe', '%47r%c3%b6%c3%9fe'],
    ['..', '%2e%2e'],
    ['.hidden.', '%2ehidden%2e'],
    ['con', '%63on'],
    ['nul.txt', '%6eul.txt'],
    ['console', 'console'],
  ] as const)('of %s is %s', ([name, folder]) => {
    expect(folderNameOf(name)).toBe(folder);
  });

  test('differs for different names, also where case is ignored, and fits every file system', () => {
    const names = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.stringMatching(/^[aA.%/:\\~-]{1,4}$/),
      fc.string({ minLength: 190, maxLength: 260 }),
    );
    fc.assert(
      fc.property(names, names, (one, other) => {
        const folder = folderNameOf(one);
        expect(folder).toMatch(/^[a-z0-9_%-](?:[a-z0-9._%-]{0,198}[a-z0-9_%-])?$/);
        if (one !== other) expect(folder.toLowerCase()).not.toBe(folderNameOf(other).toLowerCase());
      }),
      { numRuns: 2_000 },
    );
  });

  test('keeps long names apart that begin alike', () => {
    const long = 'x'.repeat(300);
    expect(folderNameOf(`${long}1`)).not.toBe(folderNameOf(`${long}2`));
    expect(folderNameOf('ü'.repeat(60))).toMatch(/^(?:%c3%bc)+(?:%c3)?%h[0-9a-f]{64}$/);
  });
});
