import { once } from 'node:events';
import { chmod, chown, cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { openActivityLog } from '#audit/activity-log';
import { readAppSettings } from '#environments/app-settings';
import { readEnvironmentSettings } from '#environments/environment-settings';
import { readFleetRecord } from '#records/fleet-record';
import { readKeyRing } from '#keyring/key-ring-file';
import { RotationRecords } from '#records/rotation-record';
import { bundleScript, rooms, runScript } from '#test/support/processes/other-process';
import { test } from '#test/support/temp-folder';
import { firstHome, project, usedKinds } from './kinds.ts';
import { unsealed } from './sealed-text.ts';

const room = (path: string) => JSON.stringify(join(rooms, path));
const processes = 6;
const rounds = 5;

/** Adds something of its own to every kind of file, again and again. */
const writer = `
import { openActivityLog } from ${room('audit/activity-log.ts')};
import { Secret } from ${room('crypto/secret.ts')};
import { generateEncryptionKey } from ${room('crypto/encryption-key.ts')};
import { changeAppSettings } from ${room('environments/app-settings.ts')};
import { changeEnvironmentSettings } from ${room('environments/environment-settings.ts')};
import { beginFleetRecord, recordFleetOutcome } from ${room('records/fleet-record.ts')};
import { changeKeyRing } from ${room('keyring/key-ring-file.ts')};
import { sealedFileStore } from ${room('keyring/sealed-file-store.ts')};
import { RotationRecords } from ${room('records/rotation-record.ts')};
const [home, name, rounds] = process.argv.slice(2);
const [acme, orgs] = ['acme', 'orgs'].map((id) => home + '/environments/' + id);
const keys = { from: '4739-e613-729b-b078', to: '61d8-dbfd-71a3-6543' };
const setting = ['theme', 'idleMinutes', 'clipboardSeconds', 'notifyWhenDone', 'drillEveryDays'][Number(name) % 5];
const value = { theme: 'light', idleMinutes: 11, clipboardSeconds: 12, notifyWhenDone: false, drillEveryDays: 13 }[setting];
const records = new RotationRecords(acme);
const sealed = sealedFileStore(acme, new Secret(Buffer.from('five random words for a test')), { workFactor: 4 });
for (let n = 0; n < Number(rounds); n++) {
  const own = name + '-' + n;
  await changeAppSettings(home, { [setting]: value });
  await changeEnvironmentSettings(acme, (now) => ({ excluded: [...now.excluded, own] }));
  await changeKeyRing(acme, ({ keys: [first, ...more], ...ring }) => ({
    ...ring, keys: [{ ...first, discarded: [...(first.discarded ?? []), own] }, ...more],
  }));
  await beginFleetRecord(orgs, [own], keys);
  await recordFleetOutcome(orgs, keys, { name: own, state: 'done' });
  const [record] = await records.list();
  await records.advance(record, 'stragglers-clear');
  await openActivityLog(home).append({ action: own, detail: '', outcome: 'done' });
  using key = generateEncryptionKey();
  await sealed.put('acme/' + own, key);
}
`;

test('six programs on one home lose nothing of each other in any file of state', async ({ folder }) => {
  const home = join(folder, 'home');
  await cp(firstHome, home, { recursive: true });
  const confirmed = new RotationRecords(join(home, 'environments', 'acme'));
  // from here on each entry adds one: what two find confirmed by the other counts once
  for (const record of await confirmed.list()) await confirmed.advance(record, 'stragglers-clear');
  const script = await bundleScript(folder, writer);
  const names = Array.from({ length: processes }, (_, index) => String(index));
  const ends = await Promise.all(
    names.map((name) => once(runScript(script, home, name, String(rounds)), 'exit')),
  );
  expect(ends).toEqual(names.map(() => [0, null]));

  const every = names.flatMap((name) => Array.from({ length: rounds }, (_, n) => `${name}-${n}`)).sort();
  const [acme, orgs] = ['acme', 'orgs'].map((id) => join(home, 'environments', id)) as [string, string];
  expect((await readAppSettings(home)).settings).toEqual({
    theme: 'light',
    idleMinutes: 11,
    clipboardSeconds: 12,
    notifyWhenDone: false,
    drillEveryDays: 13,
  });
  expect((await readEnvironmentSettings(acme))?.excluded.toSorted()).toEqual(every);
  expect((await readKeyRing(acme)).keys[0]?.discarded?.toSorted()).toEqual(every);
  const fleet = await readFleetRecord(orgs);
  const done = fleet?.databases.filter(({ state }) => state === 'done').map(({ name }) => name);
  expect(done?.filter((name) => !name.startsWith('org_')).sort()).toEqual(every);
  const [record] = await new RotationRecords(acme).list();
  expect(record?.history.filter(({ state }) => state === 'confirmed')).toHaveLength(every.length + 1);
  const { intact, entries } = await openActivityLog(home).list({ limit: 1000 });
  expect(intact).toBe(true);
  expect(entries.filter(({ action }) => every.includes(action))).toHaveLength(every.length);
  const { keys } = JSON.parse(await unsealed(join(acme, 'secrets.sealed'))) as {
    keys: { account: string }[];
  };
  expect(keys.map(({ account }) => account).filter((name) => every.includes(name.slice(5)))).toHaveLength(
    every.length,
  );
  const left = await readdir(home, { recursive: true });
  expect(left.filter((name) => /\.lock|\.tmp|\.draft|\.damaged/.test(name))).toEqual([]);
});

/** Of the files that this account may not read: what reading and changing each says. */
const reader = `
import { writeFileSync } from 'node:fs';
import { usedKinds } from ${JSON.stringify(join(project, 'test/unit/state/kinds.ts'))};
const [home, uid] = process.argv.slice(2);
// an account that may do everything reads everything
if (Number(uid) > 0) { process.setgid(Number(uid)); process.setuid(Number(uid)); }
const said = {};
for (const { file, read, change } of usedKinds) {
  said[file] = [];
  for (const act of [read, change]) await act(home).then(() => said[file].push('done'), (error) => said[file].push(error.code + ': ' + error.message));
}
writeFileSync(home + '/said', JSON.stringify(said));
`;

describe('files that this account may not read', () => {
  test.skipIf(process.platform === 'win32')('are named and stay, whichever they are', async ({ folder }) => {
    const home = join(folder, 'home');
    await cp(firstHome, home, { recursive: true });
    const script = await bundleScript(folder, reader);
    const asRoot = process.getuid?.() === 0;
    const nobody = 65_534;
    if (asRoot) {
      await chmod(folder, 0o755);
      for (const name of ['.', ...(await readdir(home, { recursive: true }))])
        await chown(join(home, name), nobody, nobody);
    }
    const closed = usedKinds.map(({ path }) => join(home, path));
    for (const path of closed) await chmod(path, 0o000);
    const [code] = await once(runScript(script, home, asRoot ? String(nobody) : '0'), 'exit');
    expect(code).toBe(0);
    const said = JSON.parse(await readFile(join(home, 'said'), 'utf8')) as Record<string, string[]>;
    for (const { file, path } of usedKinds) {
      await chmod(join(home, path), 0o600).catch(() => undefined);
      if (file.startsWith('window/')) continue;
      if (file === 'activity.head.json') continue;
      expect(said[file]?.[0], file).toMatch(/^state-damaged: .*this account has no permission to read it/);
      expect(said[file]?.[0], file).toContain(join(home, path));
    }
    for (const { path } of usedKinds) {
      const folderOf = join(home, path, '..');
      const copies = (await readdir(folderOf)).map((name) => join(folderOf, name));
      for (const copy of copies) await chmod(copy, 0o700);
      const first = await readFile(join(firstHome, path));
      const texts = await Promise.all(
        copies.filter((copy) => copy.startsWith(join(home, path))).map((copy) => readFile(copy)),
      );
      expect(
        texts.some((text) => text.equals(first)),
        path,
      ).toBe(true);
    }
  });
});
