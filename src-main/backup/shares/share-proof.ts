import {
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import { setIdOf } from './share-mnemonic.ts';
import type { Slip39Share } from './slip39/mnemonic.ts';

/*
 * A share proves itself without being shown: its words derive an Ed25519 key, of which the register keeps the public half. The
 * holder signs a question with it. HKDF is between the share and the signing key, so that not even whoever breaks the signature scheme learns the share.
 */

/** A question to the holder of one share, asked once. */
export interface ShareQuestion {
  readonly set: string;
  /** Counted from 1. */
  readonly number: number;
  /** 16 random bytes, base64url. */
  readonly nonce: string;
}

export interface ShareAnswer extends Pick<ShareQuestion, 'set' | 'number'> {
  /** An Ed25519 signature of the question, base64url. */
  readonly signature: string;
}

const seedInfo = 'keel share proof 1';
/** PrivateKeyInfo of Ed25519 up to its seed of 32 bytes (RFC 8410, section 7). */
const seedPrefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** What the register keeps of a share, base64url: 32 bytes that say nothing of its words. */
export function shareCheck(share: Slip39Share): string {
  return createPublicKey(signingKey(share)).export({ format: 'jwk' }).x as string;
}

export function askShare({ set, number }: Pick<ShareQuestion, 'set' | 'number'>): ShareQuestion {
  return { set, number, nonce: randomBytes(16).toString('base64url') };
}

/** The answer of whoever has the share; undefined for a question about another share. */
export function answerWith(share: Slip39Share, question: ShareQuestion): ShareAnswer | undefined {
  const { set, number } = question;
  if (set !== setIdOf(share) || number !== share.memberIndex + 1) return undefined;
  const signature = sign(null, Buffer.from(questionText(question)), signingKey(share)).toString('base64url');
  return { set, number, signature };
}

/** Whether the share with this check value has answered this very question. */
export function isAnswered(check: string, question: ShareQuestion, { signature }: ShareAnswer): boolean {
  const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: check } });
  return verify(null, Buffer.from(questionText(question)), key, Buffer.from(signature, 'base64url'));
}

/** One line to send to the holder, by any channel: it is no secret. */
export function questionText({ set, number, nonce }: ShareQuestion): string {
  return `keel-share-question:${set}:${number}:${nonce}`;
}

/** One line to send back. It is no secret either, and good for this question only. */
export function answerText({ set, number, signature }: ShareAnswer): string {
  return `keel-share-answer:${set}:${number}:${signature}`;
}

/** A question as it was sent, blanks and line breaks aside; undefined for anything else. */
export function readQuestion(text: string): ShareQuestion | undefined {
  const [, set, number, nonce] =
    /^keel-share-question:([\da-f]{4}):(\d{1,2}):([\w-]{22})$/.exec(bare(text)) ?? [];
  if (set === undefined || number === undefined || nonce === undefined) return undefined;
  return { set, number: Number(number), nonce };
}

/** An answer as it was sent back, blanks and line breaks aside; undefined for anything else. */
export function readAnswer(text: string): ShareAnswer | undefined {
  const [, set, number, signature] =
    /^keel-share-answer:([\da-f]{4}):(\d{1,2}):([\w-]{86})$/.exec(bare(text)) ?? [];
  if (set === undefined || number === undefined || signature === undefined) return undefined;
  return { set, number: Number(number), signature };
}

/** Mail and chat wrap lines. */
function bare(text: string): string {
  return text.replace(/\s+/g, '');
}

/** Bound to the terms of the set too, so that a header that was changed derives another key. */
function signingKey(share: Slip39Share): KeyObject {
  const terms = [
    ...[share.identifier, Number(share.isExtendable), share.iterationExponent],
    ...[share.groupIndex, share.groupThreshold, share.groupCount, share.memberIndex, share.memberThreshold],
  ];
  const seed = Buffer.from(hkdfSync('sha256', share.value, Buffer.from(terms.join(' ')), seedInfo, 32));
  const der = Buffer.concat([seedPrefix, seed]);
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } finally {
    seed.fill(0);
    der.fill(0);
  }
}
