import { z } from 'zod';
import { droppedFile } from './dropped.ts';
import { long, nothing, quick } from './procedure.ts';
import { environmentId, failure, filePath, fingerprint, time, typedSecret } from './shapes.ts';

/** The app itself: its state, its lock, its settings, the native dialogs, and running operations. */

export const settings = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']),
  /** Minutes without input until the app locks. */
  idleMinutes: z.number().int().min(1).max(60),
  /** Seconds until a copied secret is removed from the clipboard. */
  clipboardSeconds: z.number().int().min(5).max(300),
  notifyWhenDone: z.boolean(),
  /** Days after which a proven backup is due for another test restore. */
  drillEveryDays: z.number().int().min(7).max(730),
});
export type Settings = z.infer<typeof settings>;

/** Why a file is chosen; it decides the dialog's words and filter. */
export const filePurpose = z.enum([
  'open-env',
  'open-handoff',
  'open-age',
  'open-identity',
  'open-words',
  'open-shares',
  'open-photo',
  'open-certificate',
  'open-connection',
  'save-age',
  'save-recipients',
  'save-credential',
  'save-archive',
  'open-archive',
  'open-key-file',
  'save-report-html',
  'save-report-pdf',
  'save-activity',
  'save-words',
  'save-shares',
  'save-paper',
  'save-paper-words',
  'save-paper-shares',
]);
export type FilePurpose = z.infer<typeof filePurpose>;

export const appState = z.strictObject({
  locked: z.boolean(),
  /** Unlocking asks for a passphrase. */
  guarded: z.boolean(),
  version: z.string(),
  platform: z.enum(['linux', 'darwin', 'win32']),
  theme: settings.shape.theme,
  /** Whether the operating system's keychain is available, and if not, why. */
  keychain: z.strictObject({ works: z.boolean(), why: z.string().optional() }),
});
export type AppState = z.infer<typeof appState>;

/** Where the window was, for the next start. Screens are the window's own concern. */
export const lastPlace = z.strictObject({
  screen: z.string().min(1).max(40).optional(),
  environment: environmentId.optional(),
  sidebar: z.enum(['open', 'collapsed']),
});
export type LastPlace = z.infer<typeof lastPlace>;

/** Running operations, for a window that was reloaded. */
const runningOperation = z.strictObject({
  operation: z.uuid(),
  procedure: z.string(),
  environment: environmentId.optional(),
  step: z.string(),
  done: z.number(),
  total: z.number().optional(),
  /** The operation can still be cancelled. */
  cancellable: z.boolean(),
  /** It asked the admin, who agreed. */
  agreed: z.literal(true).optional(),
});

/** Sent to the window while it is open. */
export const appEvent = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('progress'),
    operation: z.uuid(),
    step: z.string(),
    done: z.number(),
    total: z.number().optional(),
    rowsPerSecond: z.number().optional(),
    cancellable: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('done'), operation: z.uuid(), value: z.unknown() }),
  z.strictObject({ kind: z.literal('failed'), operation: z.uuid(), error: failure }),
  /** The app was locked or unlocked, or the settings changed: read `app.state` again. */
  z.strictObject({ kind: z.literal('app-changed') }),
  /** What `environments.list` and the screens show is out of date. */
  z.strictObject({ kind: z.literal('environments-changed') }),
  /** A native menu item was chosen. */
  z.strictObject({
    kind: z.literal('menu'),
    item: z.enum(['palette', 'home', 'settings', 'activity', 'connect', 'back']),
  }),
  /** The admin dropped a file onto the window, and agreed to have it read. */
  z.strictObject({ kind: z.literal('file-dropped'), file: droppedFile }),
  /** Several files at once: none of them was read. */
  z.strictObject({ kind: z.literal('files-dropped'), count: z.number().int() }),
  /** Why the admin was not asked about a dropped file. */
  z.strictObject({ kind: z.literal('drop-refused'), error: failure }),
]);
export type AppEvent = z.infer<typeof appEvent>;

export const appProcedures = {
  'app.state': quick(nothing, appState, { whileLocked: true }),
  'app.lock': quick(nothing, nothing),
  /** Throws `passphrase-wrong`. */
  'app.unlock': quick(z.strictObject({ passphrase: typedSecret.optional() }), nothing, { whileLocked: true }),
  'app.place': quick(nothing, lastPlace),
  /** Stores it; there is none without an environment. */
  'app.keepPlace': quick(lastPlace, nothing),
  'settings.read': quick(nothing, settings),
  'settings.write': quick(settings.partial(), settings),
  /** Sets, changes or (without `next`) removes the passphrase that unlocking asks for. */
  'settings.setLockPassphrase': quick(
    z.strictObject({ current: typedSecret.optional(), next: typedSecret.min(8).optional() }),
    nothing,
  ),
  /**
   * Opens the native dialog. A path that did not come from here is refused elsewhere. The dialog names the key of a backup that is to be
   * written, and no other can be written there.
   */
  'files.choose': quick(
    z.strictObject({
      purpose: filePurpose,
      suggestedName: z.string().max(120).optional(),
      fingerprint: fingerprint.optional(),
    }),
    z.strictObject({ path: filePath.optional() }),
  ),
  /** The same for several files at once. */
  'files.chooseSeveral': quick(
    z.strictObject({ purpose: filePurpose }),
    z.strictObject({ paths: z.array(filePath).max(64) }),
  ),
  /** Copies something that is not secret, like a fingerprint. */
  'clipboard.write': quick(z.strictObject({ text: z.string().min(1).max(2000) }), nothing),
  'operations.list': quick(nothing, z.array(runningOperation)),
  'operations.cancel': quick(z.strictObject({ operation: z.uuid() }), nothing),
  /** Starts Keel's own PostgreSQL with a sample Ballast database, as an environment. */
  'practice.start': long(nothing, z.strictObject({ environment: environmentId })),
  /** Stops it and removes everything. */
  'practice.leave': quick(nothing, nothing),
} as const;

export const activityEntry = z.strictObject({
  at: time,
  environment: environmentId.optional(),
  /** A verb in the past tense with its object, like "key generated". */
  action: z.string(),
  /** More of it, without any secret. */
  detail: z.string(),
  outcome: z.enum(['done', 'failed', 'refused']),
  fingerprint: fingerprint.optional(),
});
export type ActivityEntry = z.infer<typeof activityEntry>;

export const activityProcedures = {
  /** Newest first. `intact` is false if an entry was altered or removed. */
  'activity.list': quick(
    z.strictObject({ environment: environmentId.optional(), limit: z.number().int().min(1).max(1000) }),
    z.strictObject({ intact: z.boolean(), entries: z.array(activityEntry) }),
  ),
  /** Writes the log, oldest first, to a file chosen in a dialog: JSON Lines, or CSV if its name ends in .csv. */
  'activity.export': quick(
    z.strictObject({ environment: environmentId.optional(), path: filePath }),
    z.strictObject({ entries: z.number().int() }),
  ),
} as const;
