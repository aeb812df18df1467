import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createPart, openFleetDesk } from '#test/support/databases/fleet-on-servers';
import { sharedServerUrl, urlOf } from '#test/support/postgres/test-database';

test('after a fleet was rotated or undone, the command line asks for its hand-off and gives the key that the databases have', {
  timeout: 600_000,
}, async () => {
  const key = randomBytes(32);
  const prefix = `given_${randomBytes(4).toString('hex')}`;
  await using part = await createPart(sharedServerUrl(), { prefix, count: 2, key });
  await using desk = await openFleetDesk(urlOf(part.url, part.names[0] ?? ''), key);
  const { keel, keys, newKey, folder, env } = desk;
  const pattern = ['--like', `${prefix}\\_%`];
  const envFile = await folder.file('.env', `A=1\nENCRYPTION_KEY=${key.toString('base64')}\n`);
  const said = async () => (await folder.run(['status', '--env', 'fleet'], { env })).stdout;

  const rotated = await keel('fleet', 'rotate', ...pattern, '--yes', ...keys);
  expect(rotated.json, rotated.stderr).toMatchObject({ ok: true });
  expect(await said()).toContain('→ Ballast does not have the new key yet: keel handoff apply');
  const applied = await keel('handoff', 'apply', '--env-file', envFile);
  expect(applied.json, applied.stderr).toMatchObject({ places: [{ behind: [], changed: true }] });
  expect(await readFile(envFile, 'utf8')).toBe(`A=1\nENCRYPTION_KEY=${newKey.toString('base64')}\n`);
  expect(await said()).not.toContain('keel handoff apply');

  expect((await keel('fleet', 'undo', '--yes')).json).toMatchObject({ ok: true });
  expect(await said()).toContain('→ Ballast does not have the restored key yet: keel handoff apply');
  expect((await keel('handoff', 'apply')).json).toMatchObject({ places: [{ behind: [], changed: true }] });
  expect(await readFile(envFile, 'utf8')).toBe(`A=1\nENCRYPTION_KEY=${key.toString('base64')}\n`);
  expect(await said()).not.toContain('keel handoff apply');
});
