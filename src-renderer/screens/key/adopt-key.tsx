import { Button, SegmentedControl } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import type { KeySource } from '#contract/keys';
import type { Failure } from '#contract/shapes';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { FileField } from '../../components/fields/file-field.tsx';
import { emptyHand, type GivenDraft, givenOf } from '../../components/fields/given-artefact.ts';
import { GivenArtefactFields } from '../../components/fields/given-artefact-fields.tsx';
import { Fingerprint } from '../../components/marks/fingerprint.tsx';
import { PassphraseField } from '../../components/fields/passphrase-field.tsx';
import { isUnlockable } from '../../components/notices/missing-secrets.ts';
import { anyChange, useCall } from '../../use-call.ts';
import { useClient } from '../../use-client.ts';
import styles from './key.module.css';

export interface Adopted {
  readonly fingerprint: string;
  /** It was in the ring before. */
  readonly known: boolean;
  /** Everyone knows it. */
  readonly weak: boolean;
}

export interface AdoptKeyProps {
  readonly environment: EnvironmentCard;
  /** One came to restore a key from a backup. */
  readonly restores?: boolean;
  readonly onAdopted: (adopted: Adopted) => void;
  /** Offered where the form can be left. */
  readonly onCancel?: () => void;
}

type Kind = Exclude<KeySource['kind'], 'key-file'>;

const restoredKind = { value: 'restored', label: 'Restored key' } as const;

const kinds: { readonly value: Kind; readonly label: string }[] = [
  { value: 'env-file', label: 'Import from .env' },
  { value: 'artefact', label: 'Restore from a backup' },
  { value: 'typed', label: 'Type or paste' },
];

/** Takes a key that exists already into the ring: from the application's own file, from a backup, or by hand. */
export function AdoptKey({ environment, restores = false, onAdopted, onCancel }: AdoptKeyProps) {
  const client = useClient();
  const { application } = environment;
  const restored = useCall('restored.state', {}, { reloadOn: anyChange }).value?.key;
  const [chosen, setChosen] = useState<Kind>();
  const kind =
    chosen ?? (restored ? 'restored' : restores ? 'artefact' : hasEnv(application) ? 'env-file' : 'typed');
  const [envPath, setEnvPath] = useState<string>();
  const [hand, setHand] = useState(emptyHand);
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();

  const source = sourceOf(kind, { envPath, hand, text });

  const adopt = async () => {
    if (!source) return;
    setBusy(true);
    setFailure(undefined);
    const result = await client.call('keys.adopt', { environment: environment.id, source });
    setBusy(false);
    if (result.ok) onAdopted(result.value);
    else setFailure(result.error);
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void adopt();
  };

  const choose = (value: string) => {
    setChosen(value as Kind);
    setFailure(undefined);
  };

  return (
    <form className={styles.fields} onSubmit={submit}>
      <SegmentedControl
        fullWidth
        aria-label="Where the key comes from"
        data={[
          ...(restored ? [restoredKind] : []),
          ...kinds.filter(({ value }) => value !== 'env-file' || hasEnv(application)),
        ]}
        value={kind}
        onChange={choose}
      />
      {kind === 'restored' && restored && (
        <p>
          Key <Fingerprint value={restored.fingerprint} />, restored from {restored.from.location}. It is only
          in memory so far.
        </p>
      )}
      {kind === 'env-file' && (
        <FileField
          label={`${application.name}’s .env`}
          description={`Keel reads its ${application.variable} line. The file is not changed, and Keel remembers it for the hand-off.`}
          purpose="open-env"
          value={envPath}
          onChange={setEnvPath}
        />
      )}
      {kind === 'artefact' && (
        <GivenArtefactFields
          draft={hand}
          application={application}
          onChange={(change) => setHand((before) => ({ ...before, ...change }))}
        />
      )}
      {kind === 'typed' && (
        <PassphraseField
          label={application.variable ?? `The key of ${application.name}`}
          description={
            application.id === 'ballast'
              ? '44 base64 characters: everything after the equals sign, without quotes.'
              : `Exactly as ${application.name} reads it: everything after the equals sign, without quotes. A key that it documents is ${application.newKey}.`
          }
          value={text}
          onChange={setText}
        />
      )}
      {failure && (
        <FailureNotice
          failure={failure}
          environment={environment}
          // the button below tries again, but for what has to be typed elsewhere first
          {...(isUnlockable(failure) && { onRetry: () => void adopt() })}
        />
      )}
      <div className={styles.actions}>
        <Button type="submit" loading={busy} disabled={!source}>
          Import key
        </Button>
        {onCancel && (
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
        )}
      </div>
    </form>
  );
}

interface Typed {
  readonly envPath: string | undefined;
  readonly hand: GivenDraft;
  readonly text: string;
}

/** Whether the application reads its key from a variable, and not from a file of its own. */
function hasEnv({ variable }: EnvironmentCard['application']): boolean {
  return variable !== undefined;
}

/** The source as it stands; undefined while something is missing. */
function sourceOf(kind: Kind, { envPath, hand, text }: Typed): KeySource | undefined {
  if (kind === 'restored') return { kind };
  if (kind === 'env-file') return envPath === undefined ? undefined : { kind, path: envPath };
  if (kind === 'typed') return text === '' ? undefined : { kind, text };
  const restored = givenOf(hand);
  return 'from' in restored ? { kind, from: restored.from } : undefined;
}
