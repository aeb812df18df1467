import { isAbsolute } from 'node:path';
import { counted, formatCount } from '#shared/counted';
import { shellWord } from '#shared/shell-word';
import type { EnvironmentCard, NextAction } from '#contract/environments';
import type { KeyEntry } from '#keyring/key-entry';
import { moment } from '#shared/moment';
import { undrilledOf } from '#status/drill-dates';

/** What is known of an environment, line by line. */
export function factsOf(card: EnvironmentCard): readonly (readonly [string, string])[] {
  const { address, columns } = card;
  const listed = columns > 0 ? counted(columns, 'encrypted column') : 'no inventory yet';
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return [
    ['database', `${address.user}@${host}:${address.port}/${address.database}, ${listed}`],
    ['key', keyInWords(card)],
    ['backup', backupInWords(card)],
    ['proof', proofInWords(card)],
    ['rotation', rotationInWords(card)],
  ];
}

/** What a command needs beside the card, from the files of the environment. */
export interface CommandFacts {
  readonly keys: readonly KeyEntry[];
  /** Whether a destination of the hand-off is on record. */
  readonly hasDestination: boolean;
}

/** The command that does what is next, as it can be run; FILE stands for what only the admin knows. Undefined where nothing is next. */
export function commandFor(
  card: EnvironmentCard,
  { keys, hasDestination }: CommandFacts,
): string | undefined {
  const env = `--env ${shellWord(card.name)}`;
  const keyOf = (fingerprint?: string) => keys.find((one) => one.fingerprint === fingerprint);
  const active = keyOf(card.activeKey?.fingerprint);
  const pending = keyOf(card.pendingKey);
  const commands: Readonly<Record<NextAction, () => string | undefined>> = {
    unlock: () => `keel key list ${env}`,
    recover: () => `keel recover ${env}`,
    discover: () => `keel discover ${env} --out inventory.json`,
    'adopt-key': () => `keel key import ${env} --key-file FILE`,
    prove: () => `keel prove ${env}`,
    'back-up': () => `keel backup create ${env} ${newBackup(card.name, active)}`,
    drill: () => `keel backup drill ${env} ${drillOf(active)}`,
    rotate() {
      if (!pending) return `keel key generate ${env}`;
      if (pending.proofs.length > 0) return `keel rotate ${env}`;
      return `keel backup create ${env} --fingerprint ${pending.fingerprint} ${newBackup(card.name, pending)}`;
    },
    'hand-off': () => `keel handoff apply ${env}${hasDestination ? '' : ' --env-file FILE'}`,
    sweep: () => `keel sweep ${env}`,
    nothing: () => undefined,
  };
  return commands[card.next.action]();
}

/** A file of its own for each key: an existing one is never replaced. */
function newBackup(environment: string, key: KeyEntry | undefined): string {
  const name = environment
    .toLowerCase()
    .replaceAll(/[^\p{L}\d]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '');
  const file = [name || 'key', ...(key ? [key.fingerprint.slice(0, 4)] : [])].join('-');
  return `--out ${shellWord(`${file}.age`)} --generate-passphrase`;
}

/** Of the newest backup that was not tested yet, else of the one that was tested last. */
function drillOf(key: KeyEntry | undefined): string {
  const { location = 'FILE' } = (key && (undrilledOf(key).at(-1) ?? key.proofs.at(-1))) ?? {};
  const made = key?.made?.findLast((one) => one.location === location);
  const opener = {
    passphrase: ' --passphrase-file FILE',
    identity: ' --identity FILE',
    words: '',
    shares: '',
  };
  const artefact = isAbsolute(location) ? shellWord(location) : 'FILE';
  const expected = key ? ` --expect ${key.fingerprint}` : '';
  return `--artefact ${artefact}${expected}${made ? opener[made.opensBy] : ''}`;
}

function keyInWords({ activeKey, pendingKey, retiredKeys, keyPlace }: EnvironmentCard): string {
  const active = activeKey
    ? `${activeKey.fingerprint}, ${activeKey.activatedAt ? `active since ${moment(activeKey.activatedAt)}` : 'active'}`
    : 'no active key';
  const rest = [
    ...(pendingKey ? [`${pendingKey} ${activeKey ? 'waits for a rotation' : 'is not proven yet'}`] : []),
    ...(retiredKeys > 0 ? [`${formatCount(retiredKeys)} retired`] : []),
    `stored in ${placeInWords[keyPlace]}`,
  ];
  return [active, ...rest].join('; ');
}

const placeInWords: Readonly<Record<EnvironmentCard['keyPlace'], string>> = {
  keychain: 'the keychain',
  'sealed-file': 'an encrypted key file',
};

function backupInWords({ activeKey }: EnvironmentCard): string {
  if (!activeKey?.provenAt)
    return activeKey?.undrilled ? 'created, but never tested' : 'none that Keel knows of';
  return `tested ${moment(activeKey.provenAt)}: the key was restored from it`;
}

function proofInWords({ proof }: EnvironmentCard): string {
  if (!proof) return 'none for this key yet';
  return `${proof.verdict} on ${moment(proof.at)}: ${formatCount(proof.opened)} of ${counted(proof.values, 'value')} decrypted`;
}

function rotationInWords({ lastRotation }: EnvironmentCard): string {
  if (!lastRotation) return 'none yet';
  const { at, handedOff, confirmed, fleet } = lastRotation;
  const after = handedOff ? 'handed off' : 'not handed off yet';
  return `${moment(at)}, ${after}${confirmed ? ', swept' : ', not swept yet'}${fleet ? ' (of a fleet)' : ''}`;
}
