import type { EncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import type { SetOfShares } from '#keyring/share-sets';
import { type ArtefactNotes, onOneLine } from '#backup/key-text';
import { setIdOf, shareWords } from './share-mnemonic.ts';
import { openShares } from './shares-opening.ts';
import { shareCheck } from './share-proof.ts';
import { encodeShare, type Slip39Share } from './slip39/mnemonic.ts';
import { splitSecret } from './slip39/shares.ts';

/** Who holds a share, and how many of them are needed. */
export interface ShareTerms {
  readonly threshold: number;
  /** One share each, in this order. */
  readonly holders: readonly string[];
  /** Public keys of age, by holder: their shares are encrypted to them. The others get theirs in plain text. */
  readonly recipients?: ReadonlyMap<string, string>;
  /** Names of other sets, none of which the new one is to have. */
  readonly taken?: readonly string[];
}

/** One share of a key, for its holder. With as many as `needed` of the same set it is the key. */
export interface KeyShare {
  readonly number: number;
  readonly count: number;
  readonly needed: number;
  readonly holder: string;
  readonly setId: string;
  readonly fingerprint: string;
  /** What a register keeps of it, see `shareCheck`. */
  readonly check: string;
  /** 33 words of SLIP-39's list. A secret. */
  readonly words: readonly string[];
}

const maxHolders = 16;

/** Throws `usage` for terms that no set can have, naming what is wrong. */
function assertTerms({ threshold, holders }: ShareTerms): void {
  const refuse = (message: string, remedy: string) => {
    throw new KeelError('usage', `${message}; nothing was written`, remedy);
  };
  const { length } = holders;
  if (length < 2 || length > maxHolders) {
    refuse(`a set has 2 to 16 holders, not ${length}`, 'enter the name of each');
  }
  if (!Number.isInteger(threshold) || threshold > length) {
    refuse(
      `a threshold of ${threshold} cannot be reached with ${length} holders`,
      `choose a threshold from 2 to ${length}`,
    );
  }
  if (threshold < 2) {
    refuse(
      'with a threshold of 1 every share is the key itself',
      'choose a threshold of at least 2, or make recovery words',
    );
  }
  const names = holders.map((holder) => onOneLine(holder).trim().toLowerCase());
  if (names.some((name) => name === '' || name.length > 100)) {
    refuse('a holder has no name, or a name of more than 100 characters', 'enter the name of each');
  }
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) refuse(`two holders are called \`${twice}\``, 'give each a different name');
}

/**
 * Splits a key into shares (SLIP-39, one group, no passphrase), of which any `threshold` give it back and fewer tell nothing.
 * Before they are given out every share has taken part in a combination that gave this very key. Throws `usage` for impossible
 * terms, and `drill-failed` if the set does not give the key back.
 */
export async function makeShares(key: EncryptionKey, terms: ShareTerms): Promise<KeyShare[]> {
  assertTerms(terms);
  const { threshold, holders } = terms;
  const shares = await split(key, terms);
  try {
    const made = shares.map((share, at) => ({
      number: at + 1,
      count: holders.length,
      needed: threshold,
      holder: onOneLine(holders[at] as string).trim(),
      setId: setIdOf(share),
      fingerprint: key.fingerprint,
      check: shareCheck(share),
      words: encodeShare(share).map((index) => shareWords.words[index] as string),
    }));
    await assertCombine(
      made.map(({ words }) => words.join(' ')),
      key,
    );
    return made;
  } finally {
    for (const { value } of shares) value.fill(0);
  }
}

/** The name of a set is drawn from 32,768: one that another set has is drawn again. */
async function split(
  key: EncryptionKey,
  { threshold, holders, taken = [] }: ShareTerms,
): Promise<Slip39Share[]> {
  const groups = [{ threshold, count: holders.length }];
  for (;;) {
    const shares = (await splitSecret(key.raw, { groupThreshold: 1, groups })).flat();
    if (!taken.includes(setIdOf(shares[0] as Slip39Share))) return shares;
    for (const { value } of shares) value.fill(0);
  }
}

async function assertCombine(mnemonics: readonly string[], key: EncryptionKey): Promise<void> {
  const texts = mnemonics.map((mnemonic) => ({ text: new Secret(Buffer.from(mnemonic)) }));
  try {
    const opened = await openShares(texts);
    if ('key' in opened) {
      using combined = opened.key;
      const isWhole = opened.shares.every(({ state }) => state === 'good');
      if (isWhole && combined.bytes.equals(key.bytes)) return;
    }
  } finally {
    for (const { text } of texts) text[Symbol.dispose]();
  }
  throw new KeelError(
    'drill-failed',
    'the key cannot be restored from the shares that were created; nothing was written',
    'try again, and report this problem',
  );
}

/** What a register keeps of shares that were made together. */
export function setOfMade(shares: readonly KeyShare[]): SetOfShares {
  const [first] = shares as [KeyShare, ...KeyShare[]];
  return {
    set: first.setId,
    threshold: first.needed,
    shares: shares.map(({ number, holder, check }) => ({ number, holder, check })),
  };
}

/** A share as a text for its holder: whose it is, and how the key comes back, with and without Keel. A secret; the caller wipes it. */
export function shareText(share: KeyShare, { environment, createdAt }: ArtefactNotes): Buffer {
  const { number, count, needed, words } = share;
  const rows = [0, 7, 14, 21, 28].map((start) => words.slice(start, start + 7).join(' '));
  return Buffer.from(
    [
      '# A share of an encryption key, written by Keel',
      `# Any ${needed} of the ${count} shares of this set restore the key; fewer reveal nothing about it.`,
      '# Keep it to yourself, away from the other shares. It is not a wallet seed.',
      `# environment: ${onOneLine(environment)}`,
      `# fingerprint: ${share.fingerprint}`,
      `# written: ${createdAt.toISOString()}`,
      `# set: ${share.setId}`,
      `# share: ${number} of ${count}`,
      `# holder: ${share.holder}`,
      '#',
      '# To restore the key with Keel:',
      '#   keel backup restore --artefact FILE… --database URL',
      '# Without Keel, on a machine that you trust (Python 3, package shamir-mnemonic[cli], SLIP-39):',
      `#   shamir recover      asks for ${needed} shares, 33 words each, and prints the key in hex; then`,
      '#   echo HEX | xxd -r -p | base64      prints the value for ENCRYPTION_KEY=',
      '',
      ...rows,
      '',
    ].join('\n'),
  );
}
