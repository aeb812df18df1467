import { applicationNameOf } from '#applications/applications';
import { counted, formatCount } from '#shared/counted';
import type { Confirmation } from '#workspace/use-case';
import type { KnownWorkspace } from '#workspace/workspace';
import type { Question } from './consent.ts';
import { acceptedInWords } from './accepted-text.ts';
import { columnsInFull, revokedOf, untilOf } from './api-key-in-words.ts';
import { destinationInFull } from './destination.ts';
import {
  inFull,
  knownServer,
  linesInFull,
  namesInFull,
  placeInFull,
  targetInFull,
  toldInFull,
} from './in-full.ts';
import { historyInWords, keyTriedInWords } from './key-in-words.ts';
import {
  copiesInWords,
  copyInWords,
  keptInWords,
  membersInWords,
  namedServersInWords,
  openersInWords,
  placesInWords,
} from './named-text.ts';
import { onOneLine, quoted } from './shown-text.ts';

/** What a question says beside what the deed itself tells. */
export interface QuestionExtras {
  /** Rows that the rehearsal counted. */
  readonly rows?: number | undefined;
}

type Place = Pick<KnownWorkspace, 'settings'>;

/**
 * A deed as the question that the admin answers. The environment is named with its database: its name alone is the page's to
 * choose. Texts that come from the page, a database or a server are on one line; an address, a destination and what a row gets are named in
 * full. Throws `usage` where they cannot be.
 */
export function questionOf(asked: Confirmation, place: Place, extras: QuestionExtras = {}): Question {
  const { message, button, first = [], lines } = wordsOf(asked, place, extras);
  return {
    message,
    button,
    detail: [first.join('\n'), databaseOf(place), ...lines].filter((line) => line !== '').join('\n\n'),
  };
}

interface Words {
  readonly message: string;
  readonly button: string;
  /** Before anything else. */
  readonly first?: readonly string[];
  readonly lines: readonly string[];
}

