import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saying } from '#test/saying';

const root = resolve(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'keel-keychain-'));
const script = join(folder, 'out', 'keychain.mjs');

/** Steps that a process with its own session bus, or with none, runs against the real keychain. */
const steps = `
  import { parseEncryptionKey } from ${JSON.stringify(join(root, 'src-main/crypto/encryption-key.ts'))};
  import { keychainStore } from ${JSON.stringify(join(root, 'src-main/keyring/keychain-store.ts'))};
  import { keychainWorks } from ${JSON.stringify(join(root, 'src-main/keyring/keychain.ts'))};
  const [step, text] = process.argv.slice(2);
  const store = keychainStore({ timeoutMs: 10_000 });
  const account = 'keel test/1';
  const tell = (answer) => console.log(JSON.stringify(answer));
  const failure = ({ code, message, remedy }) => ({ code, message, remedy });
  try {
    if (step === 'works') {
      const check = await keychainWorks();
      tell(check.works ? check : failure(check.error));
    }
    if (step === 'put') tell((await store.put(account, parseEncryptionKey(text))) ?? 'done');
    if (step === 'get') tell((await store.get(account))?.toBase64() ?? 'none');
    if (step === 'remove') tell((await store.remove(account)) ?? 'done');
  } catch (error) {
    tell(failure(error));
  }`;

const environment = {
  ...process.env,
  HOME: folder,
  XDG_DATA_HOME: join(folder, 'data'),
  XDG_RUNTIME_DIR: folder,
  DBUS_SESSION_BUS_ADDRESS: undefined,
  DISPLAY: undefined,
};

function answersOf(command: string, args: readonly string[]): unknown[] {
  const { stdout, stderr, error, status } = spawnSync(command, args, {
    env: environment,
    encoding: 'utf8',
    timeout: 50_000,
  });
  if (error || status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr}`);
  return stdout
    .split('\n')
    .filter((line) => /^["{]/.test(line))
    .map((line) => JSON.parse(line) as unknown);
}

const onBus = (commands: string, ...options: string[]) =>
  answersOf('dbus-run-session', [...options, '--', 'bash', '-ec', commands]);
const busWithoutServices = `<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`;
const unlocked = 'printf password | gnome-keyring-daemon --unlock --components=secrets';
const locked = 'gnome-keyring-daemon --start --components=secrets';
const step = (...words: string[]) =>
  [process.execPath, script, ...words].map((word) => `'${word}'`).join(' ');
const key = Buffer.from(Array.from({ length: 32 }, (_, i) => i + 1)).toString('base64');

const lacking = [
  ...['dbus-run-session', 'gnome-keyring-daemon'].filter(
    (name) => spawnSync('which', [name]).status !== 0 && process.platform === 'linux',
  ),
  ...(spawnSync(process.execPath, ['-e', 'require("@github/keytar")'], { cwd: root, env: environment })
    .status === 0
    ? []
    : ['libsecret']),
];
const canStart = process.platform === 'linux' && lacking.length === 0;
if (!canStart) {
  const why = process.platform === 'linux' ? `${lacking.join(', ')} not installed` : 'it runs on Linux only';
  console.warn(
    `\nSKIPPED: the real keychain was not tested: ${why} (Debian: gnome-keyring, libsecret-1-0, dbus)\n`,
  );
}

beforeAll(async () => {
  // so that the bundle finds the native module, which cannot be bundled
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  writeFileSync(join(folder, 'keychain.ts'), steps);
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    ssr: { noExternal: true, external: ['@github/keytar'] },
    build: {
      ssr: true,
      target: 'node20',
      outDir: join(folder, 'out'),
      rolldownOptions: {
        input: join(folder, 'keychain.ts'),
        output: { format: 'es', entryFileNames: 'keychain.mjs' },
      },
    },
  });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(process.platform !== 'linux')('without a session bus or libsecret', () => {
  test.for(['works', 'get', 'remove'])('the step %s says that there is no keychain', (name) => {
    expect(answersOf(process.execPath, [script, name])).toEqual([
      {
        code: 'keychain-unavailable',
        message: expect.stringMatching(
          /^no system keychain is available \(.+\); no key was stored or changed$/,
        ),
        remedy: saying('--keep-keys-in sealed-file'),
      },
    ]);
  });
});

describe.skipIf(!canStart)(`the real keychain${canStart ? '' : ` (lacking: ${lacking.join(', ')})`}`, () => {
  test('takes a key, gives it back, and forgets it', () => {
    const commands = [
      unlocked,
      step('works'),
      step('get'),
      step('put', key),
      step('get'),
      step('remove'),
      step('get'),
    ];
    expect(onBus(commands.join('\n'))).toEqual([{ works: true }, 'none', 'done', key, 'done', 'none']);
  });

  test('keeps a key for the next session, and does not deny it while locked', () => {
    expect(onBus([unlocked, step('put', key)].join('\n'))).toEqual(['done']);
    const refused = { code: 'keychain-failed', message: expect.stringContaining('locked collection') };
    expect(onBus([locked, step('get'), step('works')].join('\n'))).toEqual([
      expect.objectContaining(refused),
      expect.objectContaining(refused),
    ]);
    expect(onBus([unlocked, step('get')].join('\n'))).toEqual([key]);
  });

  test('on a bus without a secret service counts as none', () => {
    // the session's own configuration would start an installed service on demand
    const config = join(folder, 'bus.conf');
    writeFileSync(config, busWithoutServices);
    expect(onBus(step('works'), `--config-file=${config}`)).toEqual([
      expect.objectContaining({ code: 'keychain-unavailable' }),
    ]);
  });
});
