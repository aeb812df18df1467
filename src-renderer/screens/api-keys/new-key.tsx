import { Button, Group } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { NewApiKey } from '#contract/api-keys';
import type { EnvironmentCard } from '#contract/environments';
import { CopySecret } from '../../components/secrets/copy-secret.tsx';
import { Dialog } from '../../components/layout/dialog.tsx';
import { asSentence } from '../../components/format.ts';
import { Notice } from '../../components/notices/notice.tsx';
import { HoldToShow } from '../../components/secrets/hold-to-show.tsx';
import { useReveal } from '../../components/secrets/use-reveal.ts';
import { useClient } from '../../use-client.ts';
import styles from './api-keys.module.css';

export interface NewKeyProps {
  readonly environment: EnvironmentCard;
  readonly fresh: NewApiKey;
}

/** `bk_` and 43 characters. */
const keyLength = 46;

/** The one time that a key can be had. It stays until it is put away: Esc must not lose it. */
export function NewKey({ environment, fresh }: NewKeyProps) {
  const client = useClient();
  const ticket = { environment: environment.id, ticket: fresh.ticket };
  const reveal = useReveal(() => client.call('apiKeys.reveal', ticket));
  const [taken, setTaken] = useState(false);
  const key = reveal.shown?.key;

  useEffect(() => {
    if (key !== undefined) setTaken(true);
  }, [key]);

  return (
    <Dialog
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={`Copy “${fresh.label}” now`}
      size="lg"
    >
      <div className={styles.fields}>
        {fresh.unsettled ? (
          <Notice
            tone="warn"
            title={asSentence(fresh.unsettled.message)}
            remedy={asSentence(fresh.unsettled.remedy)}
          >
            Keel keeps the key in memory until you close this or Keel locks. After that, it cannot be shown
            again.
          </Notice>
        ) : (
          <p>
            The database stores its hash. Keel keeps the key itself in memory until you close this or Keel
            locks. After that, it cannot be shown again.
            {fresh.replaced !== undefined && ` The key it replaces, ${fresh.replaced}, is revoked.`}
          </p>
        )}
        <div className={styles.actions}>
          <CopySecret
            primary
            environment={environment}
            copy={() => client.call('apiKeys.copy', ticket)}
            onCopied={() => setTaken(true)}
          />
        </div>
        <HoldToShow label="Hold to show the key" reveal={reveal}>
          <code className={styles.key} data-shown={key !== undefined} aria-hidden={key === undefined}>
            {key ?? '•'.repeat(keyLength)}
          </code>
        </HoldToShow>
        <Group justify="flex-end" gap="xs">
          <Button
            {...(taken ? {} : { variant: 'default' })}
            onClick={() => void client.call('apiKeys.discard', ticket)}
          >
            {taken ? 'I have saved the key' : 'Close without copying'}
          </Button>
        </Group>
      </div>
    </Dialog>
  );
}
