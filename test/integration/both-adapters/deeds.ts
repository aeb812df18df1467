import { join } from 'node:path';
import { expect } from 'vitest';
import type { KeelFolder, KeelRun } from '#test/support/processes/keel-process';
import type { TestDatabase } from '#test/support/postgres/test-database';
import type { TestWindow } from '#test/support/window';

/** Of the sealed file and of the backup. */
export const passphrase = 'five random words for a test';
export const name = 'Acme';

/** Who tells the story: a home of its own, a database of its own, and the file that Ballast reads. */
export interface Teller {
  readonly folder: KeelFolder;
  readonly database: TestDatabase;
  readonly envFile: string;
}

/** One deed, by each adapter. */
export interface Deed {
  readonly what: string;
  readonly command: (run: (...args: string[]) => Promise<KeelRun>, teller: Teller) => Promise<unknown>;
  readonly window: (window: TestWindow, environment: string, teller: Teller) => Promise<unknown>;
}

async function pendingKey(window: TestWindow, environment: string): Promise<string> {
  const keys = await window.must('keys.list', { environment });
  return (
    keys.findLast(({ state, origin }) => state === 'pending' && origin === 'generated')?.fingerprint ?? ''
  );
}

const accepted = ['other-sessions'];
const envTarget = (path: string) => ({ kind: 'env-file', path, variable: 'ENCRYPTION_KEY' }) as const;

export const deeds: readonly Deed[] = [
  {
    what: 'proving the key on the database',
    command: async (run) => {
      const { json } = await run('key', 'list', '--env', name, '--json');
      const [{ fingerprint }] = json.environments[0].keys;
      return run('prove', '--env', name, '--fingerprint', fingerprint);
    },
    window: async (window, environment) => {
      const [key] = await window.must('keys.list', { environment });
      return window.must('proof.run', { environment, fingerprint: key?.fingerprint ?? '' });
    },
  },
  {
    what: 'generating a key',
    command: (run) => run('key', 'generate', '--env', name),
    window: (window, environment) => window.must('keys.generate', { environment }),
  },
  {
    what: 'backing it up and drilling the backup',
    command: async (run, { folder }) => {
      const { json } = await run('key', 'list', '--env', name, '--json');
      const { fingerprint } = json.environments[0].keys.at(-1);
      const out = join(folder.path, 'new.age');
      const made = await run(
        ...['backup', 'create', '--env', name, '--format', 'age', '--fingerprint', fingerprint, '--out', out],
        ...['--ring-passphrase-file', join(folder.path, 'passphrase'), '--accept-weak-passphrase'],
      );
      expect(made.status, made.stderr).toBe(0);
      return run('backup', 'drill', '--env', name, '--artefact', out, '--expect', fingerprint);
    },
    window: async (window, environment, { folder }) => {
      const fingerprint = await pendingKey(window, environment);
      window.desk.nextFile = join(folder.path, 'new.age');
      const { path = '' } = await window.must('files.choose', { purpose: 'save-age', fingerprint });
      await window.must('backup.create', {
        environment,
        fingerprint,
        artefact: { form: 'passphrase', path, passphrase: { typed: passphrase } },
      });
      return window.must('backup.drill', {
        environment,
        fingerprint,
        from: { from: 'file', path, passphrase },
      });
    },
  },
  {
    what: 'rehearsing the rotation',
    command: (run) => run('rotate', '--env', name, '--rehearse', '--accept', 'other-sessions'),
    window: (window, environment) =>
      window.must('rotation.rehearse', { environment, excluded: [], accepted }),
  },
  {
    what: 'rotating',
    command: (run) => run('rotate', '--env', name, '--yes', '--accept', 'other-sessions'),
    window: (window, environment) => window.must('rotation.rotate', { environment, excluded: [], accepted }),
  },
  {
    what: 'handing the key off',
    command: (run, { envFile }) => run('handoff', 'apply', '--env', name, '--env-file', envFile),
    window: async (window, environment, { envFile }) => {
      window.desk.nextFile = envFile;
      await window.must('files.choose', { purpose: 'open-handoff' });
      return window.must('handoff.apply', { environment, target: envTarget(envFile) });
    },
  },
  {
    what: 'sweeping',
    command: (run) => run('sweep', '--env', name),
    window: (window, environment) => window.must('rotation.sweep', { environment }),
  },
  {
    what: 'undoing',
    command: async (run) => {
      const rehearsed = await run('undo', '--env', name, '--rehearse', '--accept', 'other-sessions');
      expect(rehearsed.status, rehearsed.stderr).toBe(0);
      return run('undo', '--env', name, '--yes', '--accept', 'other-sessions');
    },
    window: async (window, environment) => {
      const request = { environment, accepted };
      await window.must('rotation.undo', { ...request, rehearse: true });
      return window.must('rotation.undo', { ...request, rehearse: false });
    },
  },
  {
    what: 'taking the hand-off back',
    command: (run, { envFile }) => run('handoff', 'undo', '--env', name, '--env-file', envFile),
    window: (window, environment, { envFile }) =>
      window.must('handoff.takeBack', { environment, target: envTarget(envFile) }),
  },
  {
    what: 'recovering, with nothing to recover',
    command: (run) => run('recover', '--env', name),
    window: (window, environment) => window.must('rotation.recover', { environment }),
  },
  {
    what: 'destroying the retired key',
    command: async (run) => {
      await run('sweep', '--env', name);
      const { json } = await run('key', 'list', '--env', name, '--json');
      const { fingerprint } = json.environments[0].keys.find(
        ({ state }: { state: string }) => state === 'retired',
      );
      await run('key', 'dumps', '--env', name, '--none-before', 'now');
      return run('key', 'destroy', '--env', name, '--fingerprint', fingerprint, '--accept', 'undo', '--yes');
    },
    window: async (window, environment) => {
      await window.must('rotation.sweep', { environment });
      const keys = await window.must('keys.list', { environment });
      const fingerprint = keys.find(({ state }) => state === 'retired')?.fingerprint ?? '';
      await window.must('keyring.stateDumps', { environment, noneBefore: new Date().toISOString() });
      return window.must('keyring.destroy', {
        environment,
        fingerprint,
        accepted: ['undo'],
      });
    },
  },
  {
    what: 'giving the environment another look',
    command: (run) => run('env', 'update', name, '--colour', 'red'),
    window: (window, environment) =>
      window.must('environments.update', { environment, name, colour: 'red', production: false }),
  },
  {
    what: 'forgetting the environment',
    command: (run) => run('env', 'remove', name, '--yes'),
    window: (window, environment) => window.must('environments.remove', { environment }),
  },
];
