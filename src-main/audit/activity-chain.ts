import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type ActivityEntry, activityEntry } from '#contract/app';
import { cutAndRedacted } from './redact.ts';

/** What the first entry follows. */
export const genesis = '0'.repeat(64);

const line = z.strictObject({
  // the hash covers what a later Keel has added to an entry
  entry: activityEntry.loose(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});
export interface Line {
  readonly entry: ActivityEntry;
  readonly hash: string;
}

/** SHA-256 over the hash before and the entry's canonical JSON: fields in alphabetical order, no blanks. */
export function chainHash(before: string, entry: ActivityEntry): string {
  return createHash('sha256')
    .update(`${before}\n${canonical(entry)}`)
    .digest('hex');
}

/** The line of an entry, without its line end. */
export function lineOf(entry: ActivityEntry, hash: string): string {
  return `{"entry":${canonical(entry)},"hash":"${hash}"}`;
}

/** What a line says; undefined where it is damaged. One that was written down differently counts as damaged too. */
export function readLine(text: string): Line | undefined {
  try {
    const parsed = line.parse(JSON.parse(text));
    return lineOf(parsed.entry, parsed.hash) === text ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** An entry that is safe to keep and to show: short, on one line, without control characters or what looks like a secret. */
export function presentable(entry: ActivityEntry): ActivityEntry {
  return { ...entry, action: plain(entry.action, 80), detail: plain(entry.detail, 400) };
}

function plain(text: string, max: number): string {
  return cutAndRedacted(text.replace(/[\p{C}\s]+/gu, ' ').trim(), max);
}

function canonical(entry: ActivityEntry): string {
  return JSON.stringify(Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1))));
}
