import type { ProcedureName } from './procedures.ts';

/**
 * What a procedure asks of the person before main does it: an act that the page can neither make nor imitate.
 *
 * - `nothing`: it reveals, sends, writes over and destroys nothing.
 * - `press`: a real press of a button or key, which one secret uses up.
 * - `held-press`: the same, held until the secret was shown.
 * - `chosen-file`: a file that a native dialog named for this purpose.
 * - `file-dialog`: it is that dialog.
 * - `question`: main asks in a native dialog that names what it is about in full.
 * - `question-for-real`: the same, unless it is a rehearsal.
 * - `question-if-new`: the same, for an address that was not confirmed yet.
 * - `question-to-unmark`: the same, where the mark of production is removed, which every question shows.
 * - `question-to-replace`: the same, where another key would become the active one.
 * - `question-for-others`: a chosen file, and the same where others than whoever knows its passphrase can open it.
 * - `question-to-lessen`: the same, where a protection is lessened.
 * - `press-to-lessen`: a press, for what ends a warning.
 * - `press-or-file`: a chosen file, or a press where there is none.
 */
export type Asks =
  | 'nothing'
  | 'press'
  | 'held-press'
  | 'chosen-file'
  | 'file-dialog'
  | 'question'
  | 'question-for-real'
  | 'question-if-new'
  | 'question-to-unmark'
  | 'question-to-replace'
  | 'question-for-others'
  | 'question-to-lessen'
  | 'press-to-lessen'
  | 'press-or-file';

const reads = { asks: 'nothing', why: 'only reads, and shows no secret' } as const;
const notes = {
  asks: 'nothing',
  why: 'changes what Keel remembers, which the admin sees and can change back',
} as const;
const endsWarning = {
  asks: 'press-to-lessen',
  why: 'ends a warning, or an answer that one depends on',
} as const;
const manages = { asks: 'nothing', why: 'the app itself' } as const;
const shows = { asks: 'held-press', why: 'shows a secret' } as const;
const copies = { asks: 'press', why: 'puts text on the system clipboard' } as const;
const alwaysRewrites = { asks: 'question', why: 'rewrites rows', rewrites: true } as const;
const rewrites = { ...alwaysRewrites, asks: 'question-for-real', rehearses: true } as const;
const mayReplace = {
  asks: 'question-to-replace',
  why: 'decides which key hand-offs and backups are of',
} as const;
const connects = { asks: 'question-if-new', why: 'sends a password, or a name, to an address' } as const;

