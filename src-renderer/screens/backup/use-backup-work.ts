import { useState } from 'react';
import type { ArtefactName, DrillResult, NewArtefact } from '#contract/backup';
import { emptyHand, givenOf, withoutSecrets } from '../../components/fields/given-artefact.ts';
import { fileName } from '../../components/format.ts';
import { type Operation, useOperation } from '../../use-operation.ts';
import { type Artefact, handFor } from './artefacts.ts';
import type { DrillDraft } from './drill/drill-backup.tsx';
import { type MakeDraft, newArtefactOf } from './make/new-artefact.ts';

export type Mode = 'list' | 'make' | 'drill';

export interface BackupWork {
  readonly create: Operation<'backup.create'>;
  readonly drill: Operation<'backup.drill'>;
  readonly mode: Mode;
  /** Leaves what was begun for a list, a new backup, or a drill. */
  readonly begin: (mode: Mode) => void;
  readonly drilling: DrillDraft;
  readonly setDrilling: (draft: DrillDraft) => void;
  readonly drillAgain: (artefact: Artefact) => void;
  /** What was made last, until another thing is begun. */
  readonly made: { readonly artefact: ArtefactName; readonly files: readonly string[] } | undefined;
  /** What the last drill came to, and of what, unless the screen was left meanwhile. */
  readonly outcome: { readonly result: DrillResult; readonly what: string | undefined } | undefined;
  readonly make: (draft: MakeDraft) => Promise<void>;
  readonly run: () => Promise<void>;
}

/** Making a backup, then drilling it; or drilling one that is there. */
export function useBackupWork(
  environment: string,
  first: { readonly begin: Mode; readonly fingerprint: string },
): BackupWork {
  const create = useOperation('backup.create', environment);
  const drill = useOperation('backup.drill', environment);
  const [mode, setMode] = useState<Mode>(first.begin);
  const [drilling, setDrilling] = useState<DrillDraft>({ fingerprint: first.fingerprint, hand: emptyHand });
  const [made, setMade] = useState<BackupWork['made']>();
  const [what, setWhat] = useState<string>();

  const begin = (next: Mode) => {
    create.forget();
    drill.forget();
    setMade(undefined);
    setDrilling({ fingerprint: first.fingerprint, hand: emptyHand });
    setMode(next);
  };

  const make = async (draft: MakeDraft) => {
    const asked = newArtefactOf(draft);
    if ('missing' in asked) return;
    const { fingerprint } = draft;
    const { artefact } = asked;
    const result = await create.start({ environment, fingerprint, artefact });
    if (!result.ok) return;
    const { files, artefact: name } = result.value;
    const hand = handAfter(artefact, name);
    const shares = name.artefact === 'shares' ? files.map((path) => ({ id: path, path })) : [];
    // secrets are typed again for the drill: that they were kept right is part of what is proven
    setDrilling({ fingerprint, artefact: name, hand: { ...hand, shares } });
    setMade(result.value);
    setMode('drill');
  };

  const run = async () => {
    const hand = givenOf(drilling.hand);
    if ('missing' in hand) return;
    const { fingerprint, artefact } = drilling;
    setWhat(whatIsDrilled(drilling));
    const result = await drill.start({
      environment,
      fingerprint,
      from: hand.from,
      ...(artefact && { artefact }),
    });
    // what nearly fits is corrected rather than typed again
    const keeps = result.ok && result.value.result === 'invalid' && hand.from.from === 'words';
    if (!keeps) setDrilling((before) => ({ ...before, hand: withoutSecrets(before.hand) }));
    if (result.ok && result.value.result === 'correct') setMode('list');
  };

  return {
    create,
    drill,
    mode,
    begin,
    drilling,
    setDrilling,
    drillAgain(artefact) {
      begin('drill');
      const { fingerprint, artefact: form, location } = artefact;
      setDrilling({ fingerprint, artefact: { artefact: form, location }, hand: handFor(artefact) });
    },
    made,
    outcome: drill.outcome?.ok === true ? { result: drill.outcome.value, what } : undefined,
    make,
    run,
  };
}

/** What the drill of something that was just made asks for. */
function handAfter(artefact: NewArtefact, name: ArtefactName) {
  const paper = artefact.form === 'paper' ? artefact.content.kind : 'sealed';
  const opensBy = artefact.form === 'recipients' ? 'identity' : paper === 'sealed' ? 'passphrase' : paper;
  return handFor({ ...name, fingerprint: '', state: 'active', made: { ...name, madeAt: '', opensBy } });
}

/** For sentences, like `acme.age and its passphrase`, `the words`. */
function whatIsDrilled({ hand }: DrillDraft): string {
  const name = hand.path === undefined ? 'the file' : fileName(hand.path);
  switch (hand.kind) {
    case 'file':
      return `${name} and its passphrase`;
    case 'identity':
      return `${name} and the identity`;
    case 'words':
      return 'the words';
    case 'words-file':
      return name;
    case 'photo':
      return `${name} and the passphrase`;
    case 'shares':
      return 'the shares';
  }
}
