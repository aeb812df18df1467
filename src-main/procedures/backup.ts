import { writeAgeFile } from '#backup/age-file';
import { drillAgeFile } from '#backup/drill';
import { Secret } from '#crypto/secret';
import type { Implementations } from './implementations.ts';
import { noteEffect, type NoteActivity } from './note-activity.ts';
import type { Workspaces } from './workspaces.ts';

export interface BackupPorts {
  readonly workspaces: Workspaces;
  readonly note: NoteActivity;
  readonly changed: () => void;
  /** Throws `file-not-chosen` for a path that no native dialog named. */
  readonly assertChosen: (path: string) => void;
}

/** Artefacts of a key, and the drills that prove them. What was made is remembered until a drill has proven it, and after. */
export function backupProcedures({
  workspaces,
  note,
  changed,
  assertChosen,
}: BackupPorts): Pick<Implementations, `backup.${'create' | 'drill'}`> {
  return {
    async 'backup.create'({ environment, fingerprint, artefact: { path, passphrase: typed } }, { progress }) {
      assertChosen(path);
      using workspace = await workspaces.open(environment);
      using passphrase = new Secret(Buffer.from(typed, 'utf8'));
      const { keyRing } = await workspace.environment();
      progress('reading the key', 0);
      using key = await keyRing.load(fingerprint);
      progress('sealing', 0);
      await writeAgeFile(path, key, passphrase, {
        environment: workspace.settings.name,
        createdAt: new Date(),
      });
      const made = { artefact: 'age-file', location: path } as const;
      await keyRing.recordMade(fingerprint, { ...made, opensBy: 'passphrase' });
      await noteEffect(note, {
        environment,
        action: 'backup made',
        detail: path,
        outcome: 'done',
        fingerprint,
      });
      changed();
      return made;
    },

    async 'backup.drill'(
      { environment, fingerprint, from: { path, passphrase: typed }, artefact },
      { progress },
    ) {
      using workspace = await workspaces.open(environment);
      const entry = (await workspace.readRing()).keys.find((key) => key.fingerprint === fingerprint);
      const listed = [...(entry?.proofs ?? []), ...(entry?.made ?? [])];
      if (!listed.some(({ location }) => location === path)) assertChosen(path);
      using passphrase = new Secret(Buffer.from(typed, 'utf8'));
      progress('restoring', 0);
      const drilled = await drillAgeFile(path, passphrase, fingerprint);
      if (drilled.result === 'correct') {
        const { keyRing } = await workspace.environment();
        const named = listed.some(
          (one) => one.artefact === artefact?.artefact && one.location === artefact.location,
        );
        await keyRing.recordProof(
          fingerprint,
          artefact && named ? artefact : { artefact: 'age-file', location: path },
        );
      }
      const words = {
        correct: 'gave the key back',
        wrong: 'gave another key',
        invalid: 'gave no key',
      };
      await noteEffect(note, {
        environment,
        action: 'backup drilled',
        detail: `${path} ${words[drilled.result]}`,
        outcome: drilled.result === 'correct' ? 'done' : 'failed',
        fingerprint,
      });
      changed();
      return drilled;
    },
  };
}
