import { Checkbox, Radio } from '@mantine/core';
import type { AppState } from '#contract/app';
import { asSentence } from '../../components/format.ts';
import { NewPassphrase } from '../../components/fields/new-passphrase.tsx';
import { Notice } from '../../components/notices/notice.tsx';
import styles from './connect.module.css';

/** Where secrets of the environment are kept. */
export interface Keeping {
  /** Undefined: not chosen yet, which only happens without a keychain. */
  readonly keyPlace: 'keychain' | 'sealed-file' | undefined;
  readonly rememberPassword: boolean;
  readonly passphrase: string;
  readonly again: string;
}

export interface KeepingFieldsProps {
  readonly keeping: Keeping;
  readonly onChange: (keeping: Keeping) => void;
  readonly keychain: AppState['keychain'];
  readonly hasPassword: boolean;
}

/** Keychain or sealed file, said openly where there is no keychain; and whether the password is remembered. */
export function KeepingFields({ keeping, onChange, keychain, hasPassword }: KeepingFieldsProps) {
  return (
    <>
      <Radio.Group
        label="Where keys are kept"
        value={keeping.keyPlace ?? null}
        onChange={(place) => onChange({ ...keeping, keyPlace: place as 'keychain' | 'sealed-file' })}
      >
        <div className={styles.choices}>
          <Radio
            value="keychain"
            disabled={!keychain.works}
            label="In the keychain of this system"
            description={
              keychain.works
                ? 'Guarded by your login; nothing to type.'
                : 'There is none that answers, so it cannot be chosen.'
            }
          />
          <Radio
            value="sealed-file"
            label="In a file sealed under a passphrase"
            description="An age file in Keel’s folder. Its passphrase is asked for once a session, and nobody can recover it."
          />
        </div>
      </Radio.Group>
      {!keychain.works && (
        <Notice
          tone="warn"
          title="No keychain answers on this machine."
          remedy="Choose the sealed file, or unlock or install a keychain and open Keel again."
        >
          {keychain.why !== undefined && asSentence(keychain.why)}
        </Notice>
      )}
      {keeping.keyPlace === 'sealed-file' && (
        <NewPassphrase
          label="Passphrase of the sealed file"
          value={keeping.passphrase}
          again={keeping.again}
          onChange={(passphrase, again) => onChange({ ...keeping, passphrase, again })}
        />
      )}
      {hasPassword && (
        <Checkbox
          label="Remember the database’s password in the keychain"
          description={
            keychain.works
              ? 'Without it, the password is asked for once a session.'
              : 'Not possible without a keychain: the password is asked for once a session.'
          }
          disabled={!keychain.works}
          checked={keychain.works && keeping.rememberPassword}
          onChange={(event) => onChange({ ...keeping, rememberPassword: event.currentTarget.checked })}
        />
      )}
    </>
  );
}

/** What is still missing, as the status line says it. */
export function missingInKeeping(
  { keyPlace, passphrase, again }: Keeping,
  least: number,
): string | undefined {
  if (keyPlace === undefined) return 'Choose where keys are kept';
  if (keyPlace === 'keychain') return undefined;
  if (passphrase.length < least) return `The passphrase needs at least ${least} characters`;
  return passphrase === again ? undefined : 'Type the passphrase a second time, the same';
}
