import type { AuditEntry } from '#audit/audit';
import { addEnvironmentSettings, readEnvironmentSettings } from '#environments/environment-settings';
import type { RotateInput } from '#rotation/use-cases/rotate';
import { openDatabase } from '#workspace/database';
import type { Confirmation, UseCaseContext } from '#workspace/use-case';
import { openWorkspace, type Workspace } from '#workspace/workspace';
import { base64Column } from './foreign-database.ts';
import type { RotatedRows } from './rotated-rows.ts';

/** What is rotated. */
export const column = base64Column();
export const inventory = { version: 1 as const, columns: [column] };

/** What a rotation of it is given, the test itself being connected. */
export const rotateInput = {
  inventory,
  excluded: [],
  accepted: ['other-sessions'],
  sampled: true,
  lockTimeoutMs: 5_000,
  rehearsal: false,
  onPreflight: () => undefined,
} satisfies RotateInput;

/** Rows with a workspace of their environment, and what was asked and noted meanwhile. */
export interface RotationDesk {
  readonly rows: RotatedRows;
  readonly workspace: Workspace;
  readonly questions: Confirmation[];
  readonly noted: AuditEntry[];
  readonly steps: { readonly step: string; readonly done: number }[];
  readonly context: UseCaseContext;
}

/** `confirm` stands for the admin: what it throws is a refusal. */
export async function rotationDesk(
  rows: RotatedRows,
  confirm: () => void = () => undefined,
): Promise<RotationDesk> {
  await addEnvironmentSettings(rows.folder, {
    name: 'staging',
    colour: 'blue',
    production: false,
    addedAt: new Date().toISOString(),
    address: {
      host: 'localhost',
      port: 5432,
      database: rows.database.name,
      user: 'postgres',
      sslmode: 'disable',
    },
    keyPlace: 'keychain',
    hasPassword: false,
    rememberPassword: false,
    inventory: [column],
    excluded: [],
    targets: [],
  });
  const desk: RotationDesk = {
    rows,
    workspace: openWorkspace(rows.folder, await readEnvironmentSettings(rows.folder), {
      database: async () => openDatabase(rows.database.url),
      openKeys: async () => ({ keyRing: rows.ring, place: 'keychain' }),
    }),
    questions: [],
    noted: [],
    steps: [],
    context: {
      signal: new AbortController().signal,
      onProgress: ({ step, done }) => void desk.steps.push({ step, done }),
      confirm: async (question) => {
        desk.questions.push(question);
        confirm();
      },
      audit: { before: async () => undefined, after: async (entry) => void desk.noted.push(entry) },
    },
  };
  return desk;
}
