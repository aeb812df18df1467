import { z } from 'zod';
import { long, nothing, quick } from './procedure.ts';
import { environmentId, filePath, time } from './shapes.ts';

/** What Ballast's page on encryption is about, in the order in which it is shown. */
export const postureArea = z.enum(['transit', 'rest', 'credentials', 'api-keys', 'keys', 'self-hosting']);
export type PostureArea = z.infer<typeof postureArea>;

export const postureStatus = z.enum(['pass', 'warn', 'fail', 'unknown']);
export type PostureStatus = z.infer<typeof postureStatus>;

/** What no program can see, and the admin answers once a year. */
export const postureQuestion = z.enum([
  'postgres-disk',
  'qdrant-disk',
  'dumps',
  'secrets-manager',
  'separate-keys',
]);
export type PostureQuestion = z.infer<typeof postureQuestion>;

export const postureAnswer = z.strictObject({
  question: postureQuestion,
  answer: z.enum(['yes', 'no']),
  at: time,
});
export type PostureAnswer = z.infer<typeof postureAnswer>;

/** A finding that the admin accepts for now. */
export const postureWaiver = z.strictObject({
  finding: z.string(),
  /** As the finding was called and judged then: of another one, or a worse one, nothing was accepted. */
  title: z.string(),
  status: postureStatus,
  reason: z.string(),
  /** The last day on which it holds. */
  until: z.iso.date(),
  at: time,
});
export type PostureWaiver = z.infer<typeof postureWaiver>;

export const postureFinding = z.strictObject({
  /** Stable, like `api.hsts`. */
  id: z.string(),
  area: postureArea,
  title: z.string(),
  status: postureStatus,
  /** What was seen. Texts of servers are in it without control characters, and cut. */
  seen: z.string(),
  why: z.string(),
  /** Absent where there is nothing to do. */
  remedy: z.string().optional(),
  /** The finding rests on the admin's word. */
  question: z
    .strictObject({ id: postureQuestion, text: z.string(), answer: postureAnswer.optional() })
    .optional(),
  /** It was accepted until a day; once that is over, it counts again. */
  waiver: z
    .strictObject({ reason: z.string(), until: z.iso.date(), expired: z.literal(true).optional() })
    .optional(),
});
export type PostureFinding = z.infer<typeof postureFinding>;

/** Not by `URL.canParse`, which Node 20 gets wrong for letters of Latin-1. */
function parsed(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** An http or https address without user, password, query or fragment: nothing in it is a secret. */
export const endpoint = z
  .string()
  .max(512)
  .refine((text) => {
    const url = parsed(text);
    if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return false;
    return url.hostname !== '' && ![url.username, url.password, url.search, url.hash].some(Boolean);
  }, 'an http or https address without user, password, query or fragment');

/** Where to look, as the admin named it: nothing else is contacted. */
export const posturePlaces = z.strictObject({
  api: endpoint.optional(),
  qdrant: endpoint.optional(),
  oauth: z.array(endpoint).max(20),
  /** Roots that these endpoints' certificates may be signed by, beside the system's. */
  rootCertificate: filePath.optional(),
  /** Files in which the key may stand. */
  keyFiles: z.array(filePath).max(20),
});
export type PosturePlaces = z.infer<typeof posturePlaces>;

export const postureReport = z.strictObject({
  at: time,
  /** Of the environment, or the database as `user@host:port/name`. */
  subject: z.string(),
  findings: z.array(postureFinding),
  /** Why the check is not in the record of checks, or is the first in it. */
  recordFault: z.string().optional(),
});
export type PostureReport = z.infer<typeof postureReport>;

/** What a check came to, in numbers of findings. */
export const postureRun = z.strictObject({
  at: time,
  fail: z.number().int(),
  warn: z.number().int(),
  unknown: z.number().int(),
  pass: z.number().int(),
  /** Accepted by the admin at that time; in none of the others. */
  waived: z.number().int(),
});
export type PostureRun = z.infer<typeof postureRun>;

const environment = { environment: environmentId };

export const postureProcedures = {
  /** What is kept, the last check of this session, and what checks came to so far, the oldest first. */
  'posture.read': quick(
    z.strictObject(environment),
    z.strictObject({
      places: posturePlaces,
      report: postureReport.optional(),
      runs: z.array(postureRun),
    }),
  ),
  /** Throws `file-not-chosen` for a file that is new and that no dialog named. */
  'posture.configure': quick(z.strictObject({ ...environment, places: posturePlaces }), nothing),
  /** Keeps the answer with its day; without one, the question is open again. */
  'posture.answer': quick(
    z.strictObject({
      ...environment,
      question: postureQuestion,
      answer: postureAnswer.shape.answer.optional(),
    }),
    nothing,
  ),
  /** Looks at everything that was named. Changes nothing anywhere. */
  'posture.check': long(z.strictObject(environment), postureReport),
  /** Writes the last check as a file to keep or print. Throws `file-not-chosen`, `usage` where nothing was checked yet. */
  'posture.export': quick(
    z.strictObject({ ...environment, path: filePath, format: z.enum(['html', 'pdf']) }),
    nothing,
  ),
} as const;
