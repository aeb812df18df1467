import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { parse } from 'yaml';
import type { HandoffTarget } from '#contract/handoff';
import { planComposeFile } from '#handoff/compose-file';
import { planKeyFile } from '#handoff/key-file';
import { planKubernetesSecret } from '#handoff/kubernetes-secret';
import { applyHandoff, planHandoff, takeBackHandoff } from '#handoff/target';
import { test } from '#test/support/temp-folder';
import { fresh, newKey, old, oldKey, third } from './keys.ts';

const inCompose = (text: string) => planComposeFile('ENCRYPTION_KEY')(text, newKey, 'compose.yaml');
const inSecret = (text: string) => planKubernetesSecret('ENCRYPTION_KEY')(text, newKey, 'secret.yaml');
const base64 = (text: string) => Buffer.from(text).toString('base64');

const service = (environment: string) =>
  `# Größe\r\nservices:\r\n  api:   # the API\r\n    image: "ballast:1"\r\n    environment:\r\n${environment}    ports: ["8001:8001"]\r\n`;

describe('a compose file', () => {
  test.for([
    ['a plain value in a map', '      ENCRYPTION_KEY: #\r\n'],
    ['a quoted value and a comment', `      ENCRYPTION_KEY: "#"   # from the safe\r\n`],
    ['single quotes', `      ENCRYPTION_KEY: '#'\r\n`],
    ['a list', '      - A=1\r\n      - ENCRYPTION_KEY=#\r\n'],
    ['a quoted item of a list', `      - "ENCRYPTION_KEY=#"\r\n`],
    ['a block of text', '      ENCRYPTION_KEY: >-\r\n        #\r\n'],
    ['a quoted name', `      "ENCRYPTION_KEY": #\r\n`],
  ] as const)('keeps everything but the value, with %s', ([, environment]) => {
    const withKey = (key: string) => service(environment.replace('#', key));
    const change = inCompose(withKey(old));
    expect(change).toMatchObject({ text: withKey(fresh), holds: oldKey.fingerprint });
    expect(change.diffMasked).not.toContain(old);
    expect(change.diffMasked).not.toContain(fresh);
    expect(change.diffMasked).toContain(`[key ${newKey.fingerprint}]`);
  });

  test('gives every service that shares the key the new one, through an anchor too', () => {
    const text = (key: string) =>
      `x-common: &common\n  ENCRYPTION_KEY: ${key}\nservices:\n  api:\n    environment: *common\n  worker:\n    environment:\n      <<: *common\n      B: 1\n  beat:\n    environment: [ENCRYPTION_KEY=${key}, "C=2"]\n`;
    expect(inCompose(text(old)).text).toBe(text(fresh));
  });

  test('changes the anchored value for every service that is an alias of it, in maps and lists', () => {
    const text = (key: string) =>
      `x-keys:\n  ballast-key: &key "${key}"\nx-env: &entry ENCRYPTION_KEY=${key}\nservices:\n  api:\n    environment:\n      ENCRYPTION_KEY: *key\n  worker:\n    environment: [*entry, A=1]\n`;
    expect(inCompose(text(old))).toMatchObject({ text: text(fresh), holds: oldKey.fingerprint });
  });

  test('is refused where the anchored value is used for something else too', () => {
    const text = `x-key: &key "${old}"\nservices:\n  api: {environment: {ENCRYPTION_KEY: *key, JWT_SECRET: *key}}\n`;
    expect(() => inCompose(text)).toThrow(/also used for something else \(line 3\)/);
  });

  test('changes one service of several that have keys of their own', () => {
    const text = (key: string) =>
      `services:\n  prod:\n    environment: {ENCRYPTION_KEY: ${key}}\n  staging:\n    environment: {ENCRYPTION_KEY: ${third.toBase64()}}\n`;
    const ofService = (name: string) =>
      planComposeFile('ENCRYPTION_KEY', name)(text(old), newKey, 'compose.yaml');
    expect(ofService('prod').text).toBe(text(fresh));
    expect(() => ofService('web')).toThrow(/there is no service named web/);
  });

  test('does not change one service where another shares its line', () => {
    const text = `x: &env {ENCRYPTION_KEY: ${old}}\nservices:\n  a: {environment: *env}\n  b: {environment: {<<: *env, B: 1}}\n`;
    expect(() => planComposeFile('ENCRYPTION_KEY', 'a')(text, newKey, 'compose.yaml')).toThrow(
      /a shares the line that sets ENCRYPTION_KEY with b/,
    );
  });

  test('names the file that env_file points to', () => {
    const text = 'services:\n  a: {env_file: [./a.env, {path: b.env, required: false}]}\n';
    expect(() => inCompose(text)).toThrow(
      expect.objectContaining({ remedy: expect.stringContaining('./a.env, b.env') }),
    );
  });

  test.for([
    ['none that sets it', service('      A: 1\r\n'), /no service sets ENCRYPTION_KEY/],
    [
      'an item of a list without a value',
      service('      - ENCRYPTION_KEY\r\n'),
      /line 6 takes .* the shell, or/,
    ],
    [
      'a reference to the environment',
      service(`      ENCRYPTION_KEY: \${ENCRYPTION_KEY:?}\r\n`),
      /line 6 takes ENCRYPTION_KEY from Compose’s own environment/,
    ],
    ['a name without a value', service('      ENCRYPTION_KEY:\r\n'), /line 6 takes/],
    [
      'two different keys',
      `services:\n  a: {environment: {ENCRYPTION_KEY: ${old}}}\n  b: {environment: {ENCRYPTION_KEY: ${third.toBase64()}}}\n`,
      /different values \(lines 2, 3\)/,
    ],
    [
      'a name that stands twice',
      service(`      ENCRYPTION_KEY: ${old}\r\n      ENCRYPTION_KEY: ${old}\r\n`),
      /appears twice in one map/,
    ],
    ['broken YAML', 'services: [\n', /not valid YAML/],
    ['nothing in it', '', /no service sets/],
  ] as const)('is refused with %s, in words without any value', ([, text, message]) => {
    expect(() => inCompose(text)).toThrow(
      expect.objectContaining({ code: 'file-unwritable', message: expect.stringMatching(message) }),
    );
    expect(() => inCompose(text)).not.toThrow(old);
  });
});

