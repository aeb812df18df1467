import { Card } from '../../components/card.tsx';
import { CopyableText } from '../../components/copyable-text.tsx';
import styles from './backup.module.css';
import { fileName } from './drill-words.ts';

/** How to get the key back on a machine that has no Keel. */
export function WithoutKeel({ file }: { readonly file: string | undefined }) {
  const command = `age --decrypt ${file === undefined ? 'FILE.age' : quoted(fileName(file))}`;

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
              <CopyableText text={command} what="the command" />
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
  return /^\w[\w.-]*$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}
