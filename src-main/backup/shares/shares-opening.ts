import { EncryptionKey } from '#crypto/encryption-key';
import { isArmored } from '#backup/age/age-armor';
import { type ArtefactBreak, type Broken, broken } from '#backup/artefact-break';
import type { ShareReport } from '#contract/backup';
import { textOf } from '#storage/text-encoding';
import { type ArtefactText, nameOf, readArtefactText } from '#backup/artefact-text';
import { isOtherText, readShare, type Share, shareTexts } from './share-mnemonic.ts';
import { type GivenShare, inGroups, isEnough, type ShareSet, sortShares } from './share-set.ts';
import { shareCheck } from './share-proof.ts';
import { combineShares } from './slip39/shares.ts';
import { enumerated } from '#shared/enumerated';
import type { SetOfShares } from '#keyring/share-sets';

/** The key of a set with what became of each share. */
export interface KeyOfShares {
  readonly key: EncryptionKey;
  readonly shares: readonly ShareReport[];
  /** What a register keeps of the good ones; absent for sets of several groups. */
  readonly set?: SetOfShares;
  readonly setId: string;
}

/** The keys of the complete sets, at least one, or why there is none. */
export type OpenedSets = { readonly sets: readonly KeyOfShares[] } | Broken;

/** A set has at most sixteen members in each of sixteen groups; we make one group. */
const maxShares = 64;
/** 2^4 · 10 000 rounds take a tenth of a second; what other tools make without a passphrase asks for 2^1. */
const highestExponent = 4;

/**
 * Combines shares (SLIP-39) to a key, for the caller to dispose; to several, where enough shares of several sets are there: who calls it
 * tells them apart, and never takes the first. Bad shares beside enough good ones do not stop it: the
 * reports name them. Every share that is called good took part in a combination that gave this key. `passphrase` is one that
 * another tool set; Keel sets none.
 */
export async function openSets(sources: readonly ArtefactText[], passphrase = ''): Promise<OpenedSets> {
  if (sources.length > maxShares) {
    return broken(
      'shares',
      `${sources.length} shares were given; a set has at most 16`,
      'use the shares of one set',
    );
  }
  const given: GivenShare[] = [];
  try {
    for (const [at, source] of sources.entries()) {
      given.push(...(await readGiven(source, nameOf(source) ?? `share ${at + 1}`)));
    }
    return await combineGiven(given, passphrase);
  } finally {
    for (const { read } of given) if ('share' in read) read.share.value.fill(0);
  }
}

/** `openSets` of one set: several are refused where they restore different keys, and none of these is `expected`. */
export async function openShares(
  sources: readonly ArtefactText[],
  passphrase = '',
  expected?: string,
): Promise<KeyOfShares | Broken> {
  return oneSet(await openSets(sources, passphrase), expected);
}

/** The set with the expected key, or the only one. The keys of the others are disposed. */
export function oneSet(opened: OpenedSets, expected?: string): KeyOfShares | Broken {
  if ('broken' in opened) return opened;
  const { sets } = opened;
  const keys = new Set(sets.map(({ key }) => key.fingerprint));
  const chosen =
    sets.find(({ key }) => key.fingerprint === expected) ?? (keys.size === 1 ? sets[0] : undefined);
  for (const one of sets) if (one !== chosen) one.key[Symbol.dispose]();
  if (chosen) return chosen;
  const names = sets.map(({ setId, key }) => `set ${setId} (key ${key.fingerprint})`);
  return broken(
    'shares',
    `they are complete sets of different keys: ${enumerated(names)}`,
    'use the shares of one set, or give the fingerprint of the key that you want',
  );
}

async function combineGiven(given: readonly GivenShare[], passphrase: string): Promise<OpenedSets> {
  const opened: KeyOfShares[] = [];
  let first: Broken | undefined;
  for (const set of sortShares(given)) {
    const one = await combineSet(set, passphrase);
    if ('key' in one) opened.push(one);
    else first ??= one;
  }
  return opened.length === 0 && first ? first : { sets: opened };
}

async function combineSet(set: ShareSet, passphrase: string): Promise<KeyOfShares | Broken> {
  const short = shortage(set);
  if (short) return { broken: { ...short, shares: set.reports } };
  const combined = await combineAll(
    set.members.map(({ share }) => share),
    passphrase,
  );
  const reports = markMisfits(set, combined.fitting);
  if (!combined.secret) {
    const message = 'their checksums are correct, but they do not belong together: one of them was altered';
    const remedy = 'add more shares of the set, so that Keel can tell which one does not belong';
    return { broken: { breaksAt: 'shares', message, remedy, shares: reports } };
  }
  if (combined.secret.length === 32) {
    const good = set.members.filter(({ share }) => combined.fitting.has(share));
    const setId = good[0]?.share.setId ?? '';
    return { key: new EncryptionKey(combined.secret), setId, shares: reports, ...registrable(good) };
  }
  const bytes = combined.secret.length;
  combined.secret.fill(0);
  return broken('key', `they restore ${bytes} bytes, not the 32 of a key`, 'find the shares of this key');
}

