import type { EncryptedColumn } from '#contract/inventory';
import { rememberIvProofs } from '#environments/iv-proofs';
import { compareKnownValue } from '#rotation/known-value';
import { loadActiveKey } from './active-key.ts';
import type { Implementations } from './implementations.ts';
import { noteEffect, type NoteActivity } from './note-activity.ts';
import type { Workspaces } from './workspaces.ts';

export interface IvProofPorts {
  readonly workspaces: Workspaces;
  readonly note: NoteActivity;
}

const outcomeInWords = {
  whole: 'the known value is in it as a whole',
  'beginning-lost': 'the known value is in it from its 17th byte on only',
  'not-found': 'the known value is not in it',
} as const;

/** Comparing a value that the admin types with those of a column. It comes here and goes nowhere else. */
export function ivProofProcedures({
  workspaces,
  note,
}: IvProofPorts): Pick<Implementations, 'rotation.proveIv'> {
  return {
    async 'rotation.proveIv'({ environment, entry, value }) {
      using workspace = await workspaces.open(environment);
      const bytes = Buffer.from(value, 'utf8');
      try {
        const database = await workspace.database();
        using key = await loadActiveKey(workspace);
        const { fingerprint } = key;
        const client = await database.open('keel known value');
        const outcome = await compareKnownValue(client, key, entry, bytes).finally(() => client.end());
        if (outcome !== 'not-found') {
          const at = new Date().toISOString();
          const proof = { entry, fingerprint, at, by: 'known-value' as const, shows: outcome };
          await rememberIvProofs(workspace.folder, [proof]);
        }
        await noteEffect(note, {
          environment,
          action: 'known value compared',
          detail: `${nameOf(entry)}: ${outcomeInWords[outcome]}`,
          outcome: outcome === 'whole' ? 'done' : 'failed',
          fingerprint,
        });
        return { outcome };
      } finally {
        bytes.fill(0);
      }
    },
  };
}

function nameOf({ schema, table, column, path }: EncryptedColumn): string {
  return `${schema}.${table}.${column}${path === undefined ? '' : ` ${path}`}`;
}
