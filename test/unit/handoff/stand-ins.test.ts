import fs from 'node:fs';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, vi } from 'vitest';
import type { HandoffTarget } from '#contract/handoff';
import { secretName } from '#handoff/container-secret';
import { applyHandoff, planHandoff, takeBackHandoff } from '#handoff/target';
import { test as withFolder } from '#test/support/temp-folder';
import { fresh, newKey, old, oldKey, third } from './keys.ts';

// What Keel makes of what programs answer, with stand-ins for those that hardly any machine has; the real ones are asked where they are.

const isWindows = process.platform === 'win32';
const path = process.env['PATH'];
const thirdText = third.toBase64();

/** Each test gets a folder with programs that are found first, and what they keep. A file `lie` beside them makes them give another key. */
const test = withFolder.extend<{ bin: string; lie: () => Promise<void> }>({
  bin: async ({ folder }, use) => {
    const bin = join(folder, 'bin');
    await mkdir(join(bin, 'kept'), { recursive: true });
    const install = async (name: string, script: string) => {
      await writeFile(join(bin, name), `#!/bin/sh\nkept='${bin}/kept'\n${script}`);
      await chmod(join(bin, name), 0o755);
    };
    await install('podman', containers);
    await install('docker', containers.replace('--showsecret', '--no-such-option'));
    await install('systemd-creds', credentials);
    process.env['PATH'] = `${bin}${delimiter}${path}`;
    await use(bin);
    process.env['PATH'] = path;
  },
  lie: async ({ bin }, use) => {
    await use(() => writeFile(join(bin, 'kept', 'lie'), thirdText));
  },
});

const containers = `
case "$2" in
  create) cat > "$kept/$5"; printf %s "$4" | sed 's/.*=//' > "$kept/$5.label" ;;
  rm) rm "$kept/$3" "$kept/$3.label" ;;
  inspect)
    for name; do :; done
    if [ ! -f "$kept/$name" ]; then echo "Error: no such secret: $name" >&2; exit 1; fi
    if [ "$3" = --showsecret ]; then
      if [ -f "$kept/lie" ]; then cat "$kept/lie"; else cat "$kept/$name"; fi
    else
      if [ -f "$kept/lie" ]; then echo 1111-1111-1111-1111; else cat "$kept/$name.label"; fi
    fi ;;
esac
`;

const credentials = `
if [ "$1" = encrypt ]; then { echo "$2"; cat; } | base64 > "$4"
else
  name=$(base64 -d "$3" | head -n 1)
  if [ "$name" != "$2" ]; then echo 'the name does not fit' >&2; exit 1; fi
  if [ -f "$kept/lie" ]; then cat "$kept/lie"; else base64 -d "$3" | tail -n +2; fi
fi
`;

describe.skipIf(isWindows)('a secret of containers', () => {
  test.for(['podman', 'docker'] as const)(
    'is created once under a name of its own, with its label, and removed again: %s',
    async (program, { bin }) => {
      const target: HandoffTarget = { kind: `${program}-secret`, name: 'ballast' };
      const where = secretName({ name: 'ballast' }, newKey.fingerprint);
      expect(await planHandoff(target, newKey)).toMatchObject({ vacant: true, holds: undefined });
      expect(await applyHandoff(target, oldKey.fingerprint, newKey)).toMatchObject({
        where,
        changed: true,
        seen: program === 'podman' ? 'value' : 'label',
      });
      expect(await readFile(join(bin, 'kept', where), 'utf8')).toBe(fresh);
      expect(await readFile(join(bin, 'kept', `${where}.label`), 'utf8')).toBe(newKey.fingerprint);
      expect(await applyHandoff(target, undefined, newKey)).toMatchObject({ changed: false });
      await takeBackHandoff(target, { given: newKey.fingerprint, before: oldKey });
      expect(existsSync(join(bin, 'kept', where))).toBe(false);
    },
  );

  test.for(['podman', 'docker'] as const)(
    'that reads otherwise after it was created is no success: %s',
    async (program, { lie }) => {
      await lie();
      const target: HandoffTarget = { kind: `${program}-secret`, name: 'ballast' };
      await expect(applyHandoff(target, undefined, newKey)).rejects.toMatchObject({
        code: 'verification-failed',
      });
    },
  );

  test('that the program refuses is told with why, as far as Keel knows', async ({ bin }) => {
    await writeFile(join(bin, 'docker'), '#!/bin/sh\necho "this node is not a swarm manager" >&2\nexit 1\n');
    await expect(applyHandoff({ kind: 'docker-secret', name: 'x' }, undefined, newKey)).rejects.toMatchObject(
      {
        code: 'file-unwritable',
        message: expect.stringContaining('this machine is not a manager of a Docker swarm'),
        remedy: expect.stringContaining('swarm manager'),
      },
    );
  });
});

