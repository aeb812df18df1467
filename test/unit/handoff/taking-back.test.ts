import { chmod, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect } from 'vitest';
import type { HandoffTarget } from '#contract/handoff';
import { KeelError } from '#errors/keel-error';
import { confirmHandoff, handOff, leavesMachine, writePatch } from '#handoff/use-cases/apply';
import { takeBack } from '#handoff/use-cases/take-back';
import { RotationRecords } from '#records/rotation-record';
import { heardContext } from '#test/support/added-environment';
import { again, before, changedKey, given, pathOf, rotation, test, textOf } from './changed-key.ts';
import { fresh, old, third } from './keys.ts';

// Hand-offs to other programs, those that are taken back, and those that Keel does not see.

describe.skipIf(process.platform === 'win32')('a hand-off to another program', () => {
  const secret: HandoffTarget = { kind: 'podman-secret', name: 'ballast' };

  /** A podman that keeps nothing, or keeps what it is given. */
  async function podman(folder: string, script: string) {
    await writeFile(join(folder, 'podman'), `#!/bin/sh\n${script}`);
    await chmod(join(folder, 'podman'), 0o755);
    const path = process.env['PATH'];
    process.env['PATH'] = `${folder}${delimiter}${path}`;
    return { [Symbol.dispose]: () => void (process.env['PATH'] = path) };
  }

  test('is noted before the key leaves, and once more where it broke off', async ({ folder }) => {
    const { workspace, settings } = await changedKey(folder);
    const refuses = `if [ "$2" = inspect ]; then echo 'Error: no such secret: x' >&2; fi; exit 1\n`;
    using _ = await podman(folder, refuses);
    const context = heardContext();
    await expect(handOff(workspace, { target: secret }, context)).rejects.toBeInstanceOf(KeelError);
    expect(context.noted).toEqual([
      {
        environment: workspace.id,
        detail: 'podman secret ballast',
        fingerprint: given,
        action: 'handing off a key begun',
        outcome: 'done',
      },
      expect.objectContaining({ action: 'handing off a key broke off', outcome: 'failed' }),
    ]);
    expect((await settings())?.targets).toEqual([]);
  });

  test('is noted at both ends where it works, and taken back in the same way', async ({ folder }) => {
    const { workspace } = await changedKey(folder);
    const kept = join(folder, 'kept');
    const keeps = `case "$2" in create) cat > '${kept}' ;; rm) rm '${kept}' ;;
      inspect) if [ -f '${kept}' ]; then cat '${kept}'; else echo 'Error: no such secret' >&2; exit 1; fi ;; esac\n`;
    using _ = await podman(folder, keeps);
    const context = heardContext();
    const { where } = await handOff(workspace, { target: secret }, context);
    expect(context.noted.map(({ action, detail }) => [action, detail])).toEqual([
      ['handing off a key begun', 'podman secret ballast'],
      ['key handed off', expect.stringMatching(/^ballast_/)],
    ]);
    expect(where).toBe('podman secret ballast');
    const back = heardContext();
    await takeBack(await again(workspace), { target: secret }, back);
    expect(back.noted.map(({ action, outcome }) => [action, outcome])).toEqual([
      ['taking back a hand-off begun', 'done'],
      ['hand-off taken back', 'done'],
    ]);
    await writeFile(kept, fresh);
    const stuck = `if [ "$2" = rm ]; then exit 1; fi; cat '${kept}'\n`;
    using _stuck = await podman(folder, stuck);
    const opened = await again(workspace);
    const settings = {
      ...opened.settings,
      targets: [{ target: secret, given: { fingerprint: given, at: '' } }],
    };
    const failing = heardContext();
    await expect(takeBack({ ...opened, settings }, { target: secret }, failing)).rejects.toBeInstanceOf(
      KeelError,
    );
    expect(failing.noted.map(({ action, outcome }) => [action, outcome])).toEqual([
      ['taking back a hand-off begun', 'done'],
      ['taking back a hand-off broke off', 'failed'],
    ]);
  });

  test('is one to a program, a cloud or a Vault, and none to a file', () => {
    expect(leavesMachine(secret)).toBe(true);
    expect(leavesMachine({ kind: 'gcp-secret', name: 'key' })).toBe(true);
    expect(leavesMachine({ kind: 'vault', address: 'https://v', mount: 'kv', path: 'x', field: 'k' })).toBe(
      true,
    );
    expect(leavesMachine({ kind: 'key-file', path: '/k' })).toBe(false);
  });
});

