import { Button, Input } from '@mantine/core';
import { useState } from 'react';
import { asSentence } from '../../../components/format.ts';
import { HoldToShow } from '../../../components/secrets/hold-to-show.tsx';
import { useReveal } from '../../../components/secrets/use-reveal.ts';
import { useClient } from '../../../use-client.ts';
import styles from '../backup.module.css';
import type { SuggestedPassphrase as Suggested } from './new-artefact.ts';

export interface SuggestedPassphraseProps {
  readonly suggested: Suggested;
  readonly onAnother: () => void;
  readonly onTypeOwn: () => void;
}

/** Long enough to write words down with the other hand. */
const writingMs = 120_000;

/** A passphrase of random words that only the main process holds: shown while held, or copied for a password manager. */
export function SuggestedPassphrase({ suggested, onAnother, onTypeOwn }: SuggestedPassphraseProps) {
  const { suggestion, words, bits } = suggested;
  const client = useClient();
  const reveal = useReveal(() => client.call('passphrase.reveal', { suggestion }), { maxMs: writingMs });
  const [said, setSaid] = useState('');

  const copy = async () => {
    const result = await client.call('passphrase.copy', { suggestion });
    setSaid(
      result.ok
        ? `Copied. The clipboard is cleared in ${result.value.clearsInSeconds} s`
        : asSentence(result.error.message),
    );
  };

  return (
    <Input.Wrapper
      label="Backup passphrase"
      labelElement="div"
      description={`${words} random words, ${bits} bits. Write them down or save them in a password manager now: the test restore asks for them, and Keel forgets them when it locks.`}
    >
      <div className={styles.suggestion}>
        <HoldToShow label="Hold to show the passphrase" reveal={reveal}>
          <code className={styles.secret} aria-hidden={reveal.shown === undefined}>
            {reveal.shown?.passphrase ?? Array.from({ length: words }, () => '•••••').join(' ')}
          </code>
        </HoldToShow>
        <div className={styles.inline}>
          <Button variant="default" onClick={() => void copy()}>
            Copy passphrase
          </Button>
          <Button variant="default" onClick={onAnother}>
            Suggest another
          </Button>
          <Button variant="default" onClick={onTypeOwn}>
            Enter my own
          </Button>
          <span role="status" className={styles.small}>
            {said}
          </span>
        </div>
      </div>
    </Input.Wrapper>
  );
}
