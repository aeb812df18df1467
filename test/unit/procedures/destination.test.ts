import { describe, expect, test } from 'vitest';
import { type HandoffTarget, handoffTarget } from '#contract/handoff';
import { destinationInFull } from '#procedures/consent/destination';
import { questionOf } from '#procedures/consent/question-text';

const vault = {
  kind: 'vault',
  address: 'https://vault.example.com:8200',
  mount: 'secret',
  path: 'ballast/production',
  field: 'ENCRYPTION_KEY',
} as const;

/** Every kind of target with every field that it can have, each with a text of its own. */
const whole: Readonly<Record<HandoffTarget['kind'], HandoffTarget>> = {
  'env-file': { kind: 'env-file', path: '/a/b', variable: 'V1' },
  'compose-file': { kind: 'compose-file', path: '/a/b', variable: 'V1', service: 's1' },
  'kubernetes-secret': {
    kind: 'kubernetes-secret',
    path: '/a/b',
    variable: 'V1',
    name: 'n1',
    namespace: 'ns1',
  },
  'systemd-unit': { kind: 'systemd-unit', path: '/a/b', variable: 'V1' },
  'key-file': { kind: 'key-file', path: '/a/b' },
  'docker-secret': { kind: 'docker-secret', name: 'n1' },
  'podman-secret': { kind: 'podman-secret', name: 'n1' },
  'systemd-credential': { kind: 'systemd-credential', path: '/a/b', name: 'n1' },
  vault: { ...vault, namespace: 'ns1', caFile: '/a/ca' },
  'yaml-value': { kind: 'yaml-value', path: '/a/b', at: ['a1', 'b.2'] },
  'sops-file': { kind: 'sops-file', path: '/a/b', at: ['a1', 'b.2'] },
  'aws-secret': { kind: 'aws-secret', id: 'i1', field: 'f1', region: 'r1', profile: 'p1' },
  'gcp-secret': { kind: 'gcp-secret', name: 'n1', field: 'f1', project: 'p1' },
  'azure-secret': { kind: 'azure-secret', vault: 'v1', name: 'n1', field: 'f1' },
  'one-password': { kind: 'one-password', vault: 'v1', item: 'i1', field: 'f1' },
};

