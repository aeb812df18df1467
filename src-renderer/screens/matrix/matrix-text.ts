import { counted, formatCount } from '#shared/counted';
import type { MatrixCell, MatrixKey, MatrixResult } from '#contract/matrix';
import type { Tone } from '../../components/marks/badge.tsx';
import { asSentence, fileName } from '../../components/format.ts';

export interface CellWords {
  readonly tone: Tone;
  readonly word: string;
  readonly says: string;
  /** Evidence behind it, where values were tried. */
  readonly bits?: number;
}

const verdicts = {
  correct: ['good', 'Right key'],
  wrong: ['stop', 'Wrong key'],
  mixed: ['warn', 'Partial match'],
  inconclusive: ['warn', 'Inconclusive'],
} as const;

/** What a key opens of a database, in words. Pure. */
export function cellInWords(result: MatrixResult): CellWords {
  if ('failure' in result)
    return { tone: 'warn', word: 'Not checked', says: asSentence(result.failure.message) };
  const { verdict, opened, values, bits, nested } = result;
  const within = nested > 0 ? `; ${counted(nested, 'value')} inside decrypted values` : '';
  const [tone, word] = verdicts[verdict];
  if (values === 0) return { tone, word, says: 'no values to check it against' };
  return {
    tone,
    word,
    says: `decrypts ${formatCount(opened)} of ${counted(values, 'value')}${within}`,
    bits,
  };
}

/** What a row is called: the state of a key of the ring, or what it was restored from. */
export function rowInWords({ from, state }: MatrixKey): string {
  if (from !== undefined) return `from ${fileName(from)}`;
  return `${state ?? 'unknown'}, in the key ring`;
}

/** What was proven of a key on a database. */
export function cellAt(cells: readonly MatrixCell[], key: string, database: string): MatrixCell | undefined {
  return cells.find((cell) => cell.key === key && cell.database === database);
}