describe('the manifest of a Kubernetes Secret', () => {
  const manifest = (line: string, section = 'data') =>
    `# kept by ops\napiVersion: v1\nkind: ConfigMap\ndata: {ENCRYPTION_KEY: not-this}\n---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: ballast # the name\ntype: Opaque\n${section}:\n  OTHER: ${base64('x')}\n  ${line}\n`;

  test.for([
    ['data', 'ENCRYPTION_KEY: #', 'data', base64],
    ['data of a key with a line end', 'ENCRYPTION_KEY: "#" # comment', 'data', base64],
    ['stringData', `ENCRYPTION_KEY: '#'`, 'stringData', (key: string) => key],
  ] as const)('gets the key into %s', ([, line, section, encode]) => {
    const text = (key: string) => manifest(line.replace('#', encode(key)), section);
    const change = inSecret(text(old));
    expect(change).toMatchObject({ text: text(fresh), holds: oldKey.fingerprint });
    expect(change.diffMasked).toContain('Secret ballast');
    for (const key of [old, fresh]) {
      expect(change.diffMasked).not.toContain(key);
      expect(change.diffMasked).not.toContain(base64(key));
    }
  });

  test('is found in a List', () => {
    const text = (key: string) =>
      `kind: List\nitems:\n- kind: Service\n- kind: Secret\n  metadata: {name: b}\n  stringData: {ENCRYPTION_KEY: "${key}"}\n`;
    expect(inSecret(text(old)).text).toBe(text(fresh));
  });

  test.for([
    ['no Secret', 'kind: ConfigMap\n', /it contains no Secret/],
    ['a Secret without the field', 'kind: Secret\ndata: {A: eA==}\n', /no Secret in it has the field/],
    [
      'the field in both sections',
      `kind: Secret\ndata: {ENCRYPTION_KEY: ${base64(old)}}\nstringData: {ENCRYPTION_KEY: "${old}"}\n`,
      /more than one place \(lines 2, 3\)/,
    ],
    [
      'a sealed one',
      'kind: SealedSecret\nspec: {encryptedData: {ENCRYPTION_KEY: AgB}}\n',
      /is a SealedSecret/,
    ],
  ] as const)('is refused with %s', ([, text, message]) => {
    expect(() => inSecret(text)).toThrow(
      expect.objectContaining({ code: 'file-unwritable', message: expect.stringMatching(message) }),
    );
  });
});

test('a line end within the base64 of a Secret stays', () => {
  const text = (key: string) => `kind: Secret\ndata: {ENCRYPTION_KEY: ${base64(`${key}\n`)}}\n`;
  expect(inSecret(text(old)).text).toBe(text(fresh));
});

