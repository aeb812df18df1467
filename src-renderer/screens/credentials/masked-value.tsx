import type { ReactNode } from 'react';
import type { CredentialAddress } from '#contract/credentials';
import { asSentence } from '../../components/format.ts';
import { HoldButton } from '../../components/secrets/hold-button.tsx';
import { useReveal } from '../../components/secrets/use-reveal.ts';
import { useClient } from '../../use-client.ts';
import styles from './credentials.module.css';

export interface MaskedValueProps {
  readonly environment: string;
  readonly address: CredentialAddress;
  readonly version: string;
  readonly name: string;
  readonly field?: number;
  readonly action?: ReactNode;
}

/** Held longer than this, it is masked again. */
const maxMs = 30_000;

/** One value of a credential in clear for as long as its button is held. It is never selectable. */
export function MaskedValue({ environment, address, version, name, field, action }: MaskedValueProps) {
  const client = useClient();
  const reveal = useReveal(
    () =>
      client.call('credentials.reveal', {
        environment,
        address,
        version,
        ...(field !== undefined && { field }),
      }),
    { maxMs },
  );
  const text = reveal.shown?.text;
  return (
    <div className={styles.value}>
      <span className={styles.field}>{field === undefined ? 'Value' : name}</span>
      <code className={styles.secret} data-shown={text !== undefined} aria-hidden={text === undefined}>
        {text === undefined ? '•'.repeat(16) : text || '(empty)'}
      </code>
      <div className={styles.actions}>
        <HoldButton label="Hold to show" subject={name} reveal={reveal} />
        {action}
      </div>
      <span role="status" className={styles.trouble}>
        {reveal.reading && 'Keep holding: loading…'}
        {reveal.failure && `${asSentence(reveal.failure.message)} ${asSentence(reveal.failure.remedy)}`}
      </span>
    </div>
  );
}
