import { type IncomingMessage, request } from 'node:http';
import { assertNotReadable, openGuardedSocket, secure } from './guarded-socket.ts';
import { readAnswer } from './http-meaning.ts';
import type { ProbeContext } from './probe-context.ts';
import type { HttpPlan } from '#connections/probe-plan';
import type { ProbeReason } from '#contract/connections';
import { ProbeEnded, type Verdict, verdict } from '#connections/verdict';

/** As much of an answer as "who am I" takes. */
const longestBody = 1 << 16;

interface Answer {
  readonly reason: ProbeReason;
  readonly status: number;
  /** Where it redirects to. */
  readonly location?: string | undefined;
}

/**
 * Asks with the credential and, if the server accepts it and may be one that accepts everybody, once without: it works only where that
 * is refused. Throws errors of the network.
 */
export async function probeHttp(plan: HttpPlan, context: ProbeContext): Promise<Verdict> {
  const caution = plan.secure ? undefined : 'not-encrypted';
  const found = await ask(plan, context);
  const isTold = plan.isDocumented && isSuccess(found);
  if (found.reason !== 'token-accepted' || isTold) return verdict(found.reason, caution);
  const without = await ask({ ...plan, headers: plan.anonymous }, context).catch((error: unknown) => {
    // what became of the second question is no fault of the first
    if (context.signal.aborted) throw error;
    return undefined;
  });
  if (without && isRefused(without, found)) return verdict('token-accepted', caution);
  return verdict(without?.reason === 'token-accepted' ? 'answers-everybody' : 'need-unclear', caution);
}

/** Whether a server asked for a credential. That it was busy, failing or did not know the path is no sign of it. */
function isRefused(without: Answer, found: Answer): boolean {
  if (without.status === found.status && without.reason === found.reason) return false;
  if (without.reason === 'token-refused' || without.reason === 'access-token-run-out') return true;
  if (without.status === 401 || without.status === 403) return isSuccess(found);
  return without.reason === 'redirected' && leadsToLogin(without.location ?? '');
}

function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

function leadsToLogin(location: string): boolean {
  return /(^|[^a-z])(log-?_?in|sign-?_?in|auth|authorize|authenticate|oauth2?|sso|saml2?|sessions?)([^a-z]|$)/i.test(
    location,
  );
}

/**
 * Sends one request over a connection of its own, once the certificate was found good. A redirect is an answer like any
 * other: nothing is followed, so nothing carries the credential elsewhere.
 */
async function ask(plan: HttpPlan, context: ProbeContext): Promise<Answer> {
  const plain = await openGuardedSocket(plan, context);
  try {
    if (!plan.secure) assertNotReadable(plain);
    const socket = plan.secure ? await secure(plain, plan, context) : plain;
    const answer = await send(plan, socket, context.signal);
    const status = answer.statusCode ?? 0;
    const needsBody = plan.meaning.proof !== undefined && plan.meaning.works.includes(status);
    const body = needsBody ? await readJson(answer) : undefined;
    return { reason: readAnswer(plan.meaning, status, body), status, location: answer.headers.location };
  } finally {
    plain.destroy();
  }
}

function send(
  { host, port, secure, method, path, headers, body }: HttpPlan,
  socket: Awaited<ReturnType<typeof openGuardedSocket>>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const isUsualPort = port === (secure ? 443 : 80);
  return new Promise((resolve, reject) => {
    const sent = request({
      createConnection: () => socket,
      method,
      path,
      signal,
      headers: {
        host: `${host.includes(':') ? `[${host}]` : host}${isUsualPort ? '' : `:${port}`}`,
        'user-agent': 'Keel',
        accept: 'application/json',
        connection: 'close',
        ...headers,
        ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
      },
    });
    sent.once('response', resolve);
    sent.once('error', (error) => {
      // Node's parser says what it stumbled over
      const isForeign = String((error as NodeJS.ErrnoException).code).startsWith('HPE_');
      reject(isForeign ? new ProbeEnded('another-protocol') : error);
    });
    sent.end(body);
  });
}

/** The answer as JSON; undefined for what is none, or longer than it could be. */
async function readJson(answer: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    parts.push(part);
    length += part.length;
    if (length > longestBody) return undefined;
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    return undefined;
  }
}
