import type { Leftover } from '#contract/leftovers';
import { dumpsInWords } from '../../components/dump-text.ts';

/** A place where an old key stands. Pure. */
export function leftoverInWords({ kind, where, dumps = [] }: Leftover): string {
  if (kind === 'dumps') return `Database dumps ${dumpsInWords(dumps)}`;
  if (kind === 'target') return `${where}, which the application reads`;
  return `${where.charAt(0).toUpperCase()}${where.slice(1)}`;
}

/** What there is to do about it. Pure. */
export function leftoverTodo({ kind, status }: Leftover): string {
  if (status === 'replace') return 'Write the active key to it, and restart the application';
  if (kind === 'text') return 'Remove it: a comment or an earlier copy still contains the key';
  if (kind === 'dumps') return 'Once no such dump exists, record that on the Key screen';
  if (status === 'missing') return 'Not found now: mark it as deleted if it is gone for good';
  if (status === 'keep') return 'Keep it while a dump may need the key';
  return kind === 'store' ? 'Destroy the key' : 'Remove it: no dump needs the key';
}
