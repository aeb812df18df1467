import { z } from 'zod';
import { secretKinds } from './inventory.ts';
import { fingerprint } from './shapes.ts';

/** What stays under the key that was left, out of a rotation's reach, and what to do about each. */
export const beyondReach = z.strictObject({
  /** The key that was left. */
  key: fingerprint,
  places: z.array(
    z.strictObject({
      what: z.string(),
      remedy: z.string(),
      /** SQL, to be run as the owner of the tables. */
      statements: z.array(z.string()),
    }),
  ),
  /** If that key leaked: the credentials themselves, by where they are replaced. */
  replace: z.array(
    z.strictObject({
      kind: z.enum(secretKinds),
      /** Where and how. */
      where: z.string(),
      columns: z.array(
        z.strictObject({
          name: z.string(),
          /** Absent where they were not counted. */
          values: z.number().int().optional(),
        }),
      ),
    }),
  ),
});
export type BeyondReach = z.infer<typeof beyondReach>;
