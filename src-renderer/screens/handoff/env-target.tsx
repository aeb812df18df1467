import { VisuallyHidden } from '@mantine/core';
import type { EnvChange } from '#contract/rotation';
import { StateBadge } from '../../components/badge.tsx';
import { Card } from '../../components/card.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { FileField } from '../../components/file-field.tsx';
import type { Called } from '../../use-call.ts';
import styles from './handoff.module.css';
import { diffLines } from './masked-diff.ts';

export interface EnvTargetProps {
  readonly path: string | undefined;
  readonly onChoose: (path: string) => void;
  readonly preview: Called<EnvChange>;
  readonly active: string;
}

/** The `.env` that Ballast reads, and what would change in it, with every key masked. */
export function EnvTarget({ path, onChoose, preview, active }: EnvTargetProps) {
  const { value, failure } = preview;
  return (
    <Card
      title="Ballast’s .env"
      aside={
        value && (
          <StateBadge tone={value.upToDate ? 'good' : 'warn'}>
            {value.upToDate
              ? 'Holds the active key'
              : value.holds
                ? 'Holds another key'
                : 'Holds no known key'}
          </StateBadge>
        )
      }
    >
      <div className={styles.target}>
        <FileField
          label="File"
          purpose="open-env"
          value={path}
          onChange={onChoose}
          description="Nothing in it changes but the value of ENCRYPTION_KEY. It is written as a whole or not at all."
        />
        {failure && <FailureNotice failure={failure} onRetry={() => void preview.reload()} />}
        {value && !value.upToDate && <MaskedDiff diff={value.diffMasked} />}
        {value?.upToDate && (
          <p className={styles.dim}>
            {value.variable} in this file is the key <code>{active}</code>. There is nothing to write.
          </p>
        )}
      </div>
    </Card>
  );
}

function MaskedDiff({ diff }: { readonly diff: string }) {
  return (
    <figure className={styles.diff}>
      <figcaption>What will change; the keys are masked by their fingerprints</figcaption>
      <pre>
        {diffLines(diff).map(({ sign, text }, at) => (
          <span key={at} data-sign={sign}>
            <VisuallyHidden>{sign === '-' ? 'removed: ' : sign === '+' ? 'added: ' : ''}</VisuallyHidden>
            {sign} {text}
            {'\n'}
          </span>
        ))}
      </pre>
    </figure>
  );
}
