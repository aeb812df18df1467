import { type IncomingMessage, request } from 'node:http';
import { assertNotReadable, openGuardedSocket, secure } from './guarded-socket.ts';
import { readAnswer } from './http-meaning.ts';
import type { ProbeContext } from './probe-context.ts';
import type { HttpPlan } from '#connections/probe-plan';
import { ProbeEnded, type Verdict, verdict } from '#connections/verdict';

/** As much of an answer as "who am I" takes. */
const longestBody = 1 << 16;

/**
 * Asks with the credential and, if the server accepts it and may be one that accepts everybody, once without. Throws errors of the
 * network.
 */
export async function probeHttp(plan: HttpPlan, context: ProbeContext): Promise<Verdict> {
  const found = await ask(plan, context);
  if (found.reason !== 'token-accepted' || !plan.anonymous) return found;
  const { reason } = await ask({ ...plan, headers: plan.anonymous }, context);
  return reason === 'token-accepted' ? { ...found, ...verdict('answers-everybody') } : found;
}

/**
 * Sends one request over a connection of its own, once the certificate was found good. A redirect is an answer like any
 * other: nothing is followed, so nothing carries the credential elsewhere.
 */
async function ask(plan: HttpPlan, context: ProbeContext): Promise<Verdict> {
  const plain = await openGuardedSocket(plan, context);
  try {
    if (!plan.secure) assertNotReadable(plain);
    const socket = plan.secure ? await secure(plain, plan, context) : plain;
    const answer = await send(plan, socket, context.signal);
    const needsBody = plan.meaning.proof !== undefined && plan.meaning.works.includes(answer.statusCode ?? 0);
    const body = needsBody ? await readJson(answer) : undefined;
    const reason = readAnswer(plan.meaning, answer.statusCode ?? 0, body);
    return verdict(reason, plan.secure ? undefined : 'not-encrypted');
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
