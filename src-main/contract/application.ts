import { z } from 'zod';

/** Text of a file of `resources/applications`, for people: no line breaks, no secrets. */
const words = z
  .string()
  .min(1)
  .max(400)
  .regex(/^[^\n]+$/);

/** What a key is written with. A new key is made alike. */
export const keyClasses = ['base64', 'base64url', 'hex', 'characters', 'base64-prefixed'] as const;

/**
 * A part of a ciphertext in a text of its own: in another column, whose name may hold `{column}`, or in a leaf of the same document, by
 * its path from the object that holds the ciphertext. The place is a hint: every text of the row that is written so is tried.
 */
const apart = z.strictObject({
  column: z.string().min(1).optional(),
  path: z.string().startsWith('$').optional(),
  layout: z.string().min(1),
});
export type FormPart = z.infer<typeof apart>;

const form = z.strictObject({
  /** As in an inventory, with cipher and reading of the key. */
  layout: z.string().min(1),
  /** What is not in that text; a tag that is written in one text with the IV is in the layout of `iv`. */
  iv: apart.optional(),
  tag: apart.optional(),
  salt: apart.optional(),
  /** Columns that it was seen in. A hint: it is searched for everywhere. */
  seenIn: z.array(words).default([]),
});

/** What is known of an application that encrypts credentials with a key of its admin: one file each, reviewed like code. */
export const application = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  name: words,
  /** Where the key is written: environment variables or files, in the words of its documentation. */
  variables: z.array(words).min(1),
  /** How a new key is made where there is no old one to be like: its class, and bytes, or characters for `characters`. */
  newKey: z.strictObject({ as: z.enum(keyClasses), length: z.number().int().min(8).max(128) }),
  /** Keys that its examples or defaults print, so that everybody knows them. */
  publicKeys: z.array(z.string().min(1)).default([]),
  /** Empty where Keel does not rotate it. */
  forms: z.array(form),
  /** What ciphertexts of it begin with, where that is nobody else's, or few others'. */
  beginnings: z.array(z.string().min(3)).default([]),
  /**
   * Tables that its databases have and others do not, by name, with columns of theirs after a dot where the name is a common word. They
   * tell it where its ciphertexts are written like another application's.
   */
  ownTables: z.array(z.string().regex(/^\w+(?:\.\w+)?$/)).default([]),
  /** What else is made with the key and ends, or is worthless, after a rotation. */
  alsoUnderTheKey: z.array(words).default([]),
  /** How to stop and start it. */
  restart: words,
  /** Its own way to rotate, which is better than anybody else's. */
  rotatesItself: words.optional(),
  /** Why Keel does not rotate it. */
  outOfScope: words.optional(),
});
export type Application = z.infer<typeof application>;

/** Which application an environment is of: the name of one that Keel knows, or the description that its admin gave. */
export const chosenApplication = z.union([z.string(), application]);
export type ChosenApplication = z.infer<typeof chosenApplication>;

/** An application as the window names it, and what is to be known of its keys. */
export const applicationInBrief = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** Where its key is written, in the words of its documentation. */
  variables: z.array(z.string()),
  /** The variable that it reads its key from; absent if it is a file. */
  variable: z.string().optional(),
  /** What a new key looks like, like `32 characters`. */
  newKey: z.string(),
  /** Its keys are 32 bytes in base64, so that there are recovery words, shares and paper kits of them. */
  hasWords: z.boolean(),
  /** What else ends, or has to be changed, when the key is rotated, a sentence each. */
  alsoUnderTheKey: z.array(z.string()),
  /** How to stop and start it. */
  restart: z.string(),
});
export type ApplicationInBrief = z.infer<typeof applicationInBrief>;

/** One to choose from, with what the choice depends on, as fragments. */
export const offeredApplication = applicationInBrief.extend({
  /** Why Keel does not rotate its key. */
  whyNot: z.string().exactOptional(),
  /** What to run of its own, like `or run its own script`. */
  ownWay: z.string().exactOptional(),
});
export type OfferedApplication = z.infer<typeof offeredApplication>;
