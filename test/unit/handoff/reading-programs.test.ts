import { spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse as parseDotenv } from 'dotenv';
import { describe, expect } from 'vitest';
import type { HandoffTarget } from '#contract/handoff';
import { applyHandoff, takeBackHandoff } from '#handoff/target';
import {
  composeFiles,
  environmentFiles,
  manifestFiles,
  type SettingsFile,
  unitFiles,
} from '#test/support/forms/settings-files';
import { test } from '#test/support/temp-folder';
import { fresh, newKey, old, oldKey } from './keys.ts';

/** What a program reads from a file, by name; undefined where it refuses the file. */
type Reader = (path: string) => Promise<Record<string, string> | undefined>;

const json = (program: string, ...args: string[]): Record<string, string> | undefined => {
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8' });
  return status === 0 ? JSON.parse(stdout) : undefined;
};
const has = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;

const python = (script: string): Reader => {
  return async (path) => json('/usr/bin/python3', '-c', script, path);
};

const environmentReaders: Record<string, Reader | false> = {
  dotenv: async (path) => parseDotenv(await readFile(path)),
  'python-dotenv':
    has('/usr/bin/python3', '-c', 'import dotenv') &&
    python('import sys,json,dotenv; print(json.dumps(dotenv.dotenv_values(sys.argv[1])))'),
  bash: async (path) =>
    // what the shell itself sets differs from run to run
    json(
      'bash',
      '-c',
      'set -ae; . "$1" >/dev/null 2>&1; exec "$2" -e \'const {ENCRYPTION_KEY,PORT,A,B,NAME}=process.env; console.log(JSON.stringify({ENCRYPTION_KEY,PORT,A,B,NAME}))\'',
      'bash',
      path,
      process.execPath,
    ),
};

/** systemd's own reader of such files, which its generators share with EnvironmentFile=. */
const environmentGenerator =
  '/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator';
environmentReaders['systemd'] =
  has(environmentGenerator) &&
  (async (path) => {
    const config = join(dirname(path), 'config');
    await mkdir(join(config, 'environment.d'), { recursive: true });
    await copyFile(path, join(config, 'environment.d', 'settings.conf'));
    const { status, stdout } = spawnSync(environmentGenerator, [], {
      encoding: 'utf8',
      env: { XDG_CONFIG_HOME: config, HOME: config },
    });
    await rm(config, { recursive: true });
    return status === 0 ? pairsOf(stdout.split('\n')) : undefined;
  });

function pairsOf(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.filter((line) => line.includes('=')).map((line) => line.split(/=(.*)/s).slice(0, 2)),
  );
}

/** What systemd makes of the units in a folder: a manager of a user, which root may not be, that only shows what it would start. */
function shownBySystemd(units: string): string | undefined {
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const { status, stdout } = spawnSync(
    '/lib/systemd/systemd',
    ['--test', '--user', '--unit=basic.target', '--no-pager'],
    {
      ...{ encoding: 'utf8', cwd: units, ...nobody },
      env: { SYSTEMD_UNIT_PATH: units, XDG_RUNTIME_DIR: units, HOME: units, PATH: process.env['PATH'] ?? '' },
    },
  );
  return status === 0 ? stdout : undefined;
}

/** A folder that another account may read, with the unit and what starts it. */
async function withUnits<T>(unit: string, work: (units: string) => T): Promise<T> {
  const units = await mkdtemp(join(tmpdir(), 'keel-test-units-'));
  await chmod(units, 0o755);
  await writeFile(join(units, 'ballast.service'), unit, 'latin1');
  await writeFile(join(units, 'basic.target'), '[Unit]\nWants=ballast.service\n');
  try {
    return work(units);
  } finally {
    await rm(units, { recursive: true });
  }
}

const showsUnits = await withUnits('[Service]\nExecStart=/usr/bin/true\n', shownBySystemd);

const unitReaders: Record<string, Reader | false> = {
  systemd:
    showsUnits !== undefined &&
    (async (path) => {
      const shown = (await withUnits(await readFile(path, 'latin1'), shownBySystemd)) ?? '';
      return pairsOf([...shown.matchAll(/^\s*Environment: (.*)$/gm)].map(([, pair = '']) => pair));
    }),
};

const manifestReaders: Record<string, Reader | false> = {
  'kubectl kustomize':
    has('kubectl', 'version', '--client') &&
    has('/usr/bin/python3', '-c', 'import yaml') &&
    (async (path) => {
      const folder = join(dirname(path), 'kustomize');
      await mkdir(folder);
      await copyFile(path, join(folder, 'secret.yaml'));
      await writeFile(join(folder, 'kustomization.yaml'), 'resources: [secret.yaml]\n');
      const { status, stdout } = spawnSync('kubectl', ['kustomize', folder], { encoding: 'utf8' });
      await rm(folder, { recursive: true });
      if (status !== 0) return undefined;
      const all = 'import sys,json,yaml; print(json.dumps(list(yaml.safe_load_all(sys.stdin.read()))))';
      const read = spawnSync('/usr/bin/python3', ['-c', all], { encoding: 'utf8', input: stdout });
      const documents = JSON.parse(read.stdout) as { kind: string; data?: object; stringData?: object }[];
      return Object.fromEntries(
        documents.flatMap(({ kind, data = {}, stringData = {} }) => [
          ...Object.entries(data).map(([name, value]) => [
            name,
            kind === 'Secret' ? Buffer.from(value, 'base64').toString() : value,
          ]),
          ...Object.entries(stringData),
        ]),
      );
    }),
};