test.skipIf(isWindows)('a secret of containers that is not created is told with why', async ({ bin }) => {
  const refuse = `echo 'Error response from daemon: permission denied' >&2; exit 1 ;;`;
  await writeFile(
    join(bin, 'docker'),
    `#!/bin/sh\nkept='${bin}/kept'\n${containers.replace('create)', `create) ${refuse}\n  never)`)}`,
  );
  await expect(applyHandoff({ kind: 'docker-secret', name: 'x' }, undefined, newKey)).rejects.toMatchObject({
    code: 'file-unwritable',
    message: expect.stringContaining('it has no permission for this'),
  });
});

describe.skipIf(isWindows)('a systemd credential', () => {
  const targetIn = (folder: string): HandoffTarget & { path: string } => ({
    kind: 'systemd-credential',
    path: join(folder, 'key.cred'),
    name: 'ENCRYPTION_KEY',
  });

  test('is sealed where none is, and read back', async ({ folder, bin }) => {
    expect(bin).toContain(folder);
    const target = targetIn(folder);
    expect(await planHandoff(target, newKey)).toMatchObject({ vacant: true });
    expect(await applyHandoff(target, oldKey.fingerprint, newKey)).toMatchObject({ changed: true });
    expect((await readdir(folder)).sort()).toEqual(['bin', 'key.cred']);
    expect(await planHandoff(target, oldKey)).toMatchObject({ vacant: false, holds: newKey.fingerprint });
    expect(await applyHandoff(target, oldKey.fingerprint, newKey)).toMatchObject({ changed: false });
    await takeBackHandoff(target, { given: newKey.fingerprint });
    expect(existsSync(target.path)).toBe(false);
  });

  test('that holds another key than expected stays as it is, also when it is taken back', async ({
    folder,
    bin,
  }) => {
    expect(bin).toContain(folder);
    const target = targetIn(folder);
    await applyHandoff(target, undefined, third);
    const before = await readFile(target.path);
    await expect(applyHandoff(target, oldKey.fingerprint, newKey)).rejects.toMatchObject({
      code: 'key-wrong',
    });
    await expect(takeBackHandoff(target, { given: newKey.fingerprint })).rejects.toMatchObject({
      code: 'key-wrong',
    });
    expect(await readFile(target.path)).toEqual(before);
  });

  test('that opens to another key than was sealed is not put in place', async ({ folder, lie }) => {
    const target = targetIn(folder);
    await lie();
    await expect(applyHandoff(target, undefined, newKey)).rejects.toMatchObject({
      code: 'verification-failed',
    });
    // nor what was sealed beside it
    expect(await readdir(folder)).toEqual(['bin']);
  });

  test('that cannot be opened is not changed, and it is told why', async ({ folder, bin }) => {
    expect(bin).toContain(folder);
    const target = targetIn(folder);
    await applyHandoff(target, undefined, oldKey);
    await expect(
      applyHandoff({ ...target, name: 'other' } as HandoffTarget, undefined, newKey),
    ).rejects.toMatchObject({
      code: 'file-unwritable',
      message: expect.stringContaining('the name is not the one in the contents'),
    });
  });
});

describe('a file that another program writes as Keel does', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    syncBuiltinESMExports();
  });

  test.for([
    ['env-file', `ENCRYPTION_KEY=${old}\n`, `ENCRYPTION_KEY=${thirdText}\n`],
    ['key-file', old, thirdText],
  ] as const)('is no success: %s', async ([kind, before, other], { folder }) => {
    const file = join(folder, 'file');
    await writeFile(file, before);
    const { rename } = fs.promises;
    vi.spyOn(fs.promises, 'rename').mockImplementation(async (from, to) => {
      await rename(from, to);
      if (to === file) await writeFile(file, other);
    });
    syncBuiltinESMExports();
    const target = { kind, path: file, variable: 'ENCRYPTION_KEY' } as HandoffTarget;
    await expect(applyHandoff(target, oldKey.fingerprint, newKey)).rejects.toMatchObject({
      code: 'verification-failed',
    });
  });
});
