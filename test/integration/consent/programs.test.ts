import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type HandoffTarget, handoffTarget } from '#contract/handoff';
import { activeEnvironment } from '#test/support/consent/active-environment';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { openTestWindow, type TestWindow } from '#test/support/window';

const secret = 'a1b2c3d4e5f6'.repeat(4);

/** Places that a program is asked for, with something in them that a page wants to send away. */
const targetsIn = (folder: string): readonly (readonly [program: string, target: HandoffTarget])[] => [
  ['docker', { kind: 'docker-secret', name: secret }],
  ['podman', { kind: 'podman-secret', name: secret }],
  ['systemd-creds', { kind: 'systemd-credential', path: join(folder, 'sealed'), name: secret }],
  ['sops', { kind: 'sops-file', path: join(folder, 'secrets.yaml'), at: [secret] }],
  ['gcloud', { kind: 'gcp-secret', project: 'somebody-elses', name: secret }],
  ['az', { kind: 'azure-secret', vault: 'somebody-elses', name: secret }],
  ['aws', { kind: 'aws-secret', id: secret }],
  ['op', { kind: 'one-password', vault: 'somebody-elses', item: secret, field: 'key' }],
];

/** Files that a dialog named, without which no question comes up. */
async function chooseFiles(window: TestWindow): Promise<void> {
  for (const [name, purpose] of [
    ['sealed', 'save-credential'],
    ['secrets.yaml', 'open-handoff'],
  ] as const) {
    const path = join(window.home, name);
    await writeFile(path, 'x');
    window.desk.nextFile = path;
    await window.must('files.choose', { purpose });
  }
}

/** Programs of these names come first, each with this as its body. */
async function playPrograms(window: TestWindow, names: readonly string[], body: string): Promise<void> {
  const bin = join(window.home, 'bin');
  await mkdir(bin);
  for (const name of names) await writeFile(join(bin, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  const path = process.env['PATH'];
  onTestFinished(() => void (process.env['PATH'] = path));
  process.env['PATH'] = `${bin}${delimiter}${path}`;
}

test('no program is run with what the page wrote before the admin has read it', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const { environment } = await activeEnvironment(window, database);
  const log = join(window.home, 'run.log');
  const targets = targetsIn(window.home);
  await chooseFiles(window);
  const names = targets.map(([name]) => name);
  await playPrograms(window, names, `echo "$(basename "$0")" "$@" >> ${log}\nexit 1`);
  // what is neither a file of text nor a server is here
  const kinds = handoffTarget.options.map(({ shape: { kind } }) => kind.value);
  const others = [
    'env-file',
    'compose-file',
    'kubernetes-secret',
    'systemd-unit',
    'key-file',
    'yaml-value',
    'vault',
  ];
  expect(targets.map(([, { kind }]) => kind).sort()).toEqual(
    kinds.filter((kind) => !others.includes(kind)).sort(),
  );

  window.desk.agrees = false;
  for (const [program, target] of targets) {
    const outcome = await window.call('handoff.preview', { environment, target });
    expect([program, outcome]).toMatchObject([program, { error: { code: 'cancelled' } }]);
    const { message, detail } = window.desk.questions.at(-1) ?? { message: '', detail: '' };
    expect(message).toBe(`Run ${program} to read this destination?`);
    expect(detail).toContain(secret);
  }
  await expect(readFile(log, 'utf8')).rejects.toThrow('ENOENT');

  window.desk.agrees = true;
  for (const [, target] of targets) await window.call('handoff.preview', { environment, target });
  const run = await readFile(log, 'utf8');
  for (const [program] of targets) expect(run).toContain(`${program} `);
});

test('what a program writes to its standard error stays in main', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const { environment } = await activeEnvironment(window, database);
  const targets = targetsIn(window.home);
  await chooseFiles(window);
  const names = targets.map(([name]) => name);
  await playPrograms(
    window,
    names,
    `cat > /dev/null\necho "hunter2-correct in ${secret.slice(0, 12)}" >&2\nexit 3`,
  );
  for (const [program, target] of targets) {
    const outcome = await window.call('handoff.preview', { environment, target });
    const told = JSON.stringify(outcome);
    expect(told).not.toContain('hunter2');
    expect(told).toContain(`${program} refused (exit status 3): Keel does not recognise its message`);
  }
});

test('a page cannot start more programs than a few at once, and is told that Keel is busy', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const { environment } = await activeEnvironment(window, database);
  const running = join(window.home, 'running');
  const log = join(window.home, 'most.log');
  await mkdir(running);
  await playPrograms(
    window,
    ['gcloud'],
    `touch ${running}/$$\nls ${running} | wc -l >> ${log}\nsleep 0.3\nrm ${running}/$$\nexit 1`,
  );
  const target = { kind: 'gcp-secret', project: 'p', name: 'n' } as const;
  await window.call('handoff.preview', { environment, target });
  const asked = Array.from({ length: 80 }, () => window.call('handoff.preview', { environment, target }));
  const codes = (await Promise.all(asked)).map((outcome) => (outcome.ok ? 'ok' : outcome.error));
  const refused = codes.filter((error) => error !== 'ok' && error.code === 'request-refused');
  expect(refused).toHaveLength(16);
  expect(refused[0]).toMatchObject({ message: expect.stringMatching(/^Keel is busy/) });
  const atOnce = (await readFile(log, 'utf8')).trim().split('\n').map(Number);
  expect(atOnce).toHaveLength(65);
  expect(Math.max(...atOnce)).toBeLessThanOrEqual(4);
});

test.each(['docker', 'podman'] as const)(
  '%s that says at first that it has the key gets none without the question about it',
  async (program) => {
    await using database = await createTestDatabase();
    await using window = await openTestWindow();
    const { environment, fingerprint } = await activeEnvironment(window, database);
    const got = join(window.home, 'got');
    const first = join(window.home, 'first');
    // stands for a daemon that answers as it likes: its label is the active key's once, and then there is no such secret
    await playPrograms(
      window,
      [program],
      [
        `if [ "$2" = create ]; then cat > ${got}; exit 0; fi`,
        `case "$*" in *--showsecret*) exit 1;; esac`,
        `if [ -e ${first} ]; then echo "no such secret" >&2; exit 1; fi`,
        `touch ${first}; echo ${fingerprint}`,
      ].join('\n'),
    );
    const target = { kind: `${program}-secret`, name: 'ballast' } as const;
    await window.must('handoff.apply', { environment, target });
    await expect(readFile(got)).rejects.toThrow('ENOENT');
    // once it says that there is none, the admin is asked
    window.desk.agrees = false;
    expect(await window.call('handoff.apply', { environment, target })).toMatchObject({
      error: { code: 'cancelled' },
    });
    expect(window.desk.questions.at(-1)?.message).toContain(`Write key ${fingerprint}`);
    await expect(readFile(got)).rejects.toThrow('ENOENT');
  },
);
