import { useClient } from '../../use-client.ts';
import { HoldToShow } from './hold-to-show.tsx';
import styles from './reveal-hold.module.css';
import { useReveal } from './use-reveal.ts';

export interface RevealHoldProps {
  readonly environment: string;
  readonly fingerprint: string;
}

/** A key in clear for as long as the button is held. It is never selectable. */
export function RevealHold({ environment, fingerprint }: RevealHoldProps) {
  const client = useClient();
  const reveal = useReveal(() => client.call('keys.reveal', { environment, fingerprint }));
  const key = reveal.shown?.key;
  return (
    <HoldToShow label="Hold to show the key" reveal={reveal}>
      <code className={styles.key} data-shown={key !== undefined} aria-hidden={key === undefined}>
        {key ?? '•'.repeat(44)}
      </code>
    </HoldToShow>
  );
}
