import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { KeelError } from '#errors/keel-error';
import { handOff, isRemembered, lookAtPlace, previewHandoff } from '#handoff/use-cases/apply';
import { takeBack } from '#handoff/use-cases/take-back';
import { heardContext } from '#test/support/added-environment';
import { again, before, changedKey, given, pathOf, rotation, test, textOf } from './changed-key.ts';
import { fresh, old, third } from './keys.ts';

// The hand-off as the command line and the window call it: what is asked, noted and remembered of each place.

describe('a hand-off', () => {
  test('is previewed with what it changes, asked for, written, noted, and remembered', async ({
    folder,
    file,
  }) => {
    const { workspace, settings } = await changedKey(folder);
    const target = await file(`A=1\nENCRYPTION_KEY=${old}\n`);
    const context = heardContext();
    const preview = await previewHandoff(workspace, { target });
    expect(preview).toMatchObject({
      target,
      where: pathOf(target),
      holds: before,
      fingerprint: given,
      upToDate: false,
      cautions: [],
      advice: { command: 'docker compose up -d' },
    });
    expect(await textOf(target)).toContain(old);
    expect(isRemembered(workspace, target)).toBe(false);
    expect(await handOff(workspace, { target }, context)).toMatchObject({
      before,
      holds: given,
      fingerprint: given,
      upToDate: true,
      written: true,
      remembered: true,
      places: 1,
      behind: [],
    });
    expect(await textOf(target)).toBe(`A=1\nENCRYPTION_KEY=${fresh}\n`);
    expect(context.questions).toMatchObject([
      { of: 'hand-off', key: { fingerprint: given, state: 'active' }, destination: target, before },
    ]);
    // a file of this machine is noted once it is written
    expect(context.noted).toEqual([
      {
        environment: workspace.id,
        detail: pathOf(target),
        fingerprint: given,
        action: 'key handed off',
        outcome: 'done',
      },
    ]);
    expect(await settings()).toMatchObject({
      targets: [{ target, holds: given, given: { fingerprint: given, before } }],
      handedOff: rotation,
    });
    expect(isRemembered(await again(workspace), target)).toBe(true);
  });

  test('of a key that is there already asks and notes nothing, and remembers the place', async ({
    folder,
    file,
  }) => {
    const { workspace, settings } = await changedKey(folder);
    const target = await file(`ENCRYPTION_KEY=${fresh}\n`);
    const context = heardContext();
    expect(await previewHandoff(workspace, { target })).toMatchObject({ upToDate: true });
    expect(await handOff(workspace, { target }, context)).toMatchObject({ written: false, before: given });
    expect([context.questions, context.noted]).toEqual([[], []]);
    expect((await settings())?.targets).toEqual([{ target, holds: given }]);
  });

  test('into an empty value says nothing of a key before', async ({ folder, file }) => {
    const { workspace, settings } = await changedKey(folder);
    const target = await file('ENCRYPTION_KEY=\n');
    const context = heardContext();
    const report = await handOff(workspace, { target }, context);
    expect(report).not.toHaveProperty('before');
    expect(context.questions[0]).not.toHaveProperty('before');
    expect((await settings())?.targets[0]?.given).toEqual({ fingerprint: given, at: expect.any(String) });
  });

  test('does not replace a key of another environment, which a look tells of', async ({ folder, file }) => {
    const { workspace } = await changedKey(folder);
    const target = await file(`ENCRYPTION_KEY=${third.toBase64()}\n`);
    const context = heardContext();
    await expect(previewHandoff(workspace, { target })).rejects.toMatchObject({ code: 'key-wrong' });
    await expect(handOff(workspace, { target }, context)).rejects.toMatchObject({ code: 'key-wrong' });
    expect(await lookAtPlace(workspace, { target })).toMatchObject({
      holds: third.fingerprint,
      upToDate: false,
    });
    expect(await textOf(target)).toContain(third.toBase64());
    expect(context.noted).toEqual([]);
  });

  test('that the admin does not agree to changes nothing', async ({ folder, file }) => {
    const { workspace, settings } = await changedKey(folder);
    const target = await file(`ENCRYPTION_KEY=${old}\n`);
    const context = heardContext(() => {
      throw new KeelError('confirmation-missing', 'nobody agreed', 'agree');
    });
    await expect(handOff(workspace, { target }, context)).rejects.toMatchObject({
      code: 'confirmation-missing',
    });
    expect(await textOf(target)).toContain(old);
    expect([context.noted, (await settings())?.targets]).toEqual([[], []]);
  });

  test('is open while another place is behind, and again once one is', async ({ folder, file }) => {
    const other = await file(`ENCRYPTION_KEY=${old}\n`, 'other.env');
    const { workspace, settings } = await changedKey(folder, [{ target: other }]);
    const target = await file(`ENCRYPTION_KEY=${old}\n`);
    expect(await handOff(workspace, { target }, heardContext())).toMatchObject({
      places: 2,
      behind: [{ where: pathOf(other), holds: before }],
    });
    expect(await settings()).not.toHaveProperty('handedOff');
    await handOff(await again(workspace), { target: other }, heardContext());
    expect(await settings()).toMatchObject({ handedOff: rotation });
    await takeBack(await again(workspace), { target }, heardContext());
    expect(await settings()).not.toHaveProperty('handedOff');
  });

  test('warns of a file that takes precedence and holds another key', async ({ folder, file }) => {
    const { workspace } = await changedKey(folder);
    const target = await file(`ENCRYPTION_KEY=${old}\n`);
    const compose = join(folder, 'compose.yaml');
    const service = (value: string) =>
      writeFile(
        compose,
        `services:\n  api:\n    env_file: .env\n    environment: {ENCRYPTION_KEY: ${value}}\n`,
      );
    const cautions = async () => (await lookAtPlace(workspace, { target })).cautions;
    await service(third.toBase64());
    expect(await cautions()).toEqual([
      `${compose}, service api sets ENCRYPTION_KEY to key ${third.fingerprint} and takes precedence: hand off the key there too, or remove ENCRYPTION_KEY from it.`,
    ]);
    await service('no-key-at-all');
    expect((await cautions())?.[0]).toContain('to something that is not the active key and takes precedence');
    const { behind } = await handOff(workspace, { target }, heardContext());
    expect(behind).toEqual([{ where: `${compose}, service api` }]);
    await service(fresh);
    expect(await cautions()).toEqual([]);
  });

  test('that cannot be remembered is written all the same', async ({ folder, file }) => {
    const { workspace } = await changedKey(folder);
    const target = await file(`ENCRYPTION_KEY=${old}\n`);
    const forgetful = { ...workspace, change: () => Promise.reject(new Error('the disk is full')) };
    expect(await handOff(forgetful, { target }, heardContext())).toMatchObject({
      written: true,
      remembered: false,
      places: 1,
    });
    expect(await textOf(target)).toContain(fresh);
  });
});
