import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { consents, type QuestionName } from '#contract/consent';
import type { ProcedureName } from '#contract/procedures';
import { passphrase } from '#test/support/consent/acme-environment';
import type { AskedWindow, Attempts, Attempt, ShownQuestion } from '#test/support/consent/asked-window';
import { credentialsColumn, otherColumn, prepared } from '#test/support/consent/prepared-environment';
import { base64 } from '#test/support/databases/foreign-database';
import { writeFleetRecord } from '#test/support/databases/recorded-fleet';
import type { TestDatabase } from '#test/support/postgres/test-database';

const accepted = ['other-sessions'];

async function refuseAll(
  window: AskedWindow,
  attempts: Attempts,
  everything: () => Promise<unknown>,
): Promise<void> {
  await window.answer(false);
  for (const [name, { input, names, ends }] of Object.entries(attempts) as [QuestionName, Attempt][]) {
    const before = await everything();
    const asked = (await window.questions()).length;
    equal(await window.attempt(name, input), ends ?? 'cancelled', name);
    const questions = await window.questions();
    equal(questions.length, asked + 1, name);
    const { message, detail, button } = questions.at(-1) as ShownQuestion;
    match(message, /\?$/);
    ok(button.length > 4, `${name}: ${button}`);
    for (const what of names)
      ok(`${message}\n${detail}`.includes(what), `${name}: ${what} in ${message} ${detail}`);
    deepEqual(await everything(), before, name);
  }
  await window.answer(true);
}

/**
 * Every row of the table of consents that asks the admin: asked for, and answered with no. What could have changed is read before
 * and after.
 */
