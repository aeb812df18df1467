import type { BeyondReach } from '#contract/beyond-reach';
import { Card } from '../layout/card.tsx';
import { CopyButton } from '../secrets/copy-button.tsx';
import { counted } from '#shared/counted';
import { asSentence } from '../format.ts';
import { Fingerprint } from '../marks/fingerprint.tsx';
import styles from './out-of-reach.module.css';

export interface OutOfReachProps {
  /** Nothing is shown without it. */
  readonly reach: BeyondReach | undefined;
  /** What the same is to be done in, where there are several. */
  readonly each?: string;
}

/** What a rotation does not reach, what to do about each, and what a leaked key means. */
export function OutOfReach({ reach, each }: OutOfReachProps) {
  if (!reach) return undefined;
  return (
    <Card title="Beyond the reach of a rotation">
      <div className={styles.reach}>
        <p>
          {each === undefined ? 'These' : `In each ${each}, these`} may still contain values encrypted with
          key <Fingerprint value={reach.key} copyable={false} />:
        </p>
        <ul>
          {reach.places.map(({ what, remedy, statements }) => (
            <li key={what}>
              <strong>{asSentence(what)}</strong> {asSentence(remedy)}
              {statements.length > 0 && (
                <div className={styles.statements}>
                  <code>{statements.join('\n')}</code>
                  <CopyButton text={statements.join('\n')} what="the statements" />
                </div>
              )}
            </li>
          ))}
        </ul>
        {reach.replace.length > 0 && (
          <>
            <p>If that key leaked, its values are exposed: replace the credentials themselves.</p>
            <ul>
              {reach.replace.map(({ kind, where, columns }) => (
                <li key={kind}>
                  <strong>{asSentence(where)}</strong>{' '}
                  {columns
                    .map(({ name, values }) =>
                      values === undefined ? name : `${name} (${counted(values, 'value')})`,
                    )
                    .join(', ')}
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </Card>
  );
}
