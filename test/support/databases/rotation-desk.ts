import type { RotateInput } from '#rotation/use-cases/rotate';
import { openDatabase } from '#workspace/database';
import type { KnownWorkspace } from '#workspace/workspace';
import { addedEnvironment, type HeardContext, heardContext } from '../added-environment.ts';
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
export interface RotationDesk extends Pick<HeardContext, 'questions' | 'noted' | 'steps'> {
  readonly workspace: KnownWorkspace;
  readonly context: HeardContext;
}

/** `confirm` stands for the admin: what it throws is a refusal. */
export async function rotationDesk(rows: RotatedRows, confirm?: () => void): Promise<RotationDesk> {
  const context = heardContext(confirm);
  const database = async () => openDatabase(rows.database.url);
  const workspace = await addedEnvironment(rows.folder, rows.ring, { database, inventory: [column] });
  return { ...context, workspace, context };
}