describe('a manifest with several Secrets', () => {
  const text = (key: string) =>
    ['staging', 'prod']
      .map(
        (namespace) =>
          `kind: Secret\nmetadata: {name: keys, namespace: ${namespace}}\nstringData: {ENCRYPTION_KEY: "${namespace === 'prod' ? key : third.toBase64()}"}\n`,
      )
      .join('---\n');
  const planned = (choice: object) =>
    planKubernetesSecret('ENCRYPTION_KEY', choice)(text(old), newKey, 'secret.yaml');

  test('is changed in the one that is named', () => {
    expect(planned({ namespace: 'prod' }).text).toBe(text(fresh));
    expect(planned({ name: 'keys', namespace: 'prod' }).text).toBe(text(fresh));
  });

  test('is refused with their names where none, or none of them, is named', () => {
    for (const choice of [{}, { name: 'keys' }])
      expect(() => planned(choice)).toThrow(/keys in staging on line 3, keys in prod on line 7/);
    expect(() => planned({ namespace: 'dev' })).toThrow(
      /any name in dev; there is keys in staging, keys in prod/,
    );
  });
});

test('an immutable Secret is changed in the file, and what kubectl will say is told before', () => {
  const text = `kind: Secret\nimmutable: true\nmetadata: {name: keys}\nstringData: {ENCRYPTION_KEY: "${old}"}\n`;
  const { cautions } = inSecret(text);
  expect(cautions?.[0]).toMatch(/`kubectl apply` will reject .*`kubectl delete secret keys`/);
});

describe('a kustomization', () => {
  const text = (key: string) =>
    `kind: Kustomization\nsecretGenerator:\n  - name: keys # all\n    literals:\n      - ENCRYPTION_KEY=${key}\n      - LOG=info\n`;

  test('gets the key into the literals of its generator', () => {
    expect(inSecret(text(old))).toMatchObject({ text: text(fresh), holds: oldKey.fingerprint });
    expect(inSecret(text(old).replace('kind: Kustomization\n', ''))).toMatchObject({
      holds: oldKey.fingerprint,
    });
  });

  test('names the file that its generator reads', () => {
    expect(() => inSecret('secretGenerator:\n- name: keys\n  envs: [keys.env]\n')).toThrow(
      expect.objectContaining({ remedy: expect.stringContaining('keys.env') }),
    );
  });
});

describe('a file that is the key', () => {
  test('keeps its line ends, or that it has none', () => {
    for (const [before, after] of [
      [old, fresh],
      [`${old}\n`, `${fresh}\n`],
      [`${old}\r\n`, `${fresh}\r\n`],
      ['', fresh],
    ] as const) {
      expect(planKeyFile(before, newKey, 'key').text).toBe(after);
    }
  });

  test('is refused where it holds something else', () => {
    for (const text of [`ENCRYPTION_KEY=${old}\n`, `${old}\n${old}\n`, 'hello']) {
      expect(() => planKeyFile(text, newKey, 'key')).toThrow(
        expect.objectContaining({ code: 'file-unwritable' }),
      );
    }
  });
});

test('a hand-off into YAML is written as a whole, read back, and taken back', async ({ folder }) => {
  const path = join(folder, 'compose.yaml');
  const text = (key: string) => service(`      ENCRYPTION_KEY: "${key}"\r\n`);
  await writeFile(path, text(old), { mode: 0o640 });
  const target: HandoffTarget = { kind: 'compose-file', path, variable: 'ENCRYPTION_KEY' };
  expect(await planHandoff(target, newKey)).toMatchObject({ holds: oldKey.fingerprint });
  await expect(applyHandoff(target, third.fingerprint, newKey)).rejects.toMatchObject({ code: 'key-wrong' });
  expect(await readFile(path, 'utf8')).toBe(text(old));
  expect(await applyHandoff(target, oldKey.fingerprint, newKey)).toMatchObject({ changed: true });
  expect(await readFile(path, 'utf8')).toBe(text(fresh));
  expect(parse(await readFile(path, 'utf8')).services.api.environment.ENCRYPTION_KEY).toBe(fresh);
  await takeBackHandoff(target, { given: newKey.fingerprint, before: oldKey });
  expect(await readFile(path, 'utf8')).toBe(text(old));
});

test('a file of settings of 10 MB is handled, and one of 17 MB is refused untouched', async ({ folder }) => {
  const path = join(folder, '.env');
  const target: HandoffTarget = { kind: 'env-file', path, variable: 'ENCRYPTION_KEY' };
  const filler = `# ${'x'.repeat(97)}\n`;
  await writeFile(path, `${filler.repeat(100_000)}ENCRYPTION_KEY=${old}\n`);
  expect(await applyHandoff(target, oldKey.fingerprint, newKey)).toMatchObject({ changed: true });
  expect((await readFile(path, 'utf8')).endsWith(`\nENCRYPTION_KEY=${fresh}\n`)).toBe(true);
  await writeFile(path, `${filler.repeat(170_000)}ENCRYPTION_KEY=${old}\n`);
  await expect(applyHandoff(target, oldKey.fingerprint, newKey)).rejects.toMatchObject({
    code: 'key-file-unreadable',
  });
});
