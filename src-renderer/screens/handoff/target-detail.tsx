import { Button, VisuallyHidden } from '@mantine/core';
import type { HandoffChange, HandoffTarget, NamedTarget } from '#contract/handoff';
import { StateBadge } from '../../components/marks/badge.tsx';
import { Card } from '../../components/layout/card.tsx';
import { Notice } from '../../components/notices/notice.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { Loading } from '../../components/notices/loading.tsx';
import { PassphraseField } from '../../components/fields/passphrase-field.tsx';
import type { Called } from '../../use-call.ts';
import styles from './handoff.module.css';
import { diffLines } from './masked-diff.ts';
import { targetKinds } from './target-text.ts';

export interface TargetDetailProps {
  readonly target: HandoffTarget;
  readonly named: NamedTarget | undefined;
  readonly preview: Called<HandoffChange>;
  readonly active: string;
  readonly token: string;
  readonly onToken: (token: string) => void;
  /** The token is complete. */
  readonly onLook: () => void;
  readonly onTakeBack: () => void;
  readonly onForget: () => void;
  readonly busy: boolean;
}

/** One place: what stands there now and what would change, with every key masked. */
export function TargetDetail(props: TargetDetailProps) {
  const { target, named, preview, active, token, onToken, busy } = props;
  const { value, failure } = preview;
  const mayTakeBack = named?.given?.fingerprint === active && value?.upToDate === true;
  return (
    <Card
      title={targetKinds[target.kind].name}
      aside={
        value && (
          <StateBadge tone={value.upToDate ? 'good' : 'warn'}>
            {value.upToDate ? 'Has the active key' : value.holds ? 'Has a different key' : 'Has no known key'}
          </StateBadge>
        )
      }
      {...(named && {
        footer: (
          <div className={styles.actions}>
            {mayTakeBack && (
              <Button variant="default" disabled={busy} onClick={props.onTakeBack}>
                Revert
              </Button>
            )}
            <Button variant="default" disabled={busy} onClick={props.onForget}>
              Remove destination
            </Button>
          </div>
        ),
        calm: true,
      })}
    >
      <div className={styles.target}>
        <p className={styles.place}>{named?.where ?? whereOf(target)}</p>
        <p className={styles.dim}>{targetKinds[target.kind].about}</p>
        {target.kind === 'vault' && (
          <form
            className={styles.token}
            onSubmit={(event) => {
              event.preventDefault();
              props.onLook();
            }}
          >
            <PassphraseField
              label="Token"
              description="Needs read and update permission for the secret. It is used only for this and not stored."
              value={token}
              onChange={onToken}
            />
            <Button type="submit" variant="default" disabled={token === ''} loading={preview.loading}>
              Read the secret
            </Button>
          </form>
        )}
        {preview.loading && target.kind !== 'vault' && (
          <Loading what="the key at this place" heights={[64]} />
        )}
        {failure && <FailureNotice failure={failure} onRetry={() => void preview.reload()} />}
        {value?.cautions.map((caution) => (
          <Notice key={caution} tone="warn" title={caution} />
        ))}
        {value && !value.upToDate && <MaskedDiff diff={value.diffMasked} />}
        {value?.upToDate && (
          <p className={styles.dim}>
            The key there is <code>{active}</code>. There is nothing to write.
          </p>
        )}
      </div>
    </Card>
  );
}

function whereOf(target: HandoffTarget): string {
  if (target.kind === 'vault') return `${target.mount}/${target.path} at ${target.address}`;
  if (target.kind === 'yaml-value' || target.kind === 'sops-file')
    return `${target.path}, ${target.at.join('.')}`;
  if (target.kind === 'aws-secret') return target.id;
  if (target.kind === 'azure-secret') return `${target.vault}/${target.name}`;
  if (target.kind === 'one-password') return `op://${target.vault}/${target.item}/${target.field}`;
  return 'path' in target ? target.path : target.name;
}

function MaskedDiff({ diff }: { readonly diff: string }) {
  return (
    <figure className={styles.diff}>
      <figcaption>What will change; keys are shown as fingerprints</figcaption>
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