function wordsOf(asked: Confirmation, place: Place, { rows }: QuestionExtras): Words {
  const name = nameOf(place);
  const application = applicationNameOf(place.settings?.application);
  switch (asked.of) {
    case 'rotate':
      return {
        message: `Rotate the key of ${name}?`,
        button: 'Rotate the key',
        lines: [
          `${rowsOf(rows, asked.columns)} are rotated from key ${asked.from} to key ${asked.to}, in one transaction that is compared before it is committed.`,
          ...keptAndAccepted(asked),
        ],
      };
    case 'undo':
      return {
        message: `Undo the rotation of ${name}?`,
        button: 'Undo the rotation',
        lines: [
          `${rowsOf(rows, asked.columns)} are rotated from key ${asked.from} back to key ${asked.to}. ${application} then needs that key again.`,
          ...keptAndAccepted(asked),
        ],
      };
    case 'sweep':
      return {
        message: `Re-encrypt the stragglers of ${name}?`,
        button: 'Re-encrypt stragglers',
        lines: [
          `Rows of ${counted(asked.columns, 'column')} that are still encrypted with key ${asked.from} are re-encrypted with key ${asked.to}.`,
          ...keptAndAccepted(asked),
        ],
      };
    case 'rotate-fleet':
      return {
        message: `Rotate the key of ${counted(asked.databases.length, 'database')} of ${name}?`,
        button: 'Rotate the fleet',
        lines: [
          membersInWords(asked.databases),
          `Each is rotated from key ${asked.from} to key ${asked.to} in its own transaction. One that fails stays unchanged.`,
          ...keptAndAccepted(asked),
        ],
      };
    case 'undo-fleet':
      return {
        message: `Undo the rotation of ${counted(asked.databases.length, 'database')} of ${name}?`,
        button: 'Undo the rotation',
        lines: [
          membersInWords(asked.databases),
          `Each is rotated from key ${asked.from} back to key ${asked.to} in its own transaction. One that fails stays unchanged. ${application} then needs that key again.`,
          ...keptAndAccepted(asked),
        ],
      };
    case 'destroy-key':
      return {
        message: `Permanently destroy key ${asked.fingerprint} of ${name}?`,
        button: 'Destroy the key',
        lines: [
          `It is removed from ${asked.heldIn}. Any database or dump that is still encrypted with it can then only be read with a backup of the key.`,
          ...copiesInWords(asked),
          ...acceptedInWords(asked.accepted),
        ],
      };
    case 'state-dumps':
      return {
        message: `State that no dump of ${name} started before ${asked.noneBefore} exists?`,
        button: 'Record statement',
        lines: [
          asked.released.length > 0
            ? `Keel then allows you to destroy these keys, without which such dumps cannot be read: ${namesInFull(asked.released, 'the keys')}.`
            : 'This does not allow any key to be destroyed yet.',
          ...acceptedInWords(asked.accepted),
        ],
      };
    case 'discard-copy':
      return {
        message: `Record that a copy of key ${asked.fingerprint} of ${name} was deleted?`,
        button: 'Record as deleted',
        lines: [
          copyInWords(asked),
          'Keel does not check this. It no longer lists the copy, also not when you destroy the key.',
        ],
      };
    case 'forget-backup':
      return {
        message: `Remove a backup of key ${asked.fingerprint} of ${name} from the list?`,
        button: 'Remove from the list',
        lines: [
          copyInWords(asked),
          'The backup itself stays where it is. Keel no longer reminds you to test it.',
        ],
      };
    case 'replace-active-key':
      return {
        message: `Make key ${asked.to.fingerprint} the active key of ${name}?`,
        button: 'Replace the active key',
        lines: [
          `${asked.sampled ? 'A sample of values was checked' : 'Checked values'}: ${placesInWords(asked.places)}.`,
          keyTriedInWords(asked.to, asked.values),
          keyTriedInWords(asked.from, asked.values),
          `Hand-offs, new backups and rotations then use key ${asked.to.fingerprint}. Agree only if it is the key that ${application} uses.`,
        ],
      };
    case 'unmark-production':
      return {
        message: `Remove the production mark of ${name}?`,
        button: 'Remove the mark',
        lines: ['Screens and questions then no longer say that it is production.'],
      };
    case 'forget-environment':
      return {
        message: `Forget ${name}?`,
        button: 'Forget environment',
        lines: [
          'Its connection, columns and settings are deleted. Its keys stay where they are, and its database is not touched.',
        ],
      };
    case 'replace-credential':
      return {
        message: `Replace a credential of ${name}?`,
        button: 'Replace value',
        lines: [
          `${asked.field === undefined ? '' : `The field ${inFull(asked.field, 'the field')} of `}${onOneLine(asked.label, 1000)}\nThe value that is there now is lost, unless an archive has it.`,
          namedServersInWords(asked.named),
        ],
      };
    case 'import-credentials':
      return {
        message: `Write ${counted(asked.values, 'credential')} back into ${name}?`,
        button: 'Write credentials back',
        lines: [
          `What ${placeInFull(asked.archive, 'the path of the archive', 500)} contains replaces the current values of ${counted(asked.rows, 'row')}, which are lost.`,
          ...acceptedInWords(asked.accepted),
        ],
      };
    case 'create-api-key':
      return {
        message: `Create the API key ${quoted(asked.label)} in ${name}?`,
        button: 'Create the key',
        lines: [
          `Anyone with this key has access to Ballast, ${untilOf(asked.expiry)}.`,
          `A row is added to ${inFull(asked.table, 'the table')}:\n${columnsInFull(asked.columns)}`,
        ],
      };
    case 'revoke-api-key':
      return {
        message: `Revoke the API key ${quoted(asked.label)} of ${name}?`,
        button: 'Revoke the key',
        lines: [revokedOf(asked)],
      };
    case 'replace-api-key':
      return {
        message: `Replace the API key ${quoted(asked.label)} of ${name}?`,
        button: 'Replace the key',
        lines: [
          revokedOf(asked),
          `Anyone with the new key has access to Ballast, ${untilOf(asked.expiry)}${asked.scope === undefined ? '' : `, with the scope ${inFull(asked.scope, 'the scope')}`}. Its row is a copy of that one, except for:\n${columnsInFull(asked.columns)}`,
        ],
      };
    case 'hand-off':
    case 'take-back-hand-off':
      return {
        message:
          asked.key === undefined
            ? `Remove the key of ${name} from this destination?`
            : `Write key ${asked.key.fingerprint} of ${name} to this destination?`,
        button: asked.key === undefined ? 'Remove the key' : 'Write the key',
        first: destinationInFull(asked.destination),
        lines: [
          ...(asked.key ? [`Key ${asked.key.fingerprint} ${historyInWords(asked.key)}.`] : []),
          `${asked.before === undefined ? 'No key that Keel knows is there now.' : `It replaces key ${asked.before}, which Keel keeps.`} Anyone who can read that destination has the key.`,
        ],
      };
    case 'try-credentials':
      return {
        message: `Test ${counted(asked.credentials, 'credential')} of ${name} at ${counted(asked.targets.length, 'new server')}?`,
        button: 'Test credentials',
        lines: [
          `Each is disclosed to the server that it names:\n${linesInFull(asked.targets.map(targetInFull), 'the servers')}`,
          'A server that you do not know would learn the password.',
        ],
      };
    case 'write-backup':
      return {
        message: `Write a backup of key ${asked.fingerprint} of ${name} that others can open?`,
        button: 'Write the backup',
        first: [`It is written to ${placeInFull(asked.location, 'the path of the backup', 500)}.`],
        lines: [openersInWords(asked.openedBy)],
      };
    case 'reveal-credential':
    case 'disclose-api-key':
      throw new Error(`${asked.of} is agreed to with a press or a file dialog`);
    default:
      return asked satisfies never;
  }
}

function nameOf({ settings }: Place): string {
  // a name is the page's to choose: the mark is never in it
  const name = settings.name.normalize('NFKC').replace(/[([{<]\s*prod\w*\s*[)\]}>]/giu, 'prod');
  return `${quoted(name)}${settings.production ? ' (PROD)' : ''}`;
}

/** Which database it is, whatever it is called. */
function databaseOf({ settings: { address } }: Place): string {
  return `Database ${toldInFull(address.database)} on ${knownServer(address)}.`;
}

function rowsOf(rows: number | undefined, columns: number): string {
  const where = counted(columns, 'column');
  return rows === undefined ? `The values of ${where}` : `${formatCount(rows)} rows in ${where}`;
}

function keptAndAccepted(asked: {
  readonly kept: readonly string[];
  readonly accepted: readonly string[];
  readonly sampled?: boolean;
}): string[] {
  return [
    ...keptInWords(asked.kept),
    ...(asked.sampled === true
      ? [
          'Only samples were checked before it: values outside the inventory may stay encrypted with the old key.',
        ]
      : []),
    ...acceptedInWords(asked.accepted),
  ];
}