/** One row for every procedure. The router hands out nothing else than what stands here, and a suite of attacks walks the table. */
export const consents = {
  'applications.list': reads,
  'app.state': reads,
  'app.place': reads,
  'app.keepPlace': manages,
  'app.lock': manages,
  'app.unlock': { asks: 'nothing', why: 'the passphrase is asked for by the lock' },
  'settings.read': reads,
  'settings.write': { asks: 'question-to-lessen', why: 'may lessen the lock and other protections' },
  'settings.setLockPassphrase': { asks: 'question', why: 'may lock the admin out' },
  'files.choose': { asks: 'file-dialog', why: 'names a file' },
  'files.chooseSeveral': { asks: 'file-dialog', why: 'names files' },
  'clipboard.write': copies,
  'operations.list': reads,
  'operations.cancel': { asks: 'nothing', why: 'what was started is rolled back' },
  'practice.start': { asks: 'nothing', why: 'a database of Keel’s own' },
  'practice.leave': { asks: 'nothing', why: 'removes samples and a key that protects nothing' },
  'activity.list': reads,
  'activity.export': { asks: 'chosen-file', why: 'writes a new file' },

  'environments.list': reads,
  'environments.damaged': reads,
  'environments.add': connects,
  'environments.update': { asks: 'question-to-unmark', why: 'changes what questions show' },
  'environments.remove': { asks: 'question', why: 'forgets where keys belong' },
  'environments.unlock': { asks: 'nothing', why: 'tries what was typed at the confirmed address' },
  'connection.test': connects,
  'connection.import': { asks: 'chosen-file', why: 'reads a file with passwords, which stay in main' },

  'keys.list': reads,
  'keys.generate': { asks: 'nothing', why: 'adds a key that nothing depends on' },
  'keys.adopt': { asks: 'press-or-file', why: 'adds a key that is unproven' },
  'keys.reveal': shows,
  'keys.hide': manages,
  'keys.copy': copies,
  'restored.open': { asks: 'chosen-file', why: 'reads a backup' },
  'restored.state': reads,
  'restored.copy': copies,
  'restored.forget': manages,

  'keyring.memory': reads,
  'keyring.stateDumps': { asks: 'question', why: 'releases keys to be destroyed' },
  'keyring.search': reads,
  'keyring.destroy': { asks: 'question', why: 'destroys a key' },

  'credentials.list': reads,
  'credentials.outline': reads,
  'credentials.inspect': reads,
  'credentials.reveal': shows,
  'credentials.replace': { asks: 'question', why: 'replaces a credential' },
  'credentials.export': { asks: 'chosen-file', why: 'writes a new, encrypted file' },
  'credentials.readArchive': { asks: 'chosen-file', why: 'reads an archive' },
  'credentials.verify': { asks: 'chosen-file', why: 'reads an archive' },
  'credentials.import': rewrites,

  'leftovers.list': reads,
  'leftovers.gone': { asks: 'question', why: 'removes a warning about a copy of a key' },

  'backup.create': { asks: 'question-for-others', why: 'writes a key into a new file' },
  'backup.drill': { asks: 'chosen-file', why: 'reads a backup' },
  'backup.forget': { asks: 'question', why: 'removes a backup from the list' },
  'words.list': reads,
  'words.reveal': shows,
  'passphrase.suggest': manages,
  'passphrase.reveal': shows,
  'passphrase.copy': copies,
  'passphrase.judge': reads,

  'matrix.state': reads,
  'matrix.addArtefact': { asks: 'chosen-file', why: 'reads a backup' },
  'matrix.addDatabase': connects,
  'matrix.takeAway': manages,
  'matrix.run': reads,

  'apiKeys.table': reads,
  'apiKeys.find': reads,
  'apiKeys.tables': reads,
  'apiKeys.chooseTable': {
    asks: 'nothing',
    why: 'each question about a key names the table and its columns',
  },
  'apiKeys.list': reads,
  'apiKeys.create': { asks: 'question', why: 'lets whoever has the key into Ballast' },
  'apiKeys.verify': reads,
  'apiKeys.revoke': { asks: 'question', why: 'locks out whoever uses the key' },
  'apiKeys.replace': { asks: 'question', why: 'locks out whoever uses the key' },
  'apiKeys.fresh': reads,
  'apiKeys.reveal': shows,
  'apiKeys.copy': copies,
  'apiKeys.discard': { asks: 'press', why: 'wipes a key that nobody can show again' },

  'census.take': reads,

  'connections.test': { asks: 'question-if-new', why: 'shows credentials to the servers that they name' },
  'connections.last': reads,

  'inventory.read': reads,
  'inventory.write': notes,
  'inventory.discover': reads,
  'proof.run': mayReplace,
  'rotation.state': reads,
  'rotation.proveIv': reads,
  'rotation.sessions': reads,
  'rotation.preflight': reads,
  'rotation.rehearse': { asks: 'nothing', why: 'ends in ROLLBACK', rehearses: true },
  'rotation.rotate': alwaysRewrites,
  'rotation.undo': rewrites,
  'rotation.sweep': reads,
  'rotation.sweepRewrite': alwaysRewrites,
  'rotation.recover': mayReplace,

  'posture.read': reads,
  'posture.configure': { asks: 'question-if-new', why: 'names addresses that are contacted' },
  'posture.answer': endsWarning,
  'posture.check': { asks: 'nothing', why: 'contacts confirmed addresses, without a secret' },
  'posture.export': { asks: 'chosen-file', why: 'writes a new file' },

  'fleet.state': reads,
  'fleet.list': reads,
  'fleet.prove': reads,
  'fleet.rotate': rewrites,
  'fleet.undo': alwaysRewrites,
  'fleet.sweep': reads,
  'fleet.recover': { asks: 'nothing', why: 'settles by what the databases say, and changes no row' },
  'fleet.giveUp': endsWarning,

  'handoff.state': reads,
  'handoff.preview': { asks: 'question-if-new', why: 'sends what the page wrote to a server or a program' },
  'handoff.apply': { asks: 'question', why: 'writes a key to a place outside Keel' },
  'handoff.takeBack': { asks: 'question', why: 'writes a key to a place outside Keel' },
  'handoff.forgetTarget': endsWarning,
  'handoff.running': reads,
  'handoff.confirm': endsWarning,
} as const satisfies Record<ProcedureName, Row>;

interface Row {
  readonly asks: Asks;
  readonly why: string;
  /** Rows of a database are rewritten by it, which takes its time: Keel is not left in the middle without asking. */
  readonly rewrites?: true;
  /** It may be a rehearsal, which locks the tables until it is rolled back: one at a time, and none without a press since the last. */
  readonly rehearses?: true;
}

type Table = typeof consents;
type Asking<Kind extends Asks> = {
  [Name in ProcedureName]: Table[Name]['asks'] extends Kind ? Name : never;
}[ProcedureName];

/** Procedures that are refused without a press of their own. */
export type PressedName = Asking<'press' | 'held-press' | 'press-to-lessen'>;
/** Procedures that may find that they need a press. */
export type MaybePressedName = Asking<'press-or-file'>;
/** Procedures that may ask the admin in a native dialog, and no other may. */
export type QuestionName = Asking<Extract<Asks, `question${string}`>>;
/** Procedures that rewrite many rows. */
export type RewritingName = {
  [Name in ProcedureName]: Table[Name] extends { readonly rewrites: true } ? Name : never;
}[ProcedureName];
