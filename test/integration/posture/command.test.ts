import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { postureReport } from '#contract/posture';
import { KeelFolder } from '#test/support/processes/keel-process';
import { httpsServer, socketServer } from '#test/support/peers/posture-servers';
import { tlsFixtures } from '#test/support/postgres/postgres-server';
import { createTestDatabase } from '#test/support/postgres/test-database';

const key = 'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=';
const root = ['--root-certificate', join(tlsFixtures, 'ca.crt')];

test('a check with nothing that fails ends with 0, and prints exactly its report', async () => {
  await using folder = await KeelFolder.create();
  await using server = await httpsServer('server', {}, (_, response) => {
    response.setHeader('strict-transport-security', 'max-age=31536000').end();
  });
  const run = await folder.run(['posture', '--api', server.url, ...root, '--answer', 'dumps=yes', '--json']);
  expect(run.status).toBe(0);
  const { ok, counts, ...report } = run.json;
  expect(ok).toBe(true);
  const { findings } = postureReport.parse(report);
  const some = expect.any(Number);
  // of its certificate for a hundred years
  expect(counts).toEqual({ fail: 0, warn: 1, unknown: some, pass: some, waived: 0 });
  expect(findings.find(({ id }) => id === 'api.hsts')?.status).toBe('pass');
  expect(findings.find(({ id }) => id === 'postgres.dumps')?.status).toBe('pass');

  // what could not be checked is a failure only for those who ask for it
  const junit = join(folder.path, 'posture.xml');
  const sarif = join(folder.path, 'posture.sarif');
  const strict = await folder.run([
    ...['posture', '--api', server.url, ...root, '--fail-on', 'unknown', '--json'],
    ...['--report', junit, '--report', sarif],
  ]);
  expect(strict).toMatchObject({ status: 3, json: { ok: false, counts: { fail: 0 } } });
  const { warn, unknown } = strict.json.counts;
  expect(await readFile(junit, 'utf8')).toContain(`failures="${warn + unknown}"`);
  expect(JSON.parse(await readFile(sarif, 'utf8')).runs[0].results).toHaveLength(strict.json.findings.length);
});

test('a check with something that fails ends with 3, and writes its report for its owner alone, once', async () => {
  await using folder = await KeelFolder.create();
  await using database = await createTestDatabase();
  await using server = await httpsServer('posture-self');
  const env = await folder.file('.env', `ENCRYPTION_KEY=${key}\n`);
  const report = join(folder.path, 'report.html');
  const args = [
    'posture',
    '--database',
    database.url,
    '--oauth',
    server.url,
    '--key-file-at',
    env,
    '--report',
    report,
  ];
  const run = await folder.run(args);
  expect(run.status).toBe(3);
  expect(run.stdout).toMatch(
    /✗ fail {7}OAuth localhost:\d+: certificate chain \(oauth\.1\.certificate\)\n.*it is self-signed\n.*→ get one/,
  );
  expect(run.stdout).toMatch(/PostgreSQL: unencrypted connections \(postgres\.plain\)\n/);
  expect(run.stdout).toMatch(/\d+ fail, \d+ warnings?, \d+ unknown, \d+ pass\n$/);
  const html = await readFile(report, 'utf8');
  expect(html).toContain('it is self-signed');
  if (process.platform !== 'win32') expect((await stat(report)).mode & 0o777).toBe(0o600);
  const password = decodeURIComponent(new URL(database.url).password);
  for (const secret of [key, password])
    for (const text of [run.stdout, run.stderr, html]) expect(text).not.toContain(secret);
  expect(await folder.run(args)).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('already exists'),
  });
});

test('the same key in two environments is found by their key rings', async () => {
  await using folder = await KeelFolder.create();
  await using database = await createTestDatabase();
  const fingerprint = '8cae-a7a9-782e-a0a5';
  const times = { createdAt: '2026-01-01T00:00:00.000Z', activatedAt: '2026-01-01T00:00:00.000Z' };
  const ring = JSON.stringify({
    version: 1,
    keys: [{ fingerprint, state: 'active', ...times, heldIn: 'keychain', proofs: [] }],
  });
  const { port } = new URL(database.url);
  for (const name of [`localhost%3a${port}%2f${database.name}`, 'staging%3a5432%2fballast']) {
    const environment = join(folder.path, 'home/environments', name);
    await mkdir(environment, { recursive: true });
    await writeFile(join(environment, 'keyring.json'), ring);
  }
  const { json } = await folder.run(['posture', '--database', database.url, '--json']);
  const statuses = Object.fromEntries(
    json.findings.map(({ id, status, seen }: Record<string, string>) => [id, `${status}: ${seen}`]),
  );
  expect(statuses).toMatchObject({
    'keys.separate': 'fail: the key ring shares a key with staging%3a5432%2fballast',
    'keys.backup': 'fail: no backup of the active key has been tested',
    'self-hosting.separate': expect.stringMatching(/^fail/),
  });
});

