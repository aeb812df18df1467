import type { RestoredKey } from '#contract/keys';
import { whoseInWords } from '../../components/known-key-text.ts';
import { Card } from '../../components/layout/card.tsx';
import { Facts } from '../../components/layout/facts.tsx';
import { StateBadge } from '../../components/marks/badge.tsx';
import { Fingerprint } from '../../components/marks/fingerprint.tsx';
import { Notice } from '../../components/notices/notice.tsx';
import { CopySecret } from '../../components/secrets/copy-secret.tsx';
import { useClient } from '../../use-client.ts';
import styles from './restore.module.css';

export interface RestoredKeyCardProps {
  readonly restored: RestoredKey;
  /** Some database is connected: its Key screen can take the key. */
  readonly hasEnvironments: boolean;
}

/** A key that is in memory alone: what is known of it, and what is not. */
export function RestoredKeyCard({ restored, hasEnvironments }: RestoredKeyCardProps) {
  const client = useClient();
  const { fingerprint, from, weak, known } = restored;
  return (
    <>
      <Notice
        live
        tone="info"
        title={
          hasEnvironments
            ? 'The key was restored. It was not checked against a database.'
            : 'The key was restored. There is no database to check it against.'
        }
        remedy={`Compare its fingerprint with your emergency sheet, and ${hasEnvironments ? 'import it on the Key screen of its environment, or connect its database' : 'connect the database'}. An empty one is enough until its dump is loaded.`}
      >
        The backup is readable and contains a key. Only decrypting your credentials will show whether they are
        encrypted with that key.
      </Notice>
      {weak && (
        <Notice
          tone="warn"
          title="This is the example key of Ballast’s documentation, or as easy to guess."
          remedy="Rotate to a key of your own once the database is connected."
        />
      )}
      <Card
        title={<Fingerprint value={fingerprint} />}
        aside={<StateBadge tone="accent">Unproven</StateBadge>}
      >
        <div className={styles.fields}>
          <Facts
            facts={[
              { name: 'Restored from', value: from.location },
              { name: 'Known here', value: whoseInWords(known) },
              { name: 'Stored in', value: 'memory, until Keel is locked or closed' },
            ]}
          />
          <div className={styles.actions}>
            <CopySecret copy={() => client.call('restored.copy', {})} />
          </div>
        </div>
      </Card>
    </>
  );
}
