import { type FormEvent, useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import type { KeyEntry } from '#contract/keys';
import { Card } from '../../components/card.tsx';
import { FileField } from '../../components/file-field.tsx';
import { NewPassphrase } from '../../components/new-passphrase.tsx';
import { leastPassphraseLength } from '../../components/passphrase-strength.ts';
import { suggestedFile } from './artefacts.ts';
import styles from './backup.module.css';
import { WhichKey } from './which-key.tsx';

/** What a backup is made from. */
export interface BackupDraft {
  readonly fingerprint: string;
  readonly path?: string;
  readonly passphrase: string;
  readonly again: string;
}

export const makeFormId = 'make-backup';

export interface MakeBackupProps {
  readonly environment: EnvironmentCard;
  readonly candidates: readonly KeyEntry[];
  readonly draft: BackupDraft;
  /** What changed: a file may be chosen while the rest is being typed. */
  readonly onChange: (change: Partial<BackupDraft>) => void;
  readonly onSubmit: () => void;
}

/** A key into an age file under a passphrase: which key, where, and under what. */
export function MakeBackup({ environment, candidates, draft, onChange, onSubmit }: MakeBackupProps) {
  const [day] = useState(() => new Date());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (missingInBackup(draft) === undefined) onSubmit();
  };
  return (
    <form id={makeFormId} onSubmit={submit}>
      <Card title="A new backup">
        <div className={styles.fields}>
          <p className={styles.quiet}>
            An age file: a small text file, sealed under a passphrase. It opens with the age program anywhere,
            without Keel, and is proven only when a drill has restored the key from it.
          </p>
          <WhichKey
            candidates={candidates}
            value={draft.fingerprint}
            onChange={(fingerprint) => onChange({ fingerprint })}
          />
          <FileField
            label="Where to put it"
            description="Best on something that leaves this machine. An existing file is never written over."
            purpose="save-age"
            suggestedName={suggestedFile(environment.name, draft.fingerprint, day)}
            value={draft.path}
            onChange={(path) => onChange({ path })}
          />
          <NewPassphrase
            label="Passphrase of the backup"
            value={draft.passphrase}
            again={draft.again}
            onChange={(passphrase, again) => onChange({ passphrase, again })}
          />
        </div>
      </Card>
      {/* lets Enter submit; the visible button stands in the footer */}
      <button type="submit" hidden />
    </form>
  );
}

/** What is still missing, as the status line says it. */
export function missingInBackup({ path, passphrase, again }: BackupDraft): string | undefined {
  if (path === undefined) return 'Choose where to put the file';
  if (passphrase.length < leastPassphraseLength) {
    return `The passphrase needs at least ${leastPassphraseLength} characters`;
  }
  return passphrase === again ? undefined : 'Type the passphrase a second time, the same';
}
