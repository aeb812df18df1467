import type { AppState, Settings } from '#contract/app';
import { changeAppSettings } from '#environments/app-settings';
import { counted } from '#shared/counted';
import { keepLastPlace, readLastPlace } from '#environments/last-place';
import type { Ports } from '#procedures/ports';
import type { AppLock } from './app-lock.ts';
import type { ChosenFiles } from '#procedures/chosen-files';
import type { ConsentGate, Question } from '#procedures/consent/consent';
import type { Implementations } from '#procedures/implementations';
import { windowAudit } from '#procedures/window-context';
import type { Operations } from '#procedures/operations';

export interface AppPorts extends Pick<Ports, 'native' | 'note'> {
  readonly home: string;
  readonly version: string;
  readonly operations: Operations;
  readonly lock: AppLock;
  readonly chosen: ChosenFiles;
  readonly consents: Pick<ConsentGate, 'choose'>;
  /** Whether it works, as far as it is known at once. */
  readonly keychain: () => Promise<AppState['keychain']>;
  readonly settings: () => Settings;
  readonly onSettings: (settings: Settings) => void;
}

/** More than this is no set of shares. */
const maxFiles = 64;

type Names =
  | `app.${'state' | 'place' | 'keepPlace' | 'lock' | 'unlock'}`
  | `settings.${'read' | 'write' | 'setLockPassphrase'}`
  | `files.${'choose' | 'chooseSeveral'}`
  | 'clipboard.write'
  | `operations.${'list' | 'cancel'}`;

/** The app itself: its lock, its settings, native dialogs, and work under way. */
export function appProcedures(ports: AppPorts): Pick<Implementations, Names> {
  const { home, native, operations, lock, chosen, consents, note } = ports;
  return {
    async 'app.state'() {
      return {
        locked: lock.isLocked(),
        guarded: lock.isGuarded(),
        version: ports.version,
        platform: platformOf(process.platform),
        theme: ports.settings().theme,
        // a locked app does not knock at the keychain, which may ask the person something
        keychain: lock.isLocked() ? { works: false } : await ports.keychain(),
      };
    },

    'app.place': () => readLastPlace(home),

    async 'app.keepPlace'(place) {
      await keepLastPlace(home, place);
      return {};
    },

    async 'app.lock'() {
      lock.lock();
      return {};
    },

    async 'app.unlock'({ passphrase }) {
      await lock.unlock(passphrase);
      return {};
    },

    async 'settings.read'() {
      return ports.settings();
    },

    async 'settings.write'(change, { consent }) {
      const defined = definedOf(change);
      const lessened = lessenedBy(defined, ports.settings());
      if (lessened.length > 0) await consent.ask(settingsQuestion(lessened));
      const after = await changeAppSettings(home, defined);
      ports.onSettings(after);
      const detail = Object.entries(defined).map(([name, value]) => `${name}: ${value}`);
      await windowAudit(note).after({
        action: 'settings changed',
        detail: detail.join(', '),
        outcome: 'done',
      });
      return after;
    },

    async 'settings.setLockPassphrase'({ current, next }, { consent }) {
      await consent.ask(lockQuestion(next !== undefined));
      await lock.setPassphrase(current, next);
      ports.onSettings(ports.settings());
      return {};
    },

    async 'files.choose'({ purpose, suggestedName, fingerprint }) {
      const path = await consents.choose(() => native.chooseFile(purpose, suggestedName, fingerprint));
      if (path === undefined) return {};
      chosen.add(path, purpose, fingerprint);
      return { path };
    },

    async 'files.chooseSeveral'({ purpose }) {
      const paths = ((await consents.choose(() => native.chooseFiles(purpose))) ?? []).slice(0, maxFiles);
      for (const path of paths) chosen.add(path, purpose);
      return { paths };
    },

    async 'clipboard.write'({ text }) {
      await native.copyText(text);
      return {};
    },

    async 'operations.list'() {
      return [...operations.list()];
    },

    async 'operations.cancel'({ operation }) {
      operations.cancel(operation);
      return {};
    },
  };
}

/** Settings whose larger number protects less, and what they say. */
const protections = {
  idleMinutes: (minutes: number, now: number) =>
    `Keel is locked after ${counted(minutes, 'minute')} of inactivity, now after ${now}.`,
  clipboardSeconds: (seconds: number, now: number) =>
    `Copied keys are cleared from the clipboard after ${seconds} s, now after ${now} s.`,
  drillEveryDays: (days: number, now: number) =>
    `Keel reminds you to test backups every ${counted(days, 'day')}, now every ${now}.`,
} as const satisfies { readonly [Name in keyof Settings]?: (next: number, now: number) => string };

/** A sentence for each setting that would protect less than it does. */
function lessenedBy(change: Partial<Settings>, now: Settings): string[] {
  return (Object.keys(protections) as (keyof typeof protections)[]).flatMap((name) => {
    const next = change[name];
    return next !== undefined && next > now[name] ? [protections[name](next, now[name])] : [];
  });
}

function settingsQuestion(lessened: readonly string[]): Question {
  return {
    message: 'Save settings that protect less?',
    detail: lessened.join('\n'),
    button: 'Save the settings',
  };
}

function lockQuestion(sets: boolean): Question {
  return sets
    ? {
        message: 'Set the passphrase that unlocks Keel?',
        detail: 'Without it, nobody can unlock Keel any more. The keys themselves do not change.',
        button: 'Set passphrase',
      }
    : {
        message: 'Remove the passphrase that unlocks Keel?',
        detail: 'Anyone at this computer can then unlock Keel.',
        button: 'Remove passphrase',
      };
}

function platformOf(platform: NodeJS.Platform): AppState['platform'] {
  return platform === 'darwin' || platform === 'win32' ? platform : 'linux';
}

function definedOf<T extends object>(change: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as never;
}