export async function refuseEveryQuestion(window: AskedWindow, database: TestDatabase): Promise<void> {
  const { environment, key, active, pending, backup, envFile, apiKey } = await prepared(window, database);
  const archive = join(window.folder, 'credentials.age');
  await window.choose(archive, 'save-archive');
  await window.must('credentials.export', { environment, path: archive, passphrase });
  await database.client.query('UPDATE source_connection SET credentials = $1 WHERE id = 1', [
    base64('postgres://ann:other@127.0.0.1:1/x', key),
  ]);
  await window.choose(archive, 'open-archive');
  await window.choose(envFile, 'open-handoff');
  const address = {
    schema: 'public',
    table: 'source_connection',
    column: 'credentials',
    key: { id: '1' },
  };
  const { version } = await window.must('credentials.inspect', { environment, address });
  const request = { environment, excluded: [], accepted };
  await window.must('rotation.rehearse', request);
  const [name = ''] = (await window.must('fleet.list', { environment, like: database.name })).databases;
  const fleet = { environment, databases: [name], accepted };
  await window.must('fleet.rotate', { ...fleet, rehearse: true });

  const everything = async () => ({
    rows: (await database.client.query('SELECT * FROM source_connection ORDER BY id')).rows,
    apiKeys: (await database.client.query('SELECT * FROM api_keys ORDER BY 1')).rows,
    ring: await window.must('keys.list', { environment }),
    memory: await window.must('keyring.memory', { environment }),
    places: (await window.must('posture.read', { environment })).places,
    targets: (await window.must('handoff.state', { environment })).targets,
    environments: (await window.must('environments.list', {})).map(
      ({ id, name, production }: { id: string; name: string; production: boolean }) => [id, name, production],
    ),
    guarded: (await window.must('app.state', {})).guarded,
    settings: await window.must('settings.read', {}),
    backup: await readFile(forOthers).then(
      () => 'written',
      () => 'not written',
    ),
    envFile: await readFile(envFile, 'utf8'),
  });

  const elsewhere = 'postgres://ann:typed@elsewhere.invalid:5999/x?sslmode=disable';
  const envTarget = { kind: 'env-file', path: envFile, variable: 'ENCRYPTION_KEY' };
  const vault = {
    kind: 'vault',
    address: 'https://vault.invalid:8200',
    mount: 'secret',
    path: 'ballast',
    field: 'ENCRYPTION_KEY',
  };
  const newKey = { name: 'CI', scope: 'organization', cost: 10, values: {} };
  const one = { environment, id: apiKey };
  const looks = { name: 'Two', colour: 'teal', production: false };
  const recipients = [
    await identityToRecipient(await generateX25519Identity()),
    await identityToRecipient(await generateX25519Identity()),
  ];
  const forOthers = join(window.folder, 'others.age');
  await window.choose(forOthers, 'save-recipients', pending);
  const first: Attempts = {
    'settings.write': {
      input: { idleMinutes: 60, clipboardSeconds: 300, drillEveryDays: 730, theme: 'dark' },
      names: ['60 minutes of inactivity, now after 5', '300 s, now after 30', '730 days, now every 90'],
    },
    'backup.create': {
      input: {
        environment,
        fingerprint: pending,
        artefact: { form: 'recipients', path: forOthers, recipients },
      },
      names: [pending, forOthers, ...recipients],
    },
    'rotation.rotate': {
      input: request,
      names: [active, pending, database.name, '2 rows', 'other sessions stay'],
    },
    'fleet.rotate': {
      input: { ...fleet, rehearse: false },
      names: [active, pending, '1 database', `The databases: “${name}”.`],
    },
    'credentials.import': {
      input: { environment, path: archive, passphrase, rehearse: false, accepted },
      names: [archive, '1 credential', '1 row'],
    },
    'credentials.replace': {
      input: { environment, address, version, value: 'postgres://ann:x@evil.invalid/x' },
      names: ['public.source_connection.credentials id=1', 'lost', 'evil.invalid:5432'],
    },
    'connections.test': {
      input: { environment, allowPrivate: true },
      names: ['127.0.0.1:1', '127.0.0.1:2', '2 credentials'],
    },
    'connection.test': {
      input: { connection: { url: elsewhere } },
      names: ['elsewhere.invalid', '5999', 'without encryption'],
    },
    'environments.add': {
      input: {
        ...looks,
        connection: { url: elsewhere },
        rememberPassword: false,
        keyPlace: 'sealed-file',
        passphrase,
      },
      names: ['elsewhere.invalid', '5999'],
    },
    'matrix.addDatabase': {
      input: { environment, connection: { url: elsewhere } },
      names: ['elsewhere.invalid'],
    },
    'handoff.preview': {
      input: { environment, target: vault, token: 'token' },
      names: ['https://vault.invalid:8200'],
    },
    'handoff.apply': {
      input: { environment, target: envTarget },
      names: [envFile, 'Variable: “ENCRYPTION_KEY”', active],
    },
    'posture.configure': {
      input: { environment, places: { api: 'https://api.invalid/', oauth: [], keyFiles: [] } },
      names: ['https://api.invalid'],
    },
    'apiKeys.create': {
      input: { environment, ...newKey },
      names: ['“name”: “CI”', '“scope”: “organization”', '“public.api_keys”'],
    },
    'apiKeys.revoke': { input: one, names: ['old', '“public.api_keys”', '“is_active”: false'] },
    'apiKeys.replace': {
      input: { ...one, cost: 10, values: {} },
      names: ['old', '“public.api_keys”', 'without an expiry date (column “'],
    },
    'settings.setLockPassphrase': { input: { next: 'a new passphrase' }, names: ['unlocks Keel'] },
    'environments.remove': { input: { environment }, names: ['Acme', database.name] },
    'environments.update': {
      input: { environment, ...looks },
      names: ['production mark', '“Acme” (PROD)', database.name],
    },
    'leftovers.gone': {
      input: { environment, fingerprint: pending, where: `age file ${backup}` },
      names: [pending, backup, 'restored the key from it once'],
    },
    'backup.forget': {
      input: { environment, fingerprint: pending, artefact: { artefact: 'age-file', location: backup } },
      names: [pending, backup, 'restored the key from it once'],
    },
  };
  await refuseAll(window, first, everything);
  const another: Attempts = await otherColumn(window, database, environment);
  await refuseAll(window, another, everything);
  await window.must('inventory.write', { environment, columns: [credentialsColumn], excluded: [] });
  await database.client.query('DROP TABLE notes');
  await database.client.query('CREATE TABLE dump AS SELECT * FROM source_connection');
  await window.must('rotation.rotate', request);
  // a database that was restored to a state from before
  const exchange = (from: string) =>
    database.client.query(
      `UPDATE source_connection AS here SET credentials = ${from}.credentials FROM ${from} WHERE ${from}.id = here.id`,
    );
  await database.client.query('CREATE TABLE rotated AS SELECT * FROM source_connection');
  await exchange('dump');
  const older: Attempts = {
    'rotation.recover': {
      input: { environment },
      names: [active, pending, '“public.source_connection.credentials”'],
      ends: 'done',
    },
  };
  await refuseAll(window, older, everything);
  await exchange('rotated');
  await database.client.query('DROP TABLE dump, rotated');
  // what is written can be taken back where it replaces a key of the ring
  await writeFile(envFile, `ENCRYPTION_KEY=${key.toString('base64')}\n`);
  await window.must('handoff.apply', { environment, target: envTarget });
  await window.must('rotation.sweep', { environment });
  await window.must('rotation.undo', { environment, accepted, rehearse: true });
  await window.must('keyring.search', { environment });
  const folder = join(window.home, 'environments', environment);
  const at = new Date().toISOString();
  const databases = [{ name: database.name, state: 'done' as const, at }];
  await writeFleetRecord(folder, { from: active, to: pending, finishedAt: at, databases });
  const second: Attempts = {
    'fleet.undo': {
      input: { environment, accepted },
      names: [active, pending, 'Undo', `“${database.name}”`],
    },
    'rotation.undo': { input: { environment, accepted, rehearse: false }, names: [active, pending, 'Undo'] },
    'rotation.sweepRewrite': {
      input: { environment, accepted },
      names: [active, pending, 'Only samples were checked'],
    },
    'handoff.takeBack': { input: { environment, target: envTarget }, names: [envFile, active] },
    'keyring.stateDumps': {
      input: { environment, noneBefore: new Date().toISOString() },
      names: ['no dump', active],
    },
  };
  await refuseAll(window, second, everything);
  await window.must('keyring.stateDumps', { environment, noneBefore: new Date().toISOString() });
  const third: Attempts = {
    'keyring.destroy': {
      input: { environment, fingerprint: active, accepted: ['undo'] },
      names: [active, 'Permanently', 'can then no longer be undone'],
    },
  };
  await refuseAll(window, third, everything);

  const tried = Object.keys({ ...first, ...another, ...older, ...second, ...third }).sort();
  const asking = (Object.keys(consents) as ProcedureName[]).filter((one) =>
    consents[one].asks.startsWith('question'),
  );
  deepEqual(tried, asking.sort());
  const { entries } = await window.must('activity.list', { limit: 500 });
  // of a flood some are told as a number
  const noted = entries.filter(({ detail }: { detail: string }) =>
    detail.endsWith('the admin did not confirm it'),
  );
  ok(noted.length >= Math.min(asking.length, 20));
}
