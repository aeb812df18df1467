import { counted, formatCount } from '#shared/counted';
import { shellWord } from '#shared/shell-word';
import type { EnvironmentCard, NextAction } from '#contract/environments';
import { moment } from '#shared/moment';

/** What is known of an environment, line by line. */
export function factsOf(card: EnvironmentCard): readonly (readonly [string, string])[] {
  const { address, columns } = card;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return [
    [
      'database',
      `${address.user}@${host}:${address.port}/${address.database}, ${counted(columns, 'encrypted column')}`,
    ],
    ['key', keyInWords(card)],
    ['backup', backupInWords(card)],
    ['proof', proofInWords(card)],
    ['rotation', rotationInWords(card)],
  ];
}

/** The command that does what is next; undefined where nothing is. */
export function commandFor({ name, next }: EnvironmentCard): string | undefined {
  const words = commands[next.action];
  return words === undefined ? undefined : `keel ${words} --env ${shellWord(name)}`;
}

const commands: Readonly<Record<NextAction, string | undefined>> = {
  unlock: 'key list',
  recover: 'recover',
  discover: 'discover',
  'adopt-key': 'key adopt',
  prove: 'prove',
  'back-up': 'backup create',
  drill: 'backup drill',
  rotate: 'rotate',
  'hand-off': 'handoff apply',
  sweep: 'sweep',
  nothing: undefined,
};

function keyInWords({ activeKey, pendingKey, retiredKeys, keyPlace }: EnvironmentCard): string {
  const active = activeKey
    ? `${activeKey.fingerprint}, ${activeKey.activatedAt ? `active since ${moment(activeKey.activatedAt)}` : 'active'}`
    : 'no active key';
  const rest = [
    ...(pendingKey ? [`${pendingKey} ${activeKey ? 'is ready to rotate to' : 'is not proven yet'}`] : []),
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
  return `the key was restored from it on ${moment(activeKey.provenAt)}`;
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
