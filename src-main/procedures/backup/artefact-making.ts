import type { BackupSpec } from '#backup/use-cases/make';
import type { FilePurpose } from '#contract/app';
import type { NewArtefact, NewPassphrase } from '#contract/backup';
import type { Secret } from '#crypto/secret';
import { chosenPassphrase, type SuggestedPassphrases } from './suggested-passphrases.ts';

/** The one path that a dialog must have named before the artefact is made; undefined where nothing is written. */
export function placeOf(
  artefact: NewArtefact,
): { readonly path: string; readonly purpose: FilePurpose } | undefined {
  if (artefact.form === 'words-by-hand') return undefined;
  if (artefact.form === 'shares') return { path: artefact.folder, purpose: 'save-shares' };
  const { path } = artefact;
  if (artefact.form === 'paper') return { path, purpose: paperPurposes[artefact.content.kind] };
  return { path, purpose: purposes[artefact.form] };
}

const purposes = {
  passphrase: 'save-age',
  recipients: 'save-recipients',
  'words-file': 'save-words',
} as const;
const paperPurposes = {
  sealed: 'save-paper',
  words: 'save-paper-words',
  shares: 'save-paper-shares',
} as const;

/** What the window asks for, with the passphrase that was chosen: a copy, which goes with the answer. */
export function specOf(
  artefact: NewArtefact,
  suggested: SuggestedPassphrases,
): Disposable & { readonly spec: BackupSpec } {
  let passphrase: Secret | undefined;
  const taken = (chosen: NewPassphrase) => (passphrase = chosenPassphrase(chosen, suggested));
  const dispose = () => passphrase?.[Symbol.dispose]();
  return { spec: withPassphrase(artefact, taken), [Symbol.dispose]: dispose };
}

function withPassphrase(artefact: NewArtefact, taken: (chosen: NewPassphrase) => Secret): BackupSpec {
  if (artefact.form === 'passphrase') return { ...artefact, passphrase: taken(artefact.passphrase) };
  if (artefact.form !== 'paper') return artefact;
  const { content } = artefact;
  if (content.kind !== 'sealed') return { ...artefact, content };
  return { ...artefact, content: { kind: 'sealed', passphrase: taken(content.passphrase) } };
}
