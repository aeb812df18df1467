import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFleetDatabases } from '#test/support/databases/fleet-databases';
import { openTestWindow } from '#test/support/window';

const passphrase = 'five random words for a test';

test('the window takes a fleet over but for a broken database, and later what is left of it', {
  timeout: 600_000,
}, async () => {
  await using fleet = await createFleetDatabases();
  await using window = await openTestWindow();
  const { names, like, broken, key } = fleet;
  const { environment } = await window.must('environments.add', {
    name: 'Acme',
    colour: 'blue',
    production: true,
    connection: { url: fleet.url },
    rememberPassword: false,
    keyPlace: 'sealed-file',
    passphrase,
  });
  const { fingerprint } = await window.must('keys.adopt', {
    environment,
    source: { kind: 'typed', text: key.toString('base64') },
  });
  const { proposed } = await window.must('inventory.discover', { environment, fingerprint });
  await window.must('inventory.write', {
    environment,
    columns: proposed.map(({ entry }) => entry),
    excluded: [],
  });
  await window.must('proof.run', { environment, fingerprint });
  const before = await fleet.ciphertexts();

  const { databases } = await window.must('fleet.list', { environment, like });
  expect(databases).toEqual(names);
  const proof = await window.must('fleet.prove', { environment, databases });
  expect(proof.databases.map(({ verdict }) => verdict)).toEqual(['correct', 'mixed', 'correct']);

  const request = { environment, databases, accepted: [], rehearse: false };
  const rehearsal = { ...request, rehearse: true };
  const without = async (change: Partial<typeof request> = {}) =>
    await window.run('fleet.rotate', { ...request, ...change });
  expect(await without()).toMatchObject({ error: { code: 'artefact-missing' } });
  const generated = await window.must('keys.generate', { environment });
  expect(await without()).toMatchObject({ error: { code: 'artefact-missing' } });
  window.desk.nextFile = join(window.home, 'new.age');
  const { path = '' } = await window.must('files.choose', { purpose: 'save-age', ...generated });
  await window.must('backup.create', {
    environment,
    ...generated,
    artefact: { form: 'passphrase', path, passphrase: { typed: passphrase } },
  });
  await window.must('backup.drill', { environment, ...generated, from: { from: 'file', path, passphrase } });

  expect(await without()).toMatchObject({ error: { code: 'rehearsal-missing' } });
  await window.must('fleet.rotate', { ...rehearsal, databases: [names[0] ?? ''] });
  // another one was not rehearsed
  expect(await without()).toMatchObject({ error: { code: 'rehearsal-missing' } });
  const rehearsed = await window.must('fleet.rotate', rehearsal);
  expect(rehearsed.databases.map(({ state }) => state)).toEqual(['done', 'failed', 'done']);
  expect(await fleet.ciphertexts()).toEqual(before);
  expect((await window.must('fleet.state', { environment })).record).toBeUndefined();

  window.desk.agrees = false;
  expect(await without()).toMatchObject({ error: { code: 'cancelled' } });
  expect(await fleet.ciphertexts()).toEqual(before);
  window.desk.agrees = true;
  const first = await window.must('fleet.rotate', request);
  expect(first).toMatchObject({ rehearsal: false, from: fingerprint, to: generated.fingerprint });
  expect(first.finishedAt).toBeUndefined();
  expect(first.databases).toMatchObject([
    { name: names[0], state: 'done', rows: 4 },
    { name: broken, state: 'failed', code: 'rows-unopened', remedy: expect.not.stringContaining('--') },
    { name: names[2], state: 'done', rows: 4 },
  ]);
  // what reads the fleet's databases has the old key still, and Home and Hand-off say so
  const card = async () => (await window.must('environments.list', {})).find(({ id }) => id === environment);
  expect(await card()).toMatchObject({
    next: { action: 'hand-off' },
    lastRotation: { to: generated.fingerprint, fleet: true, handedOff: false },
  });
  expect(await window.must('handoff.state', { environment })).toMatchObject({
    active: generated.fingerprint,
    fleet: true,
    last: { from: fingerprint, to: generated.fingerprint, handedOff: false },
  });
  await window.must('handoff.confirm', { environment });
  expect((await card())?.next.action).not.toBe('hand-off');
  const between = await fleet.ciphertexts();
  expect(between[broken]).toEqual(before[broken]);

  // one that cannot be done may be left out, and taken back
  await window.must('fleet.giveUp', { environment, databases: [broken], withdraw: false });
  expect((await window.must('fleet.state', { environment })).record).toMatchObject({
    finishedAt: expect.any(String),
    givenUp: [{ name: broken, key: fingerprint }],
  });
  await window.must('fleet.giveUp', { environment, databases: [broken], withdraw: true });
  expect((await window.must('fleet.state', { environment })).record?.finishedAt).toBeUndefined();

  // the new key is the active one by now, and what is left still goes from the old one
  await fleet.mend();
  const mended = await fleet.ciphertexts();
  expect(await window.must('fleet.state', { environment })).toMatchObject({
    from: fingerprint,
    to: generated.fingerprint,
    rehearsed: names,
  });
  const second = await window.must('fleet.rotate', { ...request, databases: [broken] });
  expect(second.finishedAt).toBeDefined();
  expect(new Set(second.databases.map(({ state }) => state))).toEqual(new Set(['done']));
  // another database under the same key asks for no other hand-off
  expect((await card())?.lastRotation).toMatchObject({ handedOff: true });
  const after = await fleet.ciphertexts();
  expect(names.filter((name) => String(after[name]) !== String(mended[name]))).toEqual([broken]);

  const last = await window.must('fleet.prove', { environment, databases });
  expect(last.fingerprint).toBe(generated.fingerprint);
  expect(new Set(last.databases.map(({ verdict }) => verdict))).toEqual(new Set(['correct']));
  // what is on record is swept and recovered, and goes back only where the admin agrees
  const swept = await window.must('fleet.sweep', { environment });
  expect(swept.databases.map(({ name, state }) => [name, state])).toEqual(
    names.map((name) => [name, 'done']),
  );
  const recovered = await window.must('fleet.recover', { environment });
  expect(new Set(recovered.databases.map(({ state }) => state))).toEqual(new Set(['done']));
  window.desk.agrees = false;
  expect(await window.run('fleet.undo', { environment, accepted: [] })).toMatchObject({
    error: { code: 'cancelled' },
  });
  expect(await fleet.ciphertexts()).toEqual(after);
  window.desk.agrees = true;
  await fleet.allow(broken, false);
  const partly = await window.must('fleet.undo', { environment, accepted: [] });
  expect(partly).toMatchObject({ undo: true, from: generated.fingerprint, to: fingerprint });
  expect(partly.finishedAt).toBeUndefined();
  expect(partly.databases.filter(({ state }) => state !== 'done')).toMatchObject([
    { name: broken, state: 'failed' },
  ]);
  await fleet.allow(broken, true);
  const undone = await window.must('fleet.undo', { environment, accepted: [] });
  expect(undone.finishedAt).toBeDefined();
  expect((await window.must('fleet.state', { environment })).record).toMatchObject({ undo: true });
  // Ballast has the key that is not right any more
  expect((await card())?.lastRotation).toMatchObject({ to: fingerprint, handedOff: false });
  expect(await window.run('fleet.undo', { environment, accepted: [] })).toMatchObject({
    error: { code: 'already-undone' },
  });
  const proven = await window.must('fleet.prove', { environment, databases });
  expect(proven.fingerprint).toBe(fingerprint);
  expect(new Set(proven.databases.map(({ verdict }) => verdict))).toEqual(new Set(['correct']));
  const { entries } = await window.must('activity.list', { limit: 50 });
  expect(entries.filter(({ action }) => action === 'fleet rotated')).toHaveLength(2);
  expect(entries.filter(({ action }) => action === 'fleet undone')).toHaveLength(2);
  expect(JSON.stringify(window.desk.events)).not.toContain(key.toString('base64'));
});