test('what cannot be meant is refused before anything is contacted, and no password is repeated', async () => {
  await using folder = await KeelFolder.create();
  await using server = await socketServer(() => undefined);
  const withLogin = server.url.replace('http://', 'https://ann:hunter2@');
  const refused = async (...args: string[]) => {
    const run = await folder.run(['posture', ...args, '--json']);
    expect([args, run.status, run.json.error.code]).toEqual([args, 2, 'usage']);
    expect(run.stdout + run.stderr).not.toContain('hunter2');
  };
  await Promise.all([
    refused(),
    refused('--api', withLogin),
    refused('--api', `${server.url}/?token=hunter2`),
    refused('--api', server.url, '--report', 'report.docx'),
    refused('--api', server.url, '--answer', 'dumps=perhaps'),
  ]);
});

test('a finding is waived with a reason until a day, places are remembered, and a waiver that ended counts again', async () => {
  await using folder = await KeelFolder.create();
  await using database = await createTestDatabase();
  await using server = await httpsServer('server');
  const passphrase = { KEEL_PASSPHRASE: 'five random words for a test' };
  const add = ['env', 'add', 'acme', '--database', database.url, '--keep-keys-in', 'sealed-file'];
  expect(await folder.run(add, { env: passphrase })).toMatchObject({ status: 0 });
  const posture = (...args: string[]) =>
    folder.run(['posture', '--env', 'acme', ...args], { env: passphrase });
  const found = async (id: string, ...args: string[]) => {
    const { status, json } = await posture(...args, '--json');
    return { status, counts: json.counts, finding: json.findings.find((one: any) => one.id === id) };
  };

  const first = await found('api.hsts', '--api', server.url, ...root, '--keep');
  expect(first).toMatchObject({ finding: { status: 'warn' }, counts: { waived: 0 } });
  // without a place: it was remembered
  const kept = await found('api.hsts', '--fail-on', 'warn');
  expect(kept.finding).toMatchObject({ status: 'warn', seen: first.finding.seen });

  const until = `${new Date().getFullYear() + 1}-01-01`;
  const waive = ['--waive', 'api.hsts', '--reason', 'the proxy adds it', '--until'];
  const sarif = join(folder.path, 'posture.sarif');
  const waived = await found('api.hsts', ...waive, until, '--report', sarif);
  expect(waived.finding).toMatchObject({ status: 'warn', waiver: { reason: 'the proxy adds it', until } });
  expect(waived.counts).toMatchObject({ waived: 1, warn: kept.counts.warn - 1 });
  const results = JSON.parse(await readFile(sarif, 'utf8')).runs[0].results;
  const accepted = {
    kind: 'external',
    status: 'accepted',
    justification: `the proxy adds it (until ${until})`,
  };
  expect(results.flatMap((one: any) => one.suppressions.map((by: any) => [one.ruleId, by]))).toEqual([
    ['api.hsts', accepted],
  ]);
  expect((await posture()).stdout).toContain(`Waived until ${until} (warning): the proxy adds it`);

  // what there is nothing to waive of, and a waiver that is none
  for (const args of [
    ['--waive', 'api.nothing', '--reason', 'x', '--until', until],
    ['--waive', 'api.certificate', '--reason', 'x', '--until', until],
    [...waive, '2020-01-01'],
    [...waive, 'soon'],
    ['--waive', 'api.hsts', '--until', until],
    ['--unwaive', 'api.https'],
  ])
    expect(await posture(...args, '--json'), args.join(' ')).toMatchObject({ status: 2 });

  const folders = join(folder.path, 'home', 'environments');
  const [environment] = await readdir(folders);
  const path = join(folders, environment as string, 'environment.json');
  const settings = JSON.parse(await readFile(path, 'utf8'));
  expect(settings.posture.waivers).toHaveLength(1);
  settings.posture.waivers[0].until = '2026-01-01';
  await writeFile(path, JSON.stringify(settings));
  const over = await found('api.hsts');
  expect(over.finding.waiver).toMatchObject({ expired: true });
  expect(over.counts).toMatchObject({ waived: 0, warn: kept.counts.warn });
  expect((await found('api.hsts', '--unwaive', 'api.hsts')).finding).not.toHaveProperty('waiver');
});
