import { z } from 'zod';
import { filePath } from './shapes.ts';

/** What a dropped file seems to be by its content. Nothing of it that could be secret. */
export const droppedContent = z.discriminatedUnion('is', [
  /** A `.env`, with the variables of known applications' keys that it sets, by name. */
  z.strictObject({ is: z.literal('settings'), sets: z.array(z.string()) }),
  /** One line that could be a key. */
  z.strictObject({ is: z.literal('key'), characters: z.number().int() }),
  z.strictObject({ is: z.literal('age-file'), opensBy: z.enum(['passphrase', 'identity']) }),
  z.strictObject({ is: z.literal('words') }),
  z.strictObject({ is: z.literal('share') }),
  z.strictObject({ is: z.literal('picture') }),
  z.strictObject({ is: z.literal('identity') }),
  z.strictObject({ is: z.literal('private-key') }),
  z.strictObject({
    is: z.literal('certificates'),
    /** The first ten of the file. */
    certificates: z.array(
      z.strictObject({
        subject: z.string(),
        issuer: z.string(),
        validFrom: z.string(),
        validTo: z.string(),
        isExpired: z.boolean(),
        isAuthority: z.boolean(),
        /** SHA-256 of the certificate, in hexadecimal with colons. */
        fingerprint: z.string(),
      }),
    ),
  }),
  z.strictObject({ is: z.literal('inventory'), columns: z.number().int() }),
  z.strictObject({ is: z.literal('dump') }),
  z.strictObject({ is: z.literal('unknown') }),
  /** `limit`: bytes that are read of a file at most. */
  z.strictObject({ is: z.literal('too-large'), bytes: z.number().int(), limit: z.number().int() }),
  /** Why it was not read, a fragment. */
  z.strictObject({ is: z.literal('unread'), why: z.string() }),
]);
export type DroppedContent = z.infer<typeof droppedContent>;

/** A file that was dropped onto the window, and that the admin agreed to have read. */
export const droppedFile = z.strictObject({ path: filePath, content: droppedContent });
export type DroppedFile = z.infer<typeof droppedFile>;
