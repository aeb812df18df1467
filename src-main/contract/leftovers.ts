import { z } from 'zod';
import { dumpPeriod } from './key-ring.ts';
import { nothing, quick } from './procedure.ts';
import { environmentId, fingerprint } from './shapes.ts';

/** A place where a key that is not in use any more still stands, or may stand. */
export const leftover = z.strictObject({
  kind: z.enum(['target', 'text', 'copy', 'key-file', 'store', 'dumps']),
  fingerprint,
  where: z.string(),
  dumps: z.array(dumpPeriod).optional(),
  status: z.enum(['keep', 'remove', 'replace', 'missing']),
});
export type Leftover = z.infer<typeof leftover>;

const environment = { environment: environmentId };

export const leftoverProcedures = {
  'leftovers.list': quick(z.strictObject(environment), z.array(leftover)),
  /** The admin says that a copy is gone; `where` names it as the list does. */
  'leftovers.gone': quick(
    z.strictObject({ ...environment, fingerprint, where: z.string().max(5000) }),
    nothing,
  ),
} as const;
