import { NativeSelect } from '@mantine/core';
import type { FormEvent } from 'react';
import type { KeyEntry } from '#contract/keys';
import { Card } from '../../components/card.tsx';
import { FileField } from '../../components/file-field.tsx';
import { Fingerprint } from '../../components/fingerprint.tsx';
import { PassphraseField } from '../../components/passphrase-field.tsx';
import styles from './backup.module.css';

/** What is drilled. */
export interface DrillDraft {
  /** The key that the file should give back. */
  readonly fingerprint: string;
  readonly path?: string;
  readonly passphrase: string;
}

export const drillFormId = 'drill-backup';

export interface DrillBackupProps {
  readonly draft: DrillDraft;
  /** The keys that a file may hold. */
  readonly keys: readonly KeyEntry[];
  readonly onChange: (change: Partial<DrillDraft>) => void;
  readonly onSubmit: () => void;
}

/** Restoring a key as if everything else were lost: from the file and the passphrase, typed anew. */
export function DrillBackup({ draft, keys, onChange, onSubmit }: DrillBackupProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (missingInDrill(draft) === undefined) onSubmit();
  };
  return (
    <form id={drillFormId} onSubmit={submit}>
      <Card title="The drill">
        <div className={styles.fields}>
          <p className={styles.quiet}>
            Keel restores the key from this file and the passphrase, and from nothing else, and compares it
            with <Fingerprint value={draft.fingerprint} copyable={false} />. Take the copy that you would use,
            and type the passphrase from where you keep it.
          </p>
          {keys.length > 1 && (
            <NativeSelect
              label="Key that it should give back"
              data={keys.map(({ fingerprint, state }) => ({
                value: fingerprint,
                label: `${fingerprint}, ${state}`,
              }))}
              value={draft.fingerprint}
              onChange={(event) => onChange({ fingerprint: event.currentTarget.value })}
            />
          )}
          <FileField
            label="age file"
            purpose="open-age"
            value={draft.path}
            onChange={(path) => onChange({ path })}
          />
          <PassphraseField
            label="Its passphrase"
            value={draft.passphrase}
            onChange={(passphrase) => onChange({ passphrase })}
          />
        </div>
      </Card>
      <button type="submit" hidden />
    </form>
  );
}

/** What is still missing, as the status line says it. */
export function missingInDrill({ path, passphrase }: DrillDraft): string | undefined {
  if (path === undefined) return 'Choose the file to restore from';
  return passphrase === '' ? 'Type the passphrase again' : undefined;
}
