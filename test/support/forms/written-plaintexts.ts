import { randomBytes } from 'node:crypto';

const word = (length: number) => randomBytes(length).toString('base64url').slice(0, length);

/** What applications encrypt: tokens, passwords, addresses, JSON; all longer than a block. */
const usual: readonly ((i: number) => string)[] = [
  (i) => `sk_live_${i}_${word(24)}`,
  (i) => JSON.stringify({ host: `db-${i}.internal`, user: 'svc', password: word(12 + (i % 9)) }),
  (i) => `https://hooks.example.com/services/T0${i}/${word(10 + (i % 7))}`,
  (i) => `pässwörd-€-${i}-${word(6 + (i % 11))}-🐍`,
  (i) => `postgres://svc:${word(12)}@db-${i}.internal:5432/app`,
  (i) => `correct horse battery ${i} ${word(i % 13)}`,
];

export function plaintextOf(i: number): string {
  const kind = usual[i % usual.length] as (i: number) => string;
  return kind(i);
}

/** Passwords of 6 to 16 characters: no more than a block. */
export function shortPlaintextOf(i: number): string {
  return word(6 + (i % 11));
}
