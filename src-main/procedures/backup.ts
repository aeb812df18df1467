import { dirname } from 'node:path';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { drillArtefact } from '#backup/drill';
import { toRecoveryWords } from '#backup/recovery-words';
import type { ArtefactInHand, ArtefactName, DrillResult } from '#contract/backup';
import type { KeyEntry } from '#keyring/key-entry';
import { pathsOf, takeInHand } from './artefact-in-hand.ts';
import { makeArtefact, placeOf } from './artefact-making.ts';
import { allowReveal } from './allow-reveal.ts';
import type { Implementations } from './implementations.ts';
import { whoseKey } from './known-keys.ts';
import type { Native } from './native.ts';
import { noteEffect, type NoteActivity } from './note-activity.ts';
import { chosenPassphrase, type SuggestedPassphrases } from './suggested-passphrases.ts';
import { inWindowWords } from './window-words.ts';
import type { Workspaces } from './workspaces.ts';

export interface BackupPorts {
  readonly workspaces: Workspaces;
  readonly native: Native;
  readonly suggested: SuggestedPassphrases;
  readonly note: NoteActivity;
  readonly changed: () => void;
  /** Throws `file-not-chosen` for a path that no native dialog named. */
  readonly assertChosen: (path: string) => void;
  /** Whether a secret may be shown at this moment. */
  readonly isGestureHeld: () => boolean;
}

type Names = `backup.${'create' | 'drill' | 'forget'}` | `words.${'list' | 'reveal'}`;

const outcomes = { correct: 'gave the key back', wrong: 'gave another key', invalid: 'gave no key' };

/** Artefacts of a key, and the drills that prove them. What was made is remembered before a drill has proven it, and after. */
export function backupProcedures(ports: BackupPorts): Pick<Implementations, Names> {
  const { workspaces, suggested, note, changed, assertChosen } = ports;
  return {
    async 'backup.create'({ environment, fingerprint, artefact }, { progress }) {
      const place = placeOf(artefact);
      if (place !== undefined) assertChosen(place);
      using workspace = await workspaces.open(environment);
      const { keyRing } = await workspace.openKeys();
      progress('reading the key', 0);
      using key = await keyRing.load(fingerprint);
      progress('making it', 0);
      const { made, files } = await makeArtefact(key, artefact, {
        notes: { environment: workspace.settings.name, createdAt: new Date() },
        passphraseOf: (chosen) => chosenPassphrase(chosen, suggested),
      });
      await keyRing.recordMade(fingerprint, made);
      await noteEffect(note, {
        environment,
        action: 'backup made',
        detail: made.location,
        outcome: 'done',
        fingerprint,
      });
      changed();
      return { artefact: { artefact: made.artefact, location: made.location }, files: [...files] };
    },

    async 'backup.drill'({ environment, fingerprint, from, artefact }, { progress }) {
      using workspace = await workspaces.open(environment);
      const entry = (await workspace.readRing()).keys.find((key) => key.fingerprint === fingerprint);
      const listed = artefactsOf(entry);
      for (const path of pathsOf(from)) if (!isListed(path, listed)) assertChosen(path);
      using taken = await takeInHand(from);
      progress('restoring', 0);
      const drilled = await drillArtefact(taken.source, fingerprint);
      const named = listed.find((one) => isSame(one, artefact) && isItself(one, from)) ?? taken.name;
      const name = { artefact: named.artefact, location: named.location };
      if (drilled.result === 'correct') {
        const { keyRing } = await workspace.openKeys();
        await keyRing.recordProof(fingerprint, name);
      }
      await noteEffect(note, {
        environment,
        action: 'backup drilled',
        detail: `${name.location} ${outcomes[drilled.result]}`,
        outcome: drilled.result === 'correct' ? 'done' : 'failed',
        fingerprint,
      });
      changed();
      if (drilled.result !== 'wrong') return inWords(drilled);
      const known = await whoseKey(workspaces, drilled.fingerprint, environment);
      return { ...drilled, ...(known && { known }) };
    },

    async 'backup.forget'({ environment, fingerprint, artefact }) {
      using workspace = await workspaces.open(environment);
      const { keyRing } = await workspace.openKeys();
      await keyRing.forgetArtefact(fingerprint, artefact);
      await noteEffect(note, {
        environment,
        action: 'backup taken off the list',
        detail: artefact.location,
        outcome: 'done',
        fingerprint,
      });
      changed();
      return {};
    },

    async 'words.list'() {
      return wordlist;
    },

    async 'words.reveal'({ environment, fingerprint }) {
      using workspace = await workspaces.open(environment);
      const { keyRing } = await workspace.openKeys();
      using key = await keyRing.load(fingerprint);
      await allowReveal(ports, {
        environment,
        action: 'recovery words revealed',
        detail: 'on the screen, while held',
        fingerprint,
      });
      return { words: toRecoveryWords(key) };
    },
  };
}

function artefactsOf(entry: KeyEntry | undefined): readonly ArtefactName[] {
  return [...(entry?.made ?? []), ...(entry?.proofs ?? [])];
}

/** A path that the key ring names, like a share of a set in its folder, was chosen when it was made or drilled. */
function isListed(path: string, listed: readonly ArtefactName[]): boolean {
  return listed.some(
    ({ artefact, location }) => location === path || (artefact === 'shares' && dirname(path) === location),
  );
}

function isSame(one: ArtefactName, other: ArtefactName | undefined): boolean {
  return one.artefact === other?.artefact && one.location === other.location;
}

/** A copy that lies elsewhere proves itself, and not the file that the list has. */
function isItself({ artefact, location }: ArtefactName, from: ArtefactInHand): boolean {
  return artefact !== 'age-file' && from.from !== 'words-file' ? true : pathsOf(from).includes(location);
}

/** Messages of the core in the words of the window. */
function inWords<Result extends Exclude<DrillResult, { result: 'wrong' }>>(drilled: Result): Result {
  if (drilled.result === 'correct') return drilled;
  return { ...drilled, message: inWindowWords(drilled.message), remedy: inWindowWords(drilled.remedy) };
}