const services = (document: { services?: Record<string, { environment?: unknown }> } | undefined) => {
  const read: Record<string, string> = {};
  for (const [name, { environment }] of Object.entries(document?.services ?? {})) {
    const entries = Array.isArray(environment)
      ? environment.map((item: string) => item.split(/=(.*)/s))
      : Object.entries(environment ?? {});
    for (const [variable, value] of entries) read[`${name} ${variable}`] = String(value);
  }
  return read;
};
const yamlOf = (program: string, ...args: string[]) => services(json(program, ...args) as never);
const asJson =
  'import sys,json,yaml; print(json.dumps(yaml.safe_load(sys.stdin.read() if sys.argv[1]=="-" else open(sys.argv[1],encoding="utf8"))))';

const composeReaders: Record<string, Reader | false> = {
  PyYAML:
    has('/usr/bin/python3', '-c', 'import yaml') &&
    (async (path) => yamlOf('/usr/bin/python3', '-c', asJson, path)),
  'docker-compose':
    has('docker-compose', '--version') &&
    (async (path) => {
      // slow to start: it is asked where reading is more than YAML
      if (!/&|<<| - /.test(await readFile(path, 'utf8'))) return undefined;
      const { status, stdout } = spawnSync('docker-compose', ['-f', path, 'config'], { encoding: 'utf8' });
      if (status !== 0) return undefined;
      const read = spawnSync('/usr/bin/python3', ['-c', asJson, '-'], { encoding: 'utf8', input: stdout });
      return services(JSON.parse(read.stdout));
    }),
};

/** The values of a reading that are a key, and the rest. */
function parted(read: Record<string, string> | undefined) {
  const entries = Object.entries(read ?? {});
  const isKey = ([name]: [string, string]) => /(?:^|[ \uFEFF])ENCRYPTION_KEY$/.test(name);
  return {
    keys: [...new Set(entries.filter(isKey).map(([, value]) => value))],
    rest: entries.filter((entry) => !isKey(entry)),
  };
}

function holds(
  files: readonly SettingsFile[],
  targetAt: (path: string) => HandoffTarget,
  readers: Record<string, Reader | false>,
) {
  const asked = Object.entries(readers).filter((entry): entry is [string, Reader] => entry[1] !== false);
  test.for(files.map((file) => [file.name, file.text] as const))('%s', async ([, shape], { folder }) => {
    const path = join(folder, 'settings');
    const text = shape.replaceAll('@', old).replaceAll('%', Buffer.from(old).toString('base64'));
    await writeFile(path, text);
    const read = async () =>
      Object.fromEntries(
        await Promise.all(asked.map(async ([name, reader]) => [name, parted(await reader(path))] as const)),
      );
    const before = await read();
    const applied = await applyHandoff(targetAt(path), oldKey.fingerprint, newKey).catch((error) => error);
    if (applied instanceof Error) {
      // a refusal says why, and leaves the file alone
      expect(applied).toMatchObject({ code: expect.stringMatching(/^(?:file-unwritable|key-wrong)$/) });
      expect(await readFile(path, 'utf8')).toBe(text);
      return;
    }
    const after = await read();
    for (const [name] of asked) {
      // whoever read the old key reads the new one, and everybody reads everything else as before
      if (before[name]?.keys.includes(old)) expect([name, after[name]?.keys]).toEqual([name, [fresh]]);
      expect([name, after[name]?.rest]).toEqual([name, before[name]?.rest]);
    }
    if (asked.length > 0) expect(Object.values(before).some(({ keys }) => keys.includes(old))).toBe(true);
    await takeBackHandoff(targetAt(path), { given: newKey.fingerprint, before: oldKey });
    expect(await readFile(path, 'utf8')).toBe(text);
  });
}

describe('after a hand-off to an environment file, every program that reads it reads the new key:', () => {
  holds(
    environmentFiles,
    (path) => ({ kind: 'env-file', path, variable: 'ENCRYPTION_KEY' }),
    environmentReaders,
  );
});

describe('after a hand-off to a compose file, every program that reads it reads the new key:', () => {
  holds(composeFiles, (path) => ({ kind: 'compose-file', path, variable: 'ENCRYPTION_KEY' }), composeReaders);
});

describe('after a hand-off to a unit of systemd, systemd reads the new key:', () => {
  holds(unitFiles, (path) => ({ kind: 'systemd-unit', path, variable: 'ENCRYPTION_KEY' }), unitReaders);
});

describe('after a hand-off to a manifest, kustomize reads the new key:', () => {
  holds(
    manifestFiles,
    (path) => ({ kind: 'kubernetes-secret', path, variable: 'ENCRYPTION_KEY' }),
    manifestReaders,
  );
});