describe('a place is taken back', () => {
  test('to the key that was there before, which is asked for, noted and remembered', async ({
    folder,
    file,
  }) => {
    const { workspace, settings } = await changedKey(folder);
    const target = await file(`ENCRYPTION_KEY=${old}\n`);
    await handOff(workspace, { target }, heardContext());
    const context = heardContext();
    expect(await takeBack(await again(workspace), { target }, context)).toEqual({
      where: pathOf(target),
      holds: before,
      remembered: true,
      behind: [{ where: pathOf(target), holds: before }],
    });
    expect(await textOf(target)).toBe(`ENCRYPTION_KEY=${old}\n`);
    expect(context.questions).toMatchObject([
      {
        of: 'take-back-hand-off',
        key: { fingerprint: before, state: 'retired' },
        destination: target,
        before: given,
      },
    ]);
    expect(context.noted).toEqual([
      {
        environment: workspace.id,
        detail: pathOf(target),
        fingerprint: given,
        action: 'hand-off taken back',
        outcome: 'done',
      },
    ]);
    expect(await settings()).toMatchObject({ targets: [{ target, holds: before }] });
    expect((await settings())?.targets[0]).not.toHaveProperty('given');
    await expect(takeBack(await again(workspace), { target }, context)).rejects.toMatchObject({
      code: 'nothing-to-undo',
    });
  });

  test('to an empty value where nothing was there', async ({ folder, file }) => {
    const { workspace, settings } = await changedKey(folder);
    const target = await file('ENCRYPTION_KEY=\n');
    await handOff(workspace, { target }, heardContext());
    const context = heardContext();
    const report = await takeBack(await again(workspace), { target }, context);
    expect(report).not.toHaveProperty('holds');
    expect(context.questions[0]).not.toHaveProperty('fingerprint');
    expect(await textOf(target)).toBe('ENCRYPTION_KEY=\n');
    expect((await settings())?.targets).toEqual([{ target }]);
  });

  test('only where it still holds what Keel wrote', async ({ folder, file }) => {
    const { workspace } = await changedKey(folder);
    const target = await file(`ENCRYPTION_KEY=${old}\n`);
    await handOff(workspace, { target }, heardContext());
    await writeFile(pathOf(target), `ENCRYPTION_KEY=${third.toBase64()}\n`);
    const context = heardContext();
    await expect(takeBack(await again(workspace), { target }, context)).rejects.toMatchObject({
      code: 'key-wrong',
    });
    expect(context.noted).toEqual([]);
    expect(await textOf(target)).toContain(third.toBase64());
  });
});

test('a patch for Kubernetes is asked for, noted before it is written, and never written over', async ({
  folder,
}) => {
  const { workspace } = await changedKey(folder);
  const path = join(folder, 'patch.yaml');
  const context = heardContext();
  expect(await writePatch(workspace, { field: 'KEY', path }, context)).toEqual({ fingerprint: given });
  expect(await readFile(path, 'utf8')).toMatch(`\ndata:\n  KEY: ${Buffer.from(fresh).toString('base64')}\n`);
  const place = `a patch in ${path}`;
  const destination = { kind: 'kubernetes-patch', path, field: 'KEY' };
  expect(context.questions).toMatchObject([
    { of: 'hand-off', key: { fingerprint: given, state: 'active' }, destination },
  ]);
  expect(context.noted.map(({ action, outcome, detail }) => [action, outcome, detail])).toEqual([
    ['handing off a key begun', 'done', place],
    ['key handed off', 'done', place],
  ]);
  await expect(writePatch(workspace, { field: 'KEY', path }, context)).rejects.toMatchObject({
    code: 'file-exists',
  });
  expect(context.noted.at(-1)).toMatchObject({ action: 'handing off a key broke off', outcome: 'failed' });
});

test('what the admin did otherwise is remembered of the last rotation, and noted as theirs', async ({
  folder,
}) => {
  const { workspace, settings, home } = await changedKey(folder);
  const context = heardContext();
  await confirmHandoff(workspace, context);
  await confirmHandoff(workspace, context);
  expect(await settings()).toMatchObject({ handedOff: rotation });
  expect(context.noted).toEqual([
    { environment: workspace.id, action: 'key handed off', detail: 'as the admin says', outcome: 'done' },
  ]);
  await new RotationRecords(home).advance(
    (await workspace.records.list())[0] as never,
    'older-database-found',
  );
  await workspace.change({ handedOff: undefined });
  await confirmHandoff(workspace, context);
  expect(await settings()).not.toHaveProperty('handedOff');
});
