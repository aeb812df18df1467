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
        label="Store keys in"
        value={keeping.keyPlace ?? null}
        onChange={(place) => onChange({ ...keeping, keyPlace: place as 'keychain' | 'sealed-file' })}
      >
        <div className={styles.choices}>
          <Radio
            value="keychain"
            disabled={!keychain.works}
            label="System keychain"
            description={
              keychain.works
                ? 'Protected by your login; no passphrase to enter.'
                : 'No keychain responds, so it cannot be chosen.'
            }
          />
          <Radio
            value="sealed-file"
            label="Encrypted key file"
            description="An age file in Keel’s data folder, encrypted with a passphrase. You enter the passphrase once per session; it cannot be recovered."
          />
        </div>
      </Radio.Group>
      {!keychain.works && (
        <Notice
          tone="warn"
          title="No system keychain is available."
          remedy="Choose the encrypted key file, or unlock or install a keychain and restart Keel."
        >
          {keychain.why !== undefined && asSentence(keychain.why)}
        </Notice>
      )}
      {keeping.keyPlace === 'sealed-file' && (
        <NewPassphrase
          label="Passphrase for the encrypted key file"
          value={keeping.passphrase}
          again={keeping.again}
          onChange={(passphrase, again) => onChange({ ...keeping, passphrase, again })}
        />
      )}
      {hasPassword && (
        <Checkbox
          label="Remember the password in the keychain"
          description={
            keychain.works
              ? 'Otherwise, you enter the password once per session.'
              : 'Needs a keychain. Without one, you enter the password once per session.'
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
  if (keyPlace === undefined) return 'Choose where to store keys';
  if (keyPlace === 'keychain') return undefined;
  if (passphrase.length < least) return `The passphrase needs at least ${least} characters`;
  return passphrase === again ? undefined : 'Confirm the passphrase';
}
