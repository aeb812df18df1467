import { expect, test } from 'vitest';
import { KeelFolder } from '#test/support/processes/keel-process';

test('the demo walks the whole main job and leaves nothing behind', async () => {
  await using folder = await KeelFolder.create();
  const run = await folder.run(['demo', '--json', '--rows', '400']);
  expect(run.json).toMatchObject({ ok: true, rotation: { rehearsal: false, rows: expect.any(Number) } });
  expect(run.status).toBe(0);
  expect(run.json.steps).toEqual(
    [
      'discover',
      'generate',
      'back up',
      'drill',
      'preflight',
      'rehearse',
      'rotate',
      'verify',
      'hand off',
      'undo',
    ].map((name) => ({ name, ok: true, ms: expect.any(Number) })),
  );
  expect(run.stdout.trim().split('\n')).toHaveLength(1);
  // the admin's own environments are not touched by it
  expect(await folder.state()).toBe('');
});

test.for([
  ['n8n', 'n8n', 'public.credentials_entity.data', 'N8N_ENCRYPTION_KEY'],
  ['langfuse', 'Langfuse', 'public.llm_api_keys.secret_key', 'ENCRYPTION_KEY'],
])(
  'the demo walks the same job on a sample of %s, and says no word of Ballast',
  async ([application = '', name, column, variable]) => {
    await using folder = await KeelFolder.create();
    const run = await folder.run(['demo', '--application', application, '--rows', '60']);
    expect(run.status, run.stdout + run.stderr).toBe(0);
    expect(run.stdout).toContain(`A sample ${name} database with 60 encrypted rows`);
    expect(run.stdout).toContain(column);
    expect(run.stdout).toContain(`+${variable}=[key `);
    expect(run.stdout + run.stderr).not.toContain('Ballast');
    expect(await folder.state()).toBe('');
  },
);

test('the demo says in plain words what it did, with a table of columns, rows and bits', async () => {
  await using folder = await KeelFolder.create();
  const run = await folder.run(['demo', '--rows', '400']);
  expect(run.status).toBe(0);
  expect(run.stdout).toMatch(/public\.source_connection\.credentials +credentials +\d+ +\d+ +[\d,]+/);
  expect(run.stdout).toMatch(/writers wait/);
  expect(run.stdout).toMatch(
    /-ENCRYPTION_KEY=\[key [0-9a-f-]{19}\]\n +\+ENCRYPTION_KEY=\[key [0-9a-f-]{19}\]/,
  );
});