/** A register knows sets of one group, as Keel makes them. */
function registrable(good: ShareSet['members']): { readonly set?: SetOfShares } {
  const [first] = good;
  if (!first || first.share.groupCount > 1) return {};
  const { setId: set, memberThreshold: threshold } = first.share;
  const shares = good.map(({ share, given: { holder } }) => ({
    number: share.number,
    ...(holder !== undefined && { holder }),
    check: shareCheck(share),
  }));
  return { set: { set, threshold, shares } };
}

/** The shares of one text: one, or all of a set. */
async function readGiven(source: ArtefactText, name: string): Promise<GivenShare[]> {
  const file = await readArtefactText(source);
  if ('broken' in file) return [{ name, read: { message: file.broken.message } }];
  if (isArmored(file.bytes)) {
    return [{ name, read: { message: 'it is encrypted, and no identity that was used decrypts it' } }];
  }
  const text = textOf(file.bytes) ?? file.bytes.toString('utf8');
  file.bytes.fill(0);
  // what is written around shares is no part of them
  const texts = shareTexts(text).filter((one) => !isOtherText(one));
  if (texts.length === 0) return [{ name, read: { message: 'it is not a share' }, isOther: true }];
  return texts.map((one, at) => readOne(one, texts.length === 1 ? name : `${name}, part ${at + 1}`));
}

function readOne(text: string, name: string): GivenShare {
  const holder = /^# holder: (.{1,200})$/m.exec(text)?.[1]?.trim();
  const of = /^# share: (\d{1,2}) of (\d{1,2})\s*$/m.exec(text);
  return {
    name,
    read: readShare(text),
    ...(holder !== undefined && { holder }),
    ...(of && { of: { number: Number(of[1]), count: Number(of[2]) } }),
  };
}

/** Why there is nothing to combine yet. */
function shortage({ members, reports, isContradictory }: ShareSet): ArtefactBreak | undefined {
  const [first] = members;
  const given = reports.filter(({ state }) => state !== 'missing').length;
  if (!first) {
    const message = given === 0 ? 'no share was given' : `none of the ${given} can be read as a share`;
    const [only] = reports;
    return {
      breaksAt: 'shares',
      message: given === 1 && only?.message !== undefined ? only.message : message,
      remedy: 'compare them with the paper or the file, and enter them again',
    };
  }
  const { setId, iterationExponent, groupThreshold, memberThreshold } = first.share;
  if (isContradictory) {
    return {
      breaksAt: 'shares',
      message: `shares of set ${setId} disagree on how many are needed`,
      remedy: 'remove the one that disagrees with the others',
    };
  }
  if (iterationExponent > highestExponent) {
    return {
      breaksAt: 'shares',
      message: 'they require more computation than the shares of a key',
      remedy: 'combine them with the tool that created them',
    };
  }
  const groups = inGroups(members.map(({ share }) => share));
  const complete = groups.filter(isEnough);
  if (complete.length >= groupThreshold) return undefined;
  const set = `set ${setId}`;
  if (groupThreshold > 1) {
    return {
      breaksAt: 'shares',
      message: `${complete.length} of the ${groupThreshold} groups that ${set} needs are complete`,
      remedy: 'add shares to the incomplete groups',
    };
  }
  const lacking = memberThreshold - members.length;
  return {
    breaksAt: 'shares',
    message: `${members.length} good ${members.length === 1 ? 'share' : 'shares'} of ${set} and ${memberThreshold} are needed: ${lacking} more`,
    remedy: lacking === 1 ? 'add one more share of that set' : `add ${lacking} more shares of that set`,
  };
}

/**
 * Combines as many shares as are needed again and again, from each share on in turn, so that every one takes part. What fits
 * is what took part where the first secret came out.
 */
async function combineAll(
  shares: readonly Share[],
  passphrase: string,
): Promise<{ readonly secret?: Buffer; readonly fitting: ReadonlySet<Share> }> {
  const groups = inGroups(shares).filter(isEnough);
  const rounds = Math.max(groups.length, ...groups.map(({ length }) => length));
  const fitting = new Set<Share>();
  let secret: Buffer | undefined;
  for (let start = 0; start < rounds; start++) {
    const { groupThreshold } = shares[0] as Share;
    const chosen = from(groups, start, groupThreshold).flatMap((group) =>
      from(group, start, group[0]?.memberThreshold ?? 0),
    );
    const bytes = await combineShares(chosen, passphrase);
    if (!bytes) continue;
    if (!secret) secret = bytes;
    if (secret.equals(bytes)) for (const share of chosen) fitting.add(share);
    if (bytes !== secret) bytes.fill(0);
  }
  return { ...(secret && { secret }), fitting };
}

/** `count` elements from `start` on, around the end. */
function from<T>(all: readonly T[], start: number, count: number): T[] {
  return Array.from({ length: count }, (_, i) => all[(start + i) % all.length] as T);
}

/** Of one group every share took part; of several, a share that no round needed is judged by its checksum. */
function markMisfits({ members, reports }: ShareSet, fitting: ReadonlySet<Share>): ShareReport[] {
  const isOneGroup = members.every(({ share }) => share.groupIndex === members[0]?.share.groupIndex);
  if (!isOneGroup) return [...reports];
  const misfits = new Set(members.filter(({ share }) => !fitting.has(share)).map(({ report }) => report));
  return reports.map((report) =>
    misfits.has(report)
      ? { ...report, state: 'damaged', message: 'its checksum is correct, but it does not match the others' }
      : report,
  );
}
