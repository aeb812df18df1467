import { certaintyInWords, chanceInWords, formatBits } from '../format.ts';
import styles from './certainty.module.css';

export interface CertaintyProps {
  readonly bits: number;
  /** What is so sure, shown before the evidence is asked for. Without it, the word for it. */
  readonly of?: string;
}

/** How sure a result is; the evidence in bits on request. */
export function Certainty({ bits, of = certaintyInWords(bits) }: CertaintyProps) {
  return (
    <details className={styles.certainty}>
      <summary>{of}</summary>
      <span>
        {formatBits(bits)} of evidence: the chance that a wrong key would look like this is{' '}
        {chanceInWords(bits)}.
      </span>
    </details>
  );
}
