import { NativeSelect } from '@mantine/core';
import type { ApplicationInBrief } from '#contract/application';
import { onlyAsFile } from '../application-text.ts';
import { FileField } from './file-field.tsx';
import type { GivenDraft, GivenKind } from './given-artefact.ts';
import { PassphraseField } from './passphrase-field.tsx';
import { ShareFields } from './share-fields.tsx';
import { WordFields } from './word-fields.tsx';

const kinds: readonly { readonly value: GivenKind; readonly label: string }[] = [
  { value: 'file', label: 'An age file and its passphrase' },
  { value: 'identity', label: 'An age file and an identity file' },
  { value: 'words', label: '24 recovery words, typed' },
  { value: 'words-file', label: 'Recovery words in a file' },
  { value: 'shares', label: 'Shares' },
  { value: 'photo', label: 'A photo or scan of the paper kit’s QR code' },
];

const fileKinds: ReadonlySet<GivenKind> = new Set(['file', 'identity']);

export interface GivenArtefactFieldsProps {
  readonly draft: GivenDraft;
  readonly onChange: (change: Partial<GivenDraft>) => void;
  /** Whose key it is; without it any form is offered. */
  readonly application?: ApplicationInBrief | undefined;
  /** Of a listed artefact, what it is has been settled. */
  readonly isSettled?: boolean;
}

/** What a key is restored from: the form of the artefact, and what that form asks for. */
export function GivenArtefactFields({
  draft,
  onChange,
  application,
  isSettled = false,
}: GivenArtefactFieldsProps) {
  const { kind, path, passphrase, identity, words, shares } = draft;
  const asFile = application && onlyAsFile(application);
  const isAge = kind === 'file' || kind === 'identity';
  return (
    <>
      {!isSettled && (
        <NativeSelect
          label="What do you have?"
          data={kinds.filter(({ value }) => asFile === undefined || fileKinds.has(value))}
          description={asFile}
          value={kind}
          onChange={(event) => onChange({ kind: event.currentTarget.value as GivenKind })}
        />
      )}
      {isAge && (
        <FileField
          label="age file"
          purpose="open-age"
          value={path}
          onChange={(chosen) => onChange({ path: chosen })}
        />
      )}
      {kind === 'photo' && (
        <FileField
          label="Photo or scan"
          description="A PNG, JPEG or PDF that shows the whole code. It is read on this machine."
          purpose="open-photo"
          value={path}
          onChange={(chosen) => onChange({ path: chosen })}
        />
      )}
      {(kind === 'file' || kind === 'photo') && (
        <PassphraseField
          label="Passphrase for this file"
          value={passphrase}
          onChange={(typed) => onChange({ passphrase: typed })}
        />
      )}
      {kind === 'identity' && (
        <FileField
          label="Identity file"
          description="The file that age-keygen wrote. It contains a line AGE-SECRET-KEY-1…"
          purpose="open-identity"
          value={identity}
          onChange={(chosen) => onChange({ identity: chosen })}
        />
      )}
      {kind === 'words' && <WordFields words={words} onChange={(typed) => onChange({ words: typed })} />}
      {kind === 'words-file' && (
        <FileField
          label="Recovery words file"
          purpose="open-words"
          value={path}
          onChange={(chosen) => onChange({ path: chosen })}
        />
      )}
      {kind === 'shares' && (
        <>
          <ShareFields shares={shares} onChange={(next) => onChange({ shares: next })} />
          <PassphraseField
            label="Passphrase for the shares, if any"
            description="Keel sets none. If another tool made the shares with a passphrase, restoring without it gives a different key."
            value={passphrase}
            onChange={(typed) => onChange({ passphrase: typed })}
          />
        </>
      )}
    </>
  );
}
