import type { HandoffState } from '#contract/handoff';
import { Card } from '../../components/card.tsx';
import { Fingerprint } from '../../components/fingerprint.tsx';
import { formatCounted, formatDay } from '../../components/format.ts';
import styles from './handoff.module.css';

/** Where the old key may still stand, and why Keel keeps it. */
export function OldKey({ state }: { readonly state: HandoffState }) {
  const { retired } = state;
  if (retired.length === 0) return null;
  return (
    <Card title="Where the old key may still stand">
      <div className={styles.old}>
        <ul className={styles.places}>
          <li>
            Other copies of the .env: other hosts, a compose file, a Kubernetes Secret, the variables of a CI
          </li>
          <li>The environment of containers that were not made anew since</li>
          <li>A password manager, a wiki, the history of a shell</li>
        </ul>
        <p>
          {formatCounted(retired.length, 'retired key')} {retired.length === 1 ? 'is' : 'are'} kept in the key
          ring: a database dump of the time before opens under {retired.length === 1 ? 'it' : 'them'} and
          nothing else.
        </p>
        <ul className={styles.retired}>
          {retired.map(({ fingerprint, retiredAt }) => (
            <li key={fingerprint}>
              <Fingerprint value={fingerprint} />
              {retiredAt !== undefined && <span className={styles.dim}>retired {formatDay(retiredAt)}</span>}
            </li>
          ))}
        </ul>
      </div>
    </Card>
  );
}
