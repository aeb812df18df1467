import { Textarea } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { FilePurpose } from '#contract/app';
import type { EnvironmentCard } from '#contract/environments';
import type { KeyEntry } from '#contract/keys';
import { Card } from '../../../components/layout/card.tsx';
import { FileField } from '../../../components/fields/file-field.tsx';
import { suggestedFile } from '../artefacts.ts';
import styles from '../backup.module.css';
import { ChooseForm } from './choose-form.tsx';
import { Holders } from './holders.tsx';
import { type FormId, type MakeDraft, newArtefactOf } from './new-artefact.ts';
import { PaperChoice } from './paper-choice.tsx';
import { PassphraseChoice } from './passphrase-choice.tsx';
import { WhichKey } from './which-key.tsx';
import { WordsChoice } from './words-choice.tsx';

export const makeFormId = 'make-backup';

export interface MakeBackupProps {
  readonly environment: EnvironmentCard;
  readonly candidates: readonly KeyEntry[];
  readonly draft: MakeDraft;
  /** What changed: a file may be chosen while the rest is being typed. */
  readonly onChange: (change: Partial<MakeDraft>) => void;
  readonly onSubmit: () => void;
}

const places: Readonly<Record<FormId, { purpose: FilePurpose; ending: string; description: string }>> = {
  passphrase: {
    purpose: 'save-age',
    ending: '.age',
    description: 'Best kept away from this machine. An existing file is never overwritten.',
  },
  recipients: {
    purpose: 'save-recipients',
    ending: '.age',
    description: 'Best kept away from this machine. An existing file is never overwritten.',
  },
  words: {
    purpose: 'save-words',
    ending: '-words.txt',
    description: 'The file contains the key in plain text: choose a medium that you lock away.',
  },
  paper: {
    purpose: 'save-paper',
    ending: '.pdf',
    description: 'For printing. An existing file is never overwritten.',
  },
  shares: {
    purpose: 'save-shares',
    ending: '-shares',
    description:
      'Creates a folder with this name and one file per holder. Hand them out, and keep no two together.',
  },
};

const paperPurposes = {
  sealed: 'save-paper',
  words: 'save-paper-words',
  shares: 'save-paper-shares',
} as const satisfies Readonly<Record<MakeDraft['paper'], FilePurpose>>;

/** A key into a backup: which key, in which form, where, and what that form asks for. */
export function MakeBackup({ environment, candidates, draft, onChange, onSubmit }: MakeBackupProps) {
  const [day] = useState(() => new Date());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if ('artefact' in newArtefactOf(draft)) onSubmit();
  };
  const { form } = draft;
  const { purpose, ending, description } = places[form];
  const writes = form !== 'words' || draft.wordsBy === 'file';
  return (
    <form id={makeFormId} onSubmit={submit} className={styles.fields}>
      <ChooseForm
        application={environment.application}
        value={form}
        onChange={(next) => onChange({ form: next, path: undefined })}
      />
      <Card title="New backup">
        <div className={styles.fields}>
          <WhichKey
            candidates={candidates}
            value={draft.fingerprint}
            // a place is chosen for one key
            onChange={(fingerprint) => onChange({ fingerprint, path: undefined })}
          />
          {form === 'words' && <WordsChoice environment={environment} draft={draft} onChange={onChange} />}
          {form === 'paper' && <PaperChoice draft={draft} onChange={onChange} />}
          {(form === 'shares' || (form === 'paper' && draft.paper === 'shares')) && (
            <Holders draft={draft} onChange={onChange} />
          )}
          {writes && (
            <FileField
              label="Save to"
              description={description}
              purpose={form === 'paper' ? paperPurposes[draft.paper] : purpose}
              writes={draft.fingerprint}
              suggestedName={suggestedFile(environment.name, draft.fingerprint, day, ending)}
              value={draft.path}
              onChange={(path) => onChange({ path })}
            />
          )}
          {(form === 'passphrase' || (form === 'paper' && draft.paper === 'sealed')) && (
            <PassphraseChoice draft={draft} onChange={onChange} />
          )}
          {form === 'recipients' && (
            <Textarea
              label="Public keys"
              description="One per line, as age-keygen prints them: age1… Anyone with the identity for one of them can decrypt the file."
              rows={3}
              spellCheck={false}
              value={draft.recipients}
              onChange={(event) => onChange({ recipients: event.currentTarget.value })}
            />
          )}
        </div>
      </Card>
      {/* lets Enter submit; the visible button stands in the footer */}
      <button type="submit" hidden />
    </form>
  );
}
