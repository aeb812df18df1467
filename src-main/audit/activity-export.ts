import { visible, visibleJson } from '#shared/visible-text';
import type { Line } from './activity-chain.ts';

export type ExportForm = 'jsonl' | 'csv';

/** By the extension of a file's name: `.csv`, or JSON lines. */
export function formOf(path: string): ExportForm {
  return /\.csv$/i.test(path) ? 'csv' : 'jsonl';
}

const columns = ['at', 'environment', 'action', 'detail', 'outcome', 'fingerprint'] as const;

/** Entries with their hashes, oldest first: one JSON object a line, or CSV (RFC 4180) with a row of titles. */
export function exportActivity(lines: readonly Line[], form: ExportForm): string {
  if (form === 'jsonl')
    return lines.map(({ entry, hash }) => `${visibleJson(JSON.stringify({ ...entry, hash }))}\n`).join('');
  const rows = lines.map(({ entry, hash }) => [...columns.map((column) => entry[column] ?? ''), hash]);
  return [[...columns, 'hash'], ...rows]
    .map((row) => `${row.map((text) => cell(visible(text))).join(',')}\r\n`)
    .join('');
}

/** Spreadsheets take a cell that begins like a formula for one: an apostrophe in front makes it text. */
function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
