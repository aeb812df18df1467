import { wordlist } from '@scure/bip39/wordlists/english.js';
import { toRecoveryWords } from '#backup/recovery-words';
import { drillBackup, forgetBackup } from '#backup/use-cases/drill';
import { makeBackup } from '#backup/use-cases/make';
import { loadKey } from '#workspace/ring-keys';
import { inWindowWords } from '#procedures/act-text';
import type { Ports } from '#procedures/ports';
import { assertHandChosen, openGiven } from './given-artefact.ts';
import { isListedCopy, isListedFile, withoutReadWords } from './listed-copies.ts';
import { placeOf, specOf } from './artefact-making.ts';
import { allowReveal } from '#procedures/allow-reveal';
import { confirmWith } from '#procedures/consent/confirm-with';
import type { Implementations } from '#procedures/implementations';
import { whoseKey } from '#procedures/keys/known-keys';
import type { SuggestedPassphrases } from './suggested-passphrases.ts';
import { windowAudit, workContext } from '#procedures/window-context';

export interface BackupPorts
  extends Pick<Ports, 'workspaces' | 'native' | 'note' | 'changed' | 'assertChosen' | 'forWriting'> {
  readonly suggested: SuggestedPassphrases;
}

type Names = `backup.${'create' | 'drill' | 'forget'}` | `words.${'list' | 'reveal'}`;

/** Artefacts of a key, and the drills that prove them. What was made is remembered before a drill has proven it, and after. */
export function backupProcedures(ports: BackupPorts): Pick<Implementations, Names> {
  const { workspaces, suggested, changed, assertChosen, forWriting } = ports;
  const audit = windowAudit(ports.note);
  return {
    async 'backup.create'({ environment, fingerprint, artefact }, { progress, consent }) {
      const place = placeOf(artefact);
      const written = place && forWriting(place.path, place.purpose, fingerprint);
      using workspace = await workspaces.open(environment);
      progress('reading the key', 0);
      using key = await loadKey(workspace, fingerprint);
      using chosen = specOf(artefact, suggested);
      progress('creating the backup', 0);
      const { made, files } = await makeBackup(
        workspace,
        { key, spec: chosen.spec, drill: false },
        { audit, confirm: confirmWith(consent, workspace) },
      );
      written?.();
      changed();
      return { artefact: { artefact: made.artefact, location: made.location }, files: [...files] };
    },

    async 'backup.drill'({ environment, fingerprint, from, artefact }, work) {
      using workspace = await workspaces.open(environment);
      const ring = await workspace.readRing();
      const entry = ring.keys.find((key) => key.fingerprint === fingerprint);
      assertHandChosen(from, assertChosen, (path) => isListedFile(path, from, entry));
      using taken = await openGiven(from);
      work.progress('restoring', 0);
      const { drill } = await drillBackup(
        workspace,
        {
          source: taken.source,
          expected: fingerprint,
          name: (tested) =>
            artefact && isListedCopy(artefact, from, tested, ring, fingerprint) ? artefact : taken.name,
        },
        workContext(ports.note, work),
      );
      const drilled = withoutReadWords(drill, from);
      changed();
      if (drilled.result === 'correct') return drilled;
      if (drilled.result === 'invalid') return { ...drilled, remedy: inWindowWords(drilled.remedy) };
      const known = await whoseKey(workspaces, drilled.fingerprint, environment);
      return { ...drilled, ...(known && { known }) };
    },

    async 'backup.forget'({ environment, fingerprint, artefact }, { consent }) {
      using workspace = await workspaces.open(environment);
      const confirm = confirmWith(consent, workspace);
      await forgetBackup(workspace, fingerprint, artefact, { audit, confirm });
      changed();
      return {};
    },

    async 'words.list'() {
      return wordlist;
    },

    async 'words.reveal'({ environment, fingerprint }, { press }) {
      using workspace = await workspaces.open(environment);
      using key = await loadKey(workspace, fingerprint);
      await allowReveal(
        { ...ports, press },
        {
          environment,
          action: 'recovery words revealed',
          detail: 'on the screen, while held',
          fingerprint,
        },
      );
      return { words: toRecoveryWords(key) };
    },
  };
}
