import { entropyToMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { describe, expect, test } from 'vitest';
import { applicationNamed } from '#applications/applications';
import { onlyKey, readKeyText } from '#backup/reading/read-key-text';
import { parseApplicationKey } from '#crypto/application-key';
import { EncryptionKey } from '#crypto/encryption-key';

const bytes = Buffer.from('fbefbe00fffe7f3f'.repeat(4), 'hex').map((byte, at) =>
  at < 6 ? byte : byte ^ (at * 37),
);
const raw = Buffer.from(bytes);
const key = new EncryptionKey(Buffer.from(raw));
const text = key.toBase64();
const hex = raw.toString('hex');
const encoded = Buffer.from(text).toString('base64');
const other = Buffer.alloc(32, 'Zq8').toString('base64');
const ballast = applicationNamed('ballast');
const fingerprintOf = (written: string) => parseApplicationKey(Buffer.from(written)).fingerprint;

type Choice = Parameters<typeof readKeyText>[1];
const read = (plain: Buffer | string, choice: Choice = { reader: ballast }) => {
  const opened = onlyKey(readKeyText(Buffer.from(plain as string), choice));
  return 'key' in opened ? opened.key.fingerprint : opened.broken.message;
};
const written = (plain: Buffer | string, choice: Choice = {}) => {
  const opened = onlyKey(readKeyText(Buffer.from(plain as string), choice));
  return 'key' in opened ? opened.key.written.toString('latin1') : opened.broken.message;
};
const utf16 = (s: string, mark = '\uFEFF') => Buffer.from(`${mark}${s}`, 'utf16le');
const utf32 = (s: string) => Buffer.from(s.split('').flatMap((c) => [c.charCodeAt(0), 0, 0, 0]));

test('the example has what is written in several ways', () => {
  expect(text).toMatch(/\+.*\/|\/.*\+/);
});

const forms: [string, Buffer | string][] = [
  ['the key alone', `${text}\n`],
  ['the key without a line end', text],
  ['Windows line ends around it', `\r\n${text}\r\n`],
  ['quotes around it', `"${text}"\n`],
  ['base64url', raw.toString('base64url')],
  ['hex', `${hex}\n`],
  ['hex in capitals', hex.toUpperCase()],
  ['its 32 bytes', raw],
  ['its 32 bytes and a line break', Buffer.concat([raw, Buffer.from('\n')])],
  ['its 32 bytes and a line break of Windows', Buffer.concat([raw, Buffer.from('\r\n')])],
  ['a line of a .env', `ENCRYPTION_KEY=${text}\n`],
  ['a whole .env', `POSTGRES_URL=postgres://u:p@h/d\nENCRYPTION_KEY="${text}" # prod\nPORT=1\n`],
  ['an export', `export ENCRYPTION_KEY=${text}\n`],
  ['an indented line', `   ENCRYPTION_KEY = '${text}'\n`],
  ['YAML', `ballast:\n  ENCRYPTION_KEY: ${text}\n`],
  ['YAML with a comment', `ENCRYPTION_KEY: ${text} # of production\n`],
  ['YAML in one line', `{ PORT: 1, ENCRYPTION_KEY: ${text}, X: 2 }`],
  ['a block of YAML', `ENCRYPTION_KEY: >-\n  ${text}\nPORT: 1\n`],
  ['YAML on the next line', `ENCRYPTION_KEY:\n  ${text}\nPORT: 1\n`],
  ['a list of a compose file', `    environment:\n      - ENCRYPTION_KEY=${text}\n`],
  ['a list in quotes', `    environment:\n      - "ENCRYPTION_KEY=${text}"\n      - 'PORT=1'\n`],
  ['`docker inspect`', JSON.stringify({ Env: ['PATH=/bin', `ENCRYPTION_KEY=${text}`, 'X=1'] }, null, 2)],
  ['`docker inspect` in one line', JSON.stringify(['PATH=/bin', `ENCRYPTION_KEY=${text}`])],
  [
    'a list of Kubernetes',
    `env:\n  - name: ENCRYPTION_KEY\n    value: ${text}\n  - name: PORT\n    value: "1"\n`,
  ],
  [
    'a list of ECS',
    JSON.stringify([
      { name: 'ENCRYPTION_KEY', value: text },
      { name: 'PORT', value: '1' },
    ]),
  ],
  ['a list with the value first', JSON.stringify([{ value: text, name: 'ENCRYPTION_KEY' }])],
  ['a Secret of Kubernetes', `kind: Secret\ndata:\n  ENCRYPTION_KEY: ${encoded}\n  PORT: MQ==\n`],
  [
    'a Secret of a line with its end',
    `kind: Secret\ndata:\n  ENCRYPTION_KEY: ${Buffer.from(`${text}\n`).toString('base64')}\n`,
  ],
  ['plain data of a Secret', `kind: Secret\nstringData:\n  ENCRYPTION_KEY: ${text}\n`],
  ['JSON', `{"name": "prod", "ENCRYPTION_KEY": "${text}"}`],
  ['JSON of PHP', JSON.stringify({ ENCRYPTION_KEY: text }).replaceAll('/', '\\/')],
  ['JSON of .NET', JSON.stringify({ ENCRYPTION_KEY: text }).replaceAll('+', '\\u002B')],
  ['JSON5', `{ ENCRYPTION_KEY: '${text}', }`],
  ['JSON in camel case', `{"encryptionKey":"${text}"}`],
  ['values of Helm', `ballast:\n  encryptionKey: ${text}\n`],
  ['PowerShell', `$env:ENCRYPTION_KEY = "${text}"`],
  ['a variable that is exported behind', `ENCRYPTION_KEY=${text}; export ENCRYPTION_KEY\n`],
  ['a variable that is exported below', `ENCRYPTION_KEY=${text}\nexport ENCRYPTION_KEY\n`],
  ['fish', `set -gx ENCRYPTION_KEY ${text}\n`],
  ['`setx`', `setx ENCRYPTION_KEY ${text}\n`],
  ['`set` of Windows', `set ENCRYPTION_KEY=${text}\r\n`],
  ['systemd', `[Service]\nEnvironment=ENCRYPTION_KEY=${text}\n`],
  ['systemd in quotes', `[Service]\nEnvironment="ENCRYPTION_KEY=${text}" "PORT=1"\n`],
  ['docker run -e', `docker run -e ENCRYPTION_KEY=${text} ballast\n`],
  ['docker run --env', `docker run --env=ENCRYPTION_KEY=${text} --env=PORT=1 ballast\n`],
  ['a Dockerfile', `FROM x\nENV ENCRYPTION_KEY ${text}\n`],
  ['a Dockerfile of now', `FROM x\nENV ENCRYPTION_KEY="${text}" PORT=1\n`],
  ['XML', `<appSettings><add key="ENCRYPTION_KEY" value="${text}" /></appSettings>`],
  ['an element', `<ENCRYPTION_KEY>${text.replaceAll('+', '&#43;')}</ENCRYPTION_KEY>`],
  ['CSV', `name,value\nENCRYPTION_KEY,${text}\nPORT,1\n`],
  ['TSV', `ENCRYPTION_KEY\t${text}\n`],
  ['a table of Markdown', `| name | value |\n|---|---|\n| ENCRYPTION_KEY | ${text} |\n`],
  ['TOML', `ENCRYPTION_KEY = '${text}'\n`],
  ['INI', `[ballast]\nencryption_key=${text}\n`],
  ['code in Markdown', `\`ENCRYPTION_KEY=${text}\`\n`],
  ['the key in back-ticks', `\`${text}\`\n`],
  ['a fence', `\`\`\`\n${text}\n\`\`\`\n`],
  ['a fence with the name', `\`\`\`env\nENCRYPTION_KEY=${text}\n\`\`\`\n`],
  ['a sentence', `The key of Ballast is: ${text}\n`],
  ['a sentence that ends', `Our key is ${text}.\n`],
  ['a title above', `Ballast production\n${text}\n`],
  ['the longer name', `BALLAST_ENCRYPTION_KEY=${text}\n`],
  ['hex with 0x', `0x${hex}\n`],
  ['hex with colons', `${hex.match(/../g)?.join(':')}\n`],
  ['hex in groups', `${hex.match(/.{8}/g)?.join(' ')}\n`],
  [
    'hex of bytes on two lines',
    `${hex.slice(0, 32).match(/../g)?.join(' ')}\n${hex.slice(32).match(/../g)?.join(' ')}\n`,
  ],
  [
    'bytes of C',
    `${hex
      .match(/../g)
      ?.map((one) => `0x${one}`)
      .join(', ')}\n`,
  ],
  ['hex behind the name', `ENCRYPTION_KEY=${hex}\n`],
  ['base64 on two lines', `${text.slice(0, 22)}\n${text.slice(22)}\n`],
  ['base64 in a URL', encodeURIComponent(text)],
  ['base64 of base64', encoded],
  ['base64 of a line', Buffer.from(`${text}\n`).toString('base64')],
  ['base64: before it', `base64:${text}\n`],
  ['a comment above the key alone', `# production, 2026\n${text}\n`],
  ['the same key twice', `ENCRYPTION_KEY=${text}\nexport ENCRYPTION_KEY=${text}\n`],
  ['the same key in two writings', `ENCRYPTION_KEY=${text}\nexport ENCRYPTION_KEY=${hex}\n`],
  ['an old one in a comment', `# ENCRYPTION_KEY=${other}\nENCRYPTION_KEY=${text}\n`],
  ['an empty one before it', `ENCRYPTION_KEY=\nENCRYPTION_KEY=${text}\n`],
  ['a reference beside it', `ENCRYPTION_KEY=${text}\nAPP_KEY=\${ENCRYPTION_KEY}\nX=$ENCRYPTION_KEY\n`],
  ['a reference to itself', `ENCRYPTION_KEY=${text}\nservices:\n  ENCRYPTION_KEY: \${ENCRYPTION_KEY}\n`],
  ['a blank that does not break', `ENCRYPTION_KEY=\u00a0${text}`],
  ['a blank that cannot be seen', `ENCRYPTION_KEY=\u200b${text}`],
  ['quotes of a word processor', `ENCRYPTION_KEY=“${text}”`],
  ['a line of DOS', `ENCRYPTION_KEY=${text}\r\n\x1a`],
  ['a text with a NUL at its end', `ENCRYPTION_KEY=${text}\0`],
  ['`env -0`', `PATH=/bin\0ENCRYPTION_KEY=${text}\0HOME=/root\0`],
  ['a comment in Latin-1', Buffer.from(`# Schlüssel\nENCRYPTION_KEY=${text}\n`, 'latin1')],
  ['a byte order mark', `\uFEFFENCRYPTION_KEY=${text}\r\n`],
  ['UTF-16 with its mark', utf16(`ENCRYPTION_KEY=${text}\r\n`)],
  ['UTF-16 without a mark', utf16(`${text}\r\n`, '')],
  ['UTF-16 with other letters', utf16(`# Schlüssel → Ballast\nENCRYPTION_KEY=${text}\r\n`, '')],
  ['UTF-16, the other end first', Buffer.from(utf16(`${text}\r\n`)).swap16()],
  ['UTF-32', utf32(`ENCRYPTION_KEY=${text}`)],
  ['recovery words', entropyToMnemonic(new Uint8Array(raw), wordlist)],
];

describe('what a person sealed is read as the key,', () => {
  test.for(forms)('as %s', ([, plain]) => {
    expect(read(plain)).toBe(key.fingerprint);
    expect(read(plain, { expected: key.fingerprint })).toBe(key.fingerprint);
  });

  test('also where its base64 begins like a comment', () => {
    const slashes = `//${text.slice(2)}`;
    for (const plain of [slashes, `ENCRYPTION_KEY=${slashes}`, `ENCRYPTION_KEY: ${slashes}\n`])
      expect(written(plain, { reader: ballast })).toBe(slashes);
  });
});

test('what is no key, or may be one of several, is none', () => {
  expect(read(`ENCRYPTION_KEY=${text}\nENCRYPTION_KEY=${other}\n`)).toMatch(
    /more than one key: key .* and key /,
  );
  expect(read(`ENCRYPTION_KEY=${text}\nENCRYPTION_KEY=garbage\n`)).toMatch(/more than one/);
  expect(read(`${text}\n${other}\n`)).toMatch(/more than one/);
  for (const reader of [ballast, undefined]) {
    expect(read('hello', { reader })).toMatch(/no key that Keel can read|3 bytes/);
    expect(read('', { reader })).toMatch(/no key that Keel can read/);
    expect(read(raw.subarray(0, 31), { reader })).toMatch(/31 bytes that are not text/);
    for (const plain of [text.slice(0, -2), `OTHER_KEY=${text}`, `ENCRYPTION_KEY_OLD=${text}`])
      expect(read(plain, { reader })).toMatch(/it decrypts, but/);
  }
  // the fingerprint says which it is
  for (const plain of [`${text}\n${other}\n`, `OTHER_KEY=${text}`, `ENCRYPTION_KEY=garbage\nOLD=${text}`])
    expect(read(plain, { expected: key.fingerprint })).toBe(key.fingerprint);
});

describe('the key of another application', () => {
  const fernet = `-_4t${raw.toString('base64url').slice(4)}=`;
  const passphrase = 'qWx7pRtY2mNbVc9zLkJh5gFd';
  const spoken = 'correct horse battery staple';
  const cases: [string, string, string, string][] = [
    ['a Fernet key', 'airflow', fernet, fernet],
    ['a Fernet key and a line break', 'airflow', `${fernet}\n`, fernet],
    ['a Fernet key behind its name', 'airflow', `AIRFLOW__CORE__FERNET_KEY=${fernet}\n`, fernet],
    ['hex digits', 'langfuse', `${hex}\n`, hex],
    ['hex digits behind the name', 'langfuse', `ENCRYPTION_KEY=${hex}\n`, hex],
    ['hex digits in capitals', 'langfuse', hex.toUpperCase(), hex.toUpperCase()],
    ['characters', 'n8n', `${passphrase}\n`, passphrase],
    ['characters behind the name', 'n8n', `N8N_ENCRYPTION_KEY=${passphrase}\n`, passphrase],
    ['a passphrase behind the name', 'n8n', `N8N_ENCRYPTION_KEY=${spoken}\n`, spoken],
    ['a passphrase', 'n8n', `${spoken}\n`, spoken],
    ['the file of its settings', 'n8n', JSON.stringify({ encryptionKey: passphrase }), passphrase],
    [
      'a Secret',
      'n8n',
      `kind: Secret\ndata:\n  N8N_ENCRYPTION_KEY: ${Buffer.from(passphrase).toString('base64')}\n`,
      passphrase,
    ],
    [
      'its own name before the shared one',
      'n8n',
      `ENCRYPTION_KEY=${text}\nN8N_ENCRYPTION_KEY=${passphrase}\n`,
      passphrase,
    ],
    ['a key with its prefix', 'laravel', `APP_KEY=base64:${text}\n`, `base64:${text}`],
    [
      'a list of keys',
      'posthog',
      `ENCRYPTION_SALT_KEYS=${passphrase},${passphrase}2\n`,
      `${passphrase},${passphrase}2`,
    ],
    ['a key of an INI', 'gitea', `[security]\nSECRET_KEY = ${passphrase}\n`, passphrase],
  ];
  test.for(cases)('is read to the letter from %s', ([, id, plain, expected]) => {
    expect(written(plain, { reader: applicationNamed(id) })).toBe(expected);
    expect(written(plain, { expected: fingerprintOf(expected) })).toBe(expected);
  });

  test('is given back as it was sealed where nobody said whose it is', () => {
    for (const plain of [fernet, hex, passphrase, spoken]) expect(written(`${plain}\n`)).toBe(plain);
    expect(written(`N8N_ENCRYPTION_KEY=${passphrase}\n`)).toBe(passphrase);
    expect(written(`ENCRYPTION_KEY=${text}\nN8N_ENCRYPTION_KEY=${passphrase}\n`)).toMatch(
      /more than one key/,
    );
  });

  test('is offered beside the 32 bytes that its letters may stand for', () => {
    const opened = readKeyText(Buffer.from(`${hex}\n`));
    const keys = 'values' in opened ? opened.values.flat().map(({ fingerprint }) => fingerprint) : [];
    expect(keys).toEqual([fingerprintOf(hex), key.fingerprint]);
  });
});
