import { z } from 'zod';
import data from './provider-probes.json' with { type: 'json' };

const status = z.number().int().min(200).max(499);

/**
 * How to ask a provider "who am I", without changing anything there. Each entry names the page that documents the request; of several for a
 * source, the first that the credential has the fields for is taken.
 */
const providerProbe = z.strictObject({
  name: z.string(),
  /** Short names of sources, in plain letters; `google*` is any that begins so. */
  sources: z.array(z.string()).min(1),
  /** Beginnings of tokens that only this provider gives out. */
  prefixes: z.array(z.string().min(3)).optional(),
  /** Beginnings of its refresh tokens, which are not used up here. */
  refreshPrefixes: z.array(z.string().min(3)).optional(),
  /** Only for tokens with one of the prefixes. */
  onlyPrefixed: z.boolean().optional(),
  /** The prefixes are too common to tell the provider by. */
  prefixNeedsSource: z.boolean().optional(),
  /** The fields that its token is in, where other names mean something else there. */
  token: z.array(z.string()).optional(),
  method: z.enum(['GET', 'POST']),
  /** `{base}` is the server that the credential names. */
  url: z.string().regex(/^(https:\/\/|\{base\}\/)/),
  base: z
    .strictObject({
      fields: z.array(z.string()),
      /** The domains that the server may lie in; any without it. */
      under: z.array(z.string()).optional(),
      otherwise: z.string().optional(),
    })
    .optional(),
  auth: z.discriminatedUnion('style', [
    z.strictObject({ style: z.literal('bearer') }),
    z.strictObject({ style: z.literal('raw') }),
    z.strictObject({ style: z.literal('header'), header: z.string() }),
    z.strictObject({ style: z.literal('basic'), user: z.array(z.string()), suffix: z.string().optional() }),
    z.strictObject({ style: z.literal('trello'), user: z.array(z.string()) }),
  ]),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.string().optional(),
  works: z.array(status),
  refused: z.array(status),
  /** What is in the answer where the credential is good, for providers that answer 200 to everybody. */
  proof: z
    .strictObject({ path: z.string(), equals: z.union([z.string(), z.number(), z.boolean()]).optional() })
    .optional(),
  /** What is there instead where it is not; without it, whatever is no proof. */
  refusal: z.strictObject({ path: z.string(), oneOf: z.array(z.string()) }).optional(),
  /** Its access tokens live for hours: one that is refused says nothing about the source. */
  shortLived: z.boolean().optional(),
  documentation: z.string().regex(/^https:\/\//),
});
export type ProviderProbe = z.infer<typeof providerProbe>;

let read: readonly ProviderProbe[] | undefined;

/** The probes of `provider-probes.json`. */
export function providerProbes(): readonly ProviderProbe[] {
  read ??= z.strictObject({ providers: z.array(providerProbe) }).parse(data).providers;
  return read;
}
