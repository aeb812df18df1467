import { formatCount } from '#shared/counted';
import { type ProofBar, shareKinds } from './proof-shares.ts';
import styles from './share-bar.module.css';

/** What is known of a column's values, as one bar. */
export function ShareBar({ bar: { counts, values } }: { readonly bar: ProofBar }) {
  const parts = shareKinds.filter((kind) => counts[kind] > 0);
  const words = parts.map((kind) => `${formatCount(counts[kind])} ${kind}`).join(', ');
  return (
    <span className={styles.bar} role="img" aria-label={`Of ${formatCount(values)}: ${words}`} title={words}>
      {parts.map((kind) => (
        // what is rare is seen all the same
        <span key={kind} data-kind={kind} style={{ flexGrow: Math.max(counts[kind] / values, 0.02) }} />
      ))}
    </span>
  );
}

/** What the colours of the bars mean; only what occurs. */
export function ShareLegend({ bars }: { readonly bars: readonly ProofBar[] }) {
  const there = shareKinds.filter((kind) => bars.some(({ counts }) => counts[kind] > 0));
  return (
    <ul className={styles.legend}>
      {there.map((kind) => (
        <li key={kind}>
          <span data-kind={kind} aria-hidden="true" />
          {kind}
        </li>
      ))}
    </ul>
  );
}
