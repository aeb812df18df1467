import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';

/** What a set of shares says of how its secret is encrypted. */
export interface CipherTerms {
  /** 15 random bits. */
  readonly identifier: number;
  /** Then the identifier is no salt, so that further sets can be made that the same passphrase opens. */
  readonly isExtendable: boolean;
  /** From 0 to 15: PBKDF2 does 10 000 · 2^e rounds. */
  readonly iterationExponent: number;
}

const rounds = [0, 1, 2, 3];

/** The secret that is shared, from the master secret (SLIP-0039, “Encryption of the master secret”). The caller wipes both. */
export function encryptMaster(master: Uint8Array, passphrase: string, terms: CipherTerms): Promise<Buffer> {
  return feistel(master, passphrase, terms, rounds);
}

/** The master secret. A wrong passphrase gives another one, without a word. The caller wipes both. */
export function decryptMaster(shared: Uint8Array, passphrase: string, terms: CipherTerms): Promise<Buffer> {
  return feistel(shared, passphrase, terms, rounds.toReversed());
}

/** The standard knows passphrases of printable ASCII characters only, so that every tool makes the same bytes of one. */
function isPassphrase(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

async function feistel(
  input: Uint8Array,
  passphrase: string,
  { identifier, isExtendable, iterationExponent }: CipherTerms,
  order: readonly number[],
): Promise<Buffer> {
  if (!isPassphrase(passphrase))
    throw new RangeError('the passphrase of a set of shares must be printable ASCII');
  const half = input.length / 2;
  const prefix = isExtendable
    ? Buffer.alloc(0)
    : Buffer.from([...Buffer.from('shamir'), identifier >> 8, identifier & 255]);
  const iterations = 2500 << iterationExponent;
  let left = Buffer.from(input.subarray(0, half));
  let right = Buffer.from(input.subarray(half));
  for (const round of order) {
    const password = Buffer.concat([Buffer.of(round), Buffer.from(passphrase, 'latin1')]);
    const salt = Buffer.concat([prefix, right]);
    const mask = await promisify(pbkdf2)(password, salt, iterations, half, 'sha256');
    for (let i = 0; i < half; i++) mask[i] = (mask[i] as number) ^ (left[i] as number);
    for (const bytes of [password, salt, left]) bytes.fill(0);
    left = right;
    right = mask;
  }
  const output = Buffer.concat([right, left]);
  left.fill(0);
  right.fill(0);
  return output;
}