describe('a destination in a question', () => {
  test.each(Object.values(whole))(
    'has every field of $kind on a line of its own, and a place first',
    (target) => {
      const shape =
        handoffTarget.options.find(({ shape: { kind } }) => kind.value === target.kind)?.shape ?? {};
      expect(Object.keys(target).sort()).toEqual(Object.keys(shape).sort());
      const lines = destinationInFull(target);
      const { kind: _, ...fields } = target;
      for (const value of Object.values(fields)) {
        const shown = Array.isArray(value) ? String.raw`a1.b\.2` : String(value);
        expect(
          lines.filter((line) => line.includes(shown)),
          shown,
        ).toHaveLength(1);
      }
      expect(lines[0]).toMatch(
        /^(?:File|SOPS file|Server|AWS secret|Google project|Azure key vault|1Password vault|Docker secret|Podman secret): /,
      );
    },
  );

  test('begins with the server, before anything else that the page wrote', () => {
    const { detail } = questionOf(
      { of: 'hand-off', fingerprint: '1111-2222-3333-4444', destination: whole.vault },
      {
        settings: {
          name: 'Acme',
          production: true,
          address: { host: 'db', port: 1, database: 'x', user: 'u', sslmode: 'disable' },
        } as never,
      },
    );
    expect(detail.split('\n')).toEqual([
      'Server: https://vault.example.com:8200',
      'Namespace: “ns1”',
      'Mount: “secret”',
      'Secret: “ballast/production”',
      'Field: “ENCRYPTION_KEY”',
      'Root certificate: “/a/ca”',
      '',
      'Database “x” on db, port 1.',
      '',
      'No key that Keel knows is there now. Anyone who can read that destination has the key.',
    ]);
  });

  test('is the server that is connected to, with what was written where that is something else', () => {
    const first = (address: string) => destinationInFull({ ...vault, address })[0];
    expect(first('https://v\u0430ult.acme.example')).toBe(
      'Server: https://xn--vult-53d.acme.example (written as “v\u0430ult.acme.example”)',
    );
    expect(first('https://xn--vult-53d.acme.example/')).toBe(
      'Server: https://xn--vult-53d.acme.example (an internationalised domain name)',
    );
    expect(first('https://2130706433:8200')).toBe('Server: https://127.0.0.1:8200 (written as “2130706433”)');
    const long = `${'api.acme.example.'.repeat(13)}evil.example`;
    expect(first(`https://${long}`)).toBe(`Server: https://${long}`);
    expect(
      destinationInFull({ ...vault, address: 'https://evil.example/https://vault.acme.example' }),
    ).toEqual(
      expect.arrayContaining([
        'Server: https://evil.example',
        'Path on the server: “/https://vault.acme.example”',
      ]),
    );
  });

  const odd: readonly (readonly [what: string, target: HandoffTarget])[] = [
    ['a mount that poses as an address', { ...vault, mount: 'secret at https://vault.acme.example' }],
    ['blanks after a path', { ...vault, path: `x${' '.repeat(40)}` }],
    ['a path of blanks and a letter', { ...vault, path: `${' '.repeat(450)}x` }],
    ['a line end in a path', { ...vault, path: 'a\nb' }],
    ['a path that leads out', { ...vault, path: 'a/../b' }],
    ['a path with a part that is left out', { ...vault, path: 'a/./b' }],
    ['a mount that leads nowhere', { ...vault, mount: '.' }],
    ['a mount that leads out', { ...vault, mount: '..' }],
    ['an empty part of a path', { ...vault, path: 'a//b' }],
    ['an empty part of a namespace', { ...vault, namespace: 'a//b' }],
    ['a path that is too long', { ...vault, path: 'a'.repeat(400) }],
    ['an address with a user', { ...vault, address: 'https://vault.acme.example@evil.example' }],
    ['an address with a line end', { ...vault, address: 'https://va\nult.example' }],
    ['an address with a backslash', { ...vault, address: 'https://evil.example\\@vault.example' }],
    ['a host that is too long', { ...vault, address: `https://${'a.'.repeat(200)}example` }],
    ['a host in percents', { ...vault, address: 'https://ev%69l.example' }],
    ['a file with a line end', { kind: 'env-file', path: '/a\n/srv/ballast.env', variable: 'V' }],
    ['a file with a long path', { kind: 'key-file', path: `/${'a'.repeat(600)}` }],
    ['quotation marks', { kind: 'key-file', path: '/a” is not written. “' }],
    ['letters that are turned around', { kind: 'key-file', path: '/a\u202eb' }],
    ['two blanks next to each other', { kind: 'key-file', path: '/a  b' }],
    ['a blank that is none', { kind: 'key-file', path: '/a\u3000b' }],
    ['a letter without a form', { kind: 'key-file', path: '/a\u3164b' }],
    [
      'a path of values that is too long',
      { kind: 'yaml-value', path: '/a', at: ['a'.repeat(200), 'b'.repeat(200)] },
    ],
    ['blanks in a name of values', { kind: 'yaml-value', path: '/a', at: ['a', ' b'] }],
    ['blanks at the end of an item', { kind: 'one-password', vault: 'v', item: 'i  ', field: 'f' }],
  ];
  test.each(odd)('is refused with %s', (_, target) => {
    expect(() => destinationInFull(target)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringMatching(/nothing was changed$/) }),
    );
  });

  test('tells of letters that look like others', () => {
    expect(destinationInFull({ kind: 'key-file', path: '/srv/b\u0430llast' })).toEqual([
      'File: “/srv/b\u0430llast” (characters outside ASCII: \u0430 is U+0430)',
    ]);
  });
});

test('a name that the AWS CLI would read a file for is no destination', () => {
  const isTaken = (id: string) => handoffTarget.safeParse({ kind: 'aws-secret', id }).success;
  expect(isTaken('file:///home/ann/.ssh/id_ed25519')).toBe(false);
  expect(isTaken('fileb:///etc/passwd')).toBe(false);
  expect(isTaken('https://evil.example/x')).toBe(false);
  expect(isTaken('arn:aws:secretsmanager:eu-central-1:123456789012:secret:ballast/key-AbCdEf')).toBe(true);
});
