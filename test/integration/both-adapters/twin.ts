import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActivityEntry } from '#contract/app';
import { KeelFolder, type KeelRun, type RunOptions } from '#test/support/processes/keel-process';
import { openTestWindow, type TestWindow } from '#test/support/window';

const passphrase = 'five random words for a test';

/** An environment in a home of its own, which the window and the command line both work on. */
export interface Twin extends AsyncDisposable {
  readonly environment: string;
  readonly window: TestWindow;
  /** A folder for files of the test's. */
  readonly folder: KeelFolder;
  /** Runs a command with `--env` in the window's home. */
  readonly keel: (args: readonly string[], options?: RunOptions) => Promise<KeelRun>;
  /** What was noted since the twin was set up, oldest first, without what differs between twins. */
  log(): Promise<Omit<ActivityEntry, 'at'>[]>;
  /** What lies in the environment's folder, by name, without what differs between twins. */
  state(): Promise<Record<string, unknown>>;
}

/** Connects a database in a home of its own; of a key the columns are found, reviewed and proven too. */
export async function openTwin({ url, key }: { readonly url: string; readonly key?: Buffer }): Promise<Twin> {
  const window = await openTestWindow();
  const folder = await KeelFolder.create();
  const { environment } = await window.must('environments.add', {
    name: 'Acme',
    colour: 'blue',
    production: false,
    connection: { url },
    rememberPassword: false,
    keyPlace: 'sealed-file',
    passphrase,
  });
  if (key) {
    const source = { kind: 'typed', text: key.toString('base64') } as const;
    const { fingerprint } = await window.must('keys.adopt', { environment, source });
    const { proposed } = await window.must('inventory.discover', { environment, fingerprint });
    const columns = proposed.map(({ entry }) => entry);
    await window.must('inventory.write', { environment, columns, excluded: [] });
    await window.must('proof.run', { environment, fingerprint });
  }
  const { pathname, password } = new URL(url);
  const database = pathname.slice(1);
  const entries = async () => (await window.must('activity.list', { limit: 200 })).entries.toReversed();
  const before = (await entries()).length;
  const alike = (text: string) =>
    text
      .replaceAll(database, '<database>')
      .replaceAll(folder.path, '<folder>')
      // ours have a T, the server's a blank
      .replace(/\b\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|[+-][\d:]+)/g, '<time>')
      .replace(/\b[0-9a-f]{4}(?:-[0-9a-f]{4}){3}\b/g, '<fingerprint>')
      .replace(/"(ms|bits|\w+Ms)":[\d.]+/g, '"$1":0');
  return {
    environment,
    window,
    folder,
    keel: (args, options = {}) =>
      folder.run([...args, '--env', 'Acme'], {
        ...options,
        env: { KEEL_HOME: window.home, KEEL_PASSPHRASE: passphrase, PGPASSWORD: password, ...options.env },
      }),
    async log() {
      const noted = (await entries()).slice(before).map(({ at: _, ...entry }) => entry);
      return JSON.parse(alike(JSON.stringify(noted))) as Omit<ActivityEntry, 'at'>[];
    },
    async state() {
      const home = join(window.home, 'environments', environment);
      const names = (await readdir(home)).filter((name) => name.endsWith('.json')).sort();
      const texts = await Promise.all(names.map((name) => readFile(join(home, name), 'utf8')));
      return Object.fromEntries(
        names.map((name, i) => [name, JSON.parse(alike(JSON.stringify(JSON.parse(texts[i] ?? ''))))]),
      );
    },
    async [Symbol.asyncDispose]() {
      await window[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
