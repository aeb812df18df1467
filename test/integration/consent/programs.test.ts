import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import type { HandoffTarget } from '#contract/handoff';
import { base64 } from '#test/support/databases/foreign-database';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { openTestWindow } from '#test/support/window';

const passphrase = 'five random words for a test';
const secret = 'a1b2c3d4e5f6'.repeat(4);

/** Places that a program is asked for, with something in them that a page wants to send away. */
const targets: readonly (readonly [program: string, target: HandoffTarget])[] = [
  ['docker', { kind: 'docker-secret', name: secret }],
  ['podman', { kind: 'podman-secret', name: secret }],
  ['gcloud', { kind: 'gcp-secret', project: 'somebody-elses', name: secret }],
  ['az', { kind: 'azure-secret', vault: 'somebody-elses', name: secret }],
  ['aws', { kind: 'aws-secret', id: secret }],
  ['op', { kind: 'one-password', vault: 'somebody-elses', item: secret, field: 'key' }],
] as never;

test('no program is run with what the page wrote before the admin has read it', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const { environment } = await window.must('environments.add', {
    name: 'Acme',
    colour: 'blue',
    production: true,
    connection: { url: database.url },
    rememberPassword: false,
    keyPlace: 'sealed-file',
    passphrase,
  });
  const key = randomBytes(32);
  await database.client.query('CREATE TABLE vault (id int PRIMARY KEY, s text NOT NULL)');
  for (const id of [1, 2, 3])
    await database.client.query('INSERT INTO vault VALUES ($1, $2)', [
      id,
      base64(`{"password": "secret ${id}"}`, key),
    ]);
  const source = { kind: 'typed', text: key.toString('base64') } as const;
  const { fingerprint } = await window.must('keys.adopt', { environment, source });
  const columns = [{ schema: 'public', table: 'vault', column: 's', layout: 'base64', kind: 'credentials' }];
  await window.must('inventory.write', { environment, columns: columns as never, excluded: [] });
  await window.must('proof.run', { environment, fingerprint });
  const bin = join(window.home, 'bin');
  const log = join(window.home, 'run.log');
  await mkdir(bin);
  for (const [program] of targets)
    await writeFile(join(bin, program), `#!/bin/sh\necho ${program} "$@" >> ${log}\nexit 1\n`, {
      mode: 0o755,
    });
  const path = process.env['PATH'];
  onTestFinished(() => void (process.env['PATH'] = path));
  process.env['PATH'] = `${bin}${delimiter}${path}`;

  window.desk.agrees = false;
  for (const [program, target] of targets) {
    const outcome = await window.call('handoff.preview', { environment, target } as never);
    expect([program, outcome]).toMatchObject([program, { error: { code: 'cancelled' } }]);
    const { message, detail } = window.desk.questions.at(-1) ?? { message: '', detail: '' };
    expect(message).toBe(`Run ${program} to look at this place?`);
    expect(detail).toContain(secret);
  }
  await expect(readFile(log, 'utf8')).rejects.toThrow('ENOENT');

  window.desk.agrees = true;
  for (const [, target] of targets) await window.call('handoff.preview', { environment, target } as never);
  const run = await readFile(log, 'utf8');
  for (const [program] of targets) expect(run).toContain(`${program} `);
});
