import type { ProbeReason } from '#contract/connections';

/** What an answer says about the credential. A status that is in no list says neither. */
export interface HttpMeaning {
  readonly works: readonly number[];
  readonly refused: readonly number[];
  /** For servers that answer 200 to everybody: what is in the answer's JSON where the credential is good. */
  readonly proof?: AnswerProof | undefined;
  /** And what is there where it is not; without it, whatever is no proof. */
  readonly refusal?: { readonly path: string; readonly oneOf: readonly string[] } | undefined;
  /** Access tokens of this provider live for hours; a refused one says nothing about the source. */
  readonly shortLived?: boolean | undefined;
}

export interface AnswerProof {
  /** Members from the outside in, like `user.id`. */
  readonly path: string;
  /** What has to be there; without it anything but null, false and nothing. */
  readonly equals?: string | number | boolean | undefined;
}

/** What a generic API is taken to mean (RFC 9110, sections 15.3, 15.5.2 and 15.5.4). */
export const plainMeaning: HttpMeaning = { works: [200, 201, 202, 203, 204, 206], refused: [401, 403] };

/** `body` is asked for only where the meaning needs it; undefined where it is no JSON. */
export function readAnswer(meaning: HttpMeaning, status: number, body: unknown): ProbeReason {
  const refused = meaning.shortLived ? 'access-token-run-out' : 'token-refused';
  if (meaning.refused.includes(status)) return refused;
  if (meaning.works.includes(status)) {
    if (!meaning.proof || status !== 200 || holds(meaning.proof, body)) return 'token-accepted';
    return isRefusal(meaning, body) ? refused : 'answer-unclear';
  }
  if (status >= 300 && status < 400) return 'redirected';
  if (status === 429 || status === 503) return 'server-busy';
  return status >= 500 ? 'server-failing' : 'answer-unclear';
}

function holds({ path, equals }: AnswerProof, body: unknown): boolean {
  const found = memberAt(body, path);
  return equals === undefined ? Boolean(found) : found === equals;
}

function isRefusal({ refusal }: HttpMeaning, body: unknown): boolean {
  if (body === undefined) return false;
  return !refusal || refusal.oneOf.some((known) => known === memberAt(body, refusal.path));
}

function memberAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, member) => {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, member)) return undefined;
    return (inner as Record<string, unknown>)[member];
  }, value);
}
