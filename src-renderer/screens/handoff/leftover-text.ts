import type { Leftover } from '#contract/leftovers';
import { dumpsInWords } from '../../components/dump-text.ts';

/** A place where an old key stands. Pure. */
export function leftoverInWords({ kind, where, dumps = [] }: Leftover): string {
  if (kind === 'dumps') return `Database dumps ${dumpsInWords(dumps)}`;
  if (kind === 'target') return `${where}, which Ballast reads`;
  return `${where.charAt(0).toUpperCase()}${where.slice(1)}`;
}

/** What there is to do about it. Pure. */
export function leftoverTodo({ kind, status }: Leftover): string {
  if (status === 'replace') return 'Give it the active key, and restart Ballast';
  if (kind === 'text') return 'Take it out: a comment or an earlier copy still holds the key';
  if (kind === 'dumps') return 'Once none exists any more, say so at the key';
  if (status === 'missing') return 'Not there now: say so if it is gone for good';
  if (status === 'keep') return 'Keep it while a dump may need the key';
  return kind === 'store' ? 'Destroy the key' : 'Remove it: no dump needs the key';
}
