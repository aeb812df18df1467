import { ActionIcon } from '@mantine/core';
import { useState } from 'react';
import { Card } from '../../components/card.tsx';
import { Icon } from '../../components/icon.tsx';
import { useClient } from '../../use-client.ts';
import styles from './backup.module.css';
import { fileName } from './drill-words.ts';

/** How to get the key back on a machine that has no Keel. */
export function WithoutKeel({ file }: { readonly file: string | undefined }) {
  const client = useClient();
  const [copied, setCopied] = useState(false);
  const command = `age --decrypt ${file === undefined ? 'FILE.age' : quoted(fileName(file))}`;

  const copy = async () => {
    const result = await client.call('clipboard.write', { text: command });
    setCopied(result.ok);
  };

  return (
    <Card title="To restore it without Keel">
      <div className={styles.fields}>
        <ol className={styles.steps}>
          <li>
            Install <code>age</code>: most distributions and Homebrew have it, and age-encryption.org.
          </li>
          <li>
            Run this beside the file, and type the passphrase:
            <div className={styles.command}>
              <code>{command}</code>
              <ActionIcon
                variant="subtle"
                color="accent"
                aria-label={copied ? 'The command was copied' : 'Copy the command'}
                onClick={() => void copy()}
              >
                <Icon name={copied ? 'done' : 'copy'} size={15} />
              </ActionIcon>
            </div>
          </li>
          <li>
            The line <code>ENCRYPTION_KEY=…</code> that it prints is what Ballast’s .env needs.
          </li>
        </ol>
      </div>
    </Card>
  );
}

function quoted(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}
