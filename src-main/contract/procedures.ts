import { z } from 'zod';
import { apiKeyProcedures } from './api-keys.ts';
import { activityProcedures, appProcedures } from './app.ts';
import { backupProcedures } from './backup.ts';
import { censusProcedures } from './census.ts';
import { connectionsProcedures } from './connections.ts';
import { credentialProcedures } from './credentials.ts';
import { environmentProcedures } from './environments.ts';
import { fleetProcedures } from './fleet.ts';
import { keyRingProcedures } from './key-ring.ts';
import { handoffProcedures } from './handoff.ts';
import { keyProcedures } from './keys.ts';
import { leftoverProcedures } from './leftovers.ts';
import { matrixProcedures } from './matrix.ts';
import { postureProcedures } from './posture.ts';
import type { Procedure } from './procedure.ts';
import { rotationProcedures } from './rotation.ts';
import { failure } from './shapes.ts';

/** Every procedure of the window, declared once: router, client and the types of both derive from here. */
export const procedures = {
  ...appProcedures,
  ...activityProcedures,
  ...environmentProcedures,
  ...keyProcedures,
  ...keyRingProcedures,
  ...credentialProcedures,
  ...leftoverProcedures,
  ...backupProcedures,
  ...matrixProcedures,
  ...apiKeyProcedures,
  ...censusProcedures,
  ...connectionsProcedures,
  ...rotationProcedures,
  ...postureProcedures,
  ...fleetProcedures,
  ...handoffProcedures,
} as const satisfies Record<string, Procedure>;

type All = typeof procedures;
export type ProcedureName = keyof All;
export type LongName = {
  [Name in ProcedureName]: All[Name]['long'] extends true ? Name : never;
}[ProcedureName];
export type QuickName = Exclude<ProcedureName, LongName>;

export type Input<Name extends ProcedureName> = z.infer<All[Name]['input']>;
/** The answer; of long work, its result. */
export type Output<Name extends ProcedureName> = z.infer<All[Name]['output']>;

/** What a call over the border answers. Long work answers `{ operation }` here. */
export const reply = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), value: z.unknown() }),
  z.strictObject({ ok: z.literal(false), error: failure }),
]);
export type Reply = z.infer<typeof reply>;
