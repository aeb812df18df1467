import { Button, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ApplicationInBrief } from '#contract/application';
import type { HandoffTarget } from '#contract/handoff';
import { Card } from '../../components/layout/card.tsx';
import { FileField } from '../../components/fields/file-field.tsx';
import styles from './handoff.module.css';
import { draftOf, emptyDraft, isWorded, type TargetDraft, targetOf, textsOfKind } from './target-draft.ts';
import { targetKinds } from './target-text.ts';

export interface NameTargetProps {
  readonly application: ApplicationInBrief;
  readonly onNamed: (target: HandoffTarget) => void;
  /** Absent where there is nothing to go back to. */
  readonly onCancel?: () => void;
}

const kinds = Object.entries(targetKinds).map(([value, { name }]) => ({ value, label: name }));

/** Names a place that the application reads its key from. Nothing is written yet. */
export function NameTarget({ application, onNamed, onCancel }: NameTargetProps) {
  const [draft, setDraft] = useState(() => emptyDraft(application));
  const named = targetOf(draft);
  const set = (change: Partial<TargetDraft>) => setDraft((before) => ({ ...before, ...change }));
  return (
    <Card
      title={`Where does ${application.name} get its key?`}
      footer={
        <div className={styles.actions}>
          <span className={styles.dim} role="status">
            {'missing' in named ? `Still missing: ${named.missing}.` : 'Next, you see what would change.'}
          </span>
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              Cancel
            </Button>
          )}
          <Button disabled={'missing' in named} onClick={() => 'target' in named && onNamed(named.target)}>
            Preview change
          </Button>
        </div>
      }
    >
      <div className={styles.target}>
        <Select
          label="Kind"
          description={targetKinds[draft.kind].about}
          data={kinds}
          value={draft.kind}
          allowDeselect={false}
          onChange={(kind) => kind && setDraft(draftOf(kind as HandoffTarget['kind'], draft, application))}
        />
        {draft.kind === 'vault' ? (
          <VaultFields draft={draft} set={set} application={application} />
        ) : isWorded(draft.kind) ? (
          <WordedFields draft={draft} set={set} />
        ) : (
          <PlainFields draft={draft} set={set} />
        )}
      </div>
    </Card>
  );
}

interface FieldsProps {
  readonly draft: TargetDraft;
  readonly set: (change: Partial<TargetDraft>) => void;
}

const nameLabels = {
  'env-file': 'Variable',
  'compose-file': 'Variable',
  'kubernetes-secret': 'Field in the Secret',
  'systemd-unit': 'Variable',
  'docker-secret': 'Secret name',
  'podman-secret': 'Secret name',
  'systemd-credential': 'Credential name',
} as const;

function PlainFields({ draft, set }: FieldsProps) {
  const { kind } = draft;
  const hasFile = kind !== 'docker-secret' && kind !== 'podman-secret';
  return (
    <>
      {hasFile && (
        <FileField
          label="File"
          purpose={kind === 'systemd-credential' ? 'save-credential' : 'open-handoff'}
          value={draft.path}
          onChange={(path) => set({ path })}
        />
      )}
      {kind !== 'key-file' && kind !== 'vault' && !isWorded(kind) && (
        <TextInput
          label={nameLabels[kind]}
          value={draft.name}
          spellCheck={false}
          maxLength={100}
          onChange={(event) => set({ name: event.currentTarget.value.trim() })}
        />
      )}
      {kind === 'compose-file' && (
        <PartField label="Service, if services have different keys" draft={draft} set={set} />
      )}
      {kind === 'kubernetes-secret' && (
        <div className={styles.pair}>
          <PartField label="Secret name, if there are several" draft={draft} set={set} />
          <TextInput
            label="Namespace, if there are several"
            value={draft.namespace}
            spellCheck={false}
            maxLength={100}
            onChange={(event) => set({ namespace: event.currentTarget.value.trim() })}
          />
        </div>
      )}
    </>
  );
}

/** Fields of the kinds that texts name. */
function WordedFields({ draft, set }: FieldsProps) {
  const { kind } = draft;
  if (!isWorded(kind)) return null;
  return (
    <>
      {(kind === 'yaml-value' || kind === 'sops-file') && (
        <FileField
          label="File"
          purpose="open-handoff"
          value={draft.path}
          onChange={(path) => set({ path })}
        />
      )}
      {textsOfKind[kind].map(({ name, label }) => (
        <TextInput
          key={name}
          label={label}
          value={draft[name]}
          spellCheck={false}
          maxLength={300}
          onChange={(event) => set({ [name]: event.currentTarget.value.trim() })}
        />
      ))}
    </>
  );
}

function PartField({ label, draft, set }: FieldsProps & { readonly label: string }) {
  return (
    <TextInput
      label={label}
      value={draft.part}
      spellCheck={false}
      maxLength={100}
      onChange={(event) => set({ part: event.currentTarget.value.trim() })}
    />
  );
}

function VaultFields({
  draft,
  set,
  application,
}: FieldsProps & { readonly application: ApplicationInBrief }) {
  const text = (
    label: string,
    name: 'address' | 'mount' | 'secretPath' | 'name' | 'namespace',
    hint?: string,
  ) => (
    <TextInput
      label={label}
      value={draft[name]}
      spellCheck={false}
      maxLength={500}
      placeholder={hint}
      onChange={(event) => set({ [name]: event.currentTarget.value.trim() })}
    />
  );
  return (
    <>
      {text('Address', 'address', 'https://vault.example.org:8200')}
      <div className={styles.pair}>
        {text('Engine mount', 'mount', 'secret')}
        {text('Secret path', 'secretPath', `${application.id}/production`)}
        {text('Field', 'name', application.variable)}
        {text('Namespace, if any', 'namespace')}
      </div>
      <FileField
        label="Root certificates, for a private CA"
        purpose="open-certificate"
        value={draft.caFile}
        onChange={(caFile) => set({ caFile })}
      />
    </>
  );
}
