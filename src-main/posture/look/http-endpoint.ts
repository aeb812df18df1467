import { parsedUrl } from '#shared/parsed-url';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { request } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { openSocket } from '#postgres/tls-probe';
import { isLoopback } from '#postgres/transport';
import type { EndpointFacts, HttpResponse } from '#posture/facts';
import { faultOf, inTime } from './in-time.ts';
import { shownText } from '#shared/visible-text';
import { askForWeakCiphers } from './weak-ciphers.ts';
import { askForOldProtocols } from './old-protocols.ts';
import { type OpenSocket, shakeHandsAnyhow, shownIn } from './tls-handshake.ts';

/** For each step at one address; a server that answers a byte a second must not hold up the rest. */
const timeoutMs = 8_000;
/** For the greetings of a step, each of which has a limit of its own. */
const greetingsMs = 20_000;
const maxBody = 64 * 1024;
/** At most this many addresses of a name are checked. */
const mostAddresses = 16;

export interface LookOptions {
  readonly signal: AbortSignal;
  /** PEM of the authorities that are trusted. */
  readonly roots: readonly (string | Buffer)[];
  /** What is asked for, beside the endpoint's own path. */
  readonly path?: string;
  /** The addresses of a name; the system's by default. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}

/**
 * Looks at an HTTP endpoint, at each address of its name: its certificate, the versions of TLS that it speaks, and its answer to one GET that
 * holds no secret. Follows no redirect. What cannot be seen is a fault in the facts; throws only the signal's reason.
 */
export async function lookAtEndpoint(given: string, options: LookOptions): Promise<EndpointFacts> {
  const url = new URL(given);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const all = url.protocol === 'https:' ? await addressesOf(host, options) : [];
  if (all.length < 2) return lookAtAddress(url, host, host, options);
  const seen = await Promise.all(
    all
      .slice(0, mostAddresses)
      .map(async (address) => ({ ...(await lookAtAddress(url, host, address, options)), address })),
  );
  // what is asked for beside TLS is asked where somebody answers
  const [first, ...others] = seen.toSorted(
    (a, b) => Number(b.tls !== undefined) - Number(a.tls !== undefined),
  );
  const left = all.length - seen.length;
  return { ...(first as EndpointFacts), others, ...(left > 0 && { left }) };
}

/** Of this machine's own names, and of what cannot be resolved, none: connecting tells what there is to tell. */
async function addressesOf(
  host: string,
  { signal, resolve = resolveAll }: LookOptions,
): Promise<readonly string[]> {
  if (isIP(host) !== 0 || isLoopback(host)) return [];
  const found = await inTime(timeoutMs, signal, () => resolve(host)).catch(() => []);
  signal.throwIfAborted();
  return [...new Set(found)];
}

async function resolveAll(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

async function lookAtAddress(
  url: URL,
  host: string,
  address: string,
  { signal, roots, path }: LookOptions,
): Promise<EndpointFacts> {
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const open: OpenSocket = (signal) => openSocket({ host: address, port }, signal);
  const asked = path ?? url.pathname;
  let facts: EndpointFacts = { url: `${url.origin}${url.pathname === '/' ? '' : url.pathname}` };
  if (url.protocol === 'http:') return { ...facts, ...(await answerOf(open, url, asked, signal)) };
  try {
    const old = await inTime(greetingsMs, signal, (signal) => askForOldProtocols(open, host, signal)).catch(
      () => undefined,
    );
    signal.throwIfAborted();
    facts = { ...facts, ...(old && { old }) };
    const seen = await inTime(timeoutMs, signal, async (signal) => {
      const options = { minVersion: 'TLSv1.2' as const, ca: [...roots] };
      const { socket, secure } = await shakeHandsAnyhow(open, host, options, signal);
      try {
        const tls = shownIn(secure, host, roots);
        const answer = await get(secure, url, asked, signal).catch((error: unknown) => ({
          fault: faultOf(error),
        }));
        return { tls, ...('fault' in answer ? answer : { response: answer }) };
      } finally {
        socket.destroy();
      }
    });
    const spoken = { tls13: seen.tls.protocol === 'TLSv1.3', old: facts.old };
    const ciphers = await inTime(greetingsMs, signal, (signal) =>
      askForWeakCiphers(open, host, spoken, signal),
    ).catch(() => undefined);
    signal.throwIfAborted();
    return { ...facts, ...seen, ...(ciphers && { ciphers }) };
  } catch (error) {
    signal.throwIfAborted();
    return { ...facts, fault: faultOf(error) };
  }
}

async function answerOf(
  open: OpenSocket,
  url: URL,
  path: string,
  signal: AbortSignal,
): Promise<Pick<EndpointFacts, 'response' | 'fault'>> {
  try {
    const response = await inTime(timeoutMs, signal, async (signal) => {
      const socket = await open(signal);
      try {
        return await get(socket, url, path, signal);
      } finally {
        socket.destroy();
      }
    });
    return { response };
  } catch (error) {
    signal.throwIfAborted();
    return { fault: faultOf(error) };
  }
}

/** One GET over a socket; of the body no more than is worth looking at. */
async function get(socket: Socket, url: URL, path: string, signal: AbortSignal): Promise<HttpResponse> {
  const asking = request({
    createConnection: () => socket,
    method: 'GET',
    path,
    headers: {
      host: url.host,
      accept: 'application/json, */*;q=0.1',
      'user-agent': 'keel',
      connection: 'close',
    },
    maxHeaderSize: 16 * 1024,
    signal,
  });
  asking.on('error', () => undefined).end();
  const [answer] = (await once(asking, 'response', { signal })) as [import('node:http').IncomingMessage];
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= maxBody) break;
    }
  } catch {
    // a body that breaks off says as much as its beginning does
    signal.throwIfAborted();
  }
  const { 'strict-transport-security': hsts, location } = answer.headers;
  return {
    status: answer.statusCode ?? 0,
    ...(hsts !== undefined && { hsts: shownText(hsts) }),
    ...(location !== undefined && { location: shownText(originOf(location, url), 200) }),
    body: Buffer.concat(chunks).subarray(0, maxBody).toString('utf8'),
  };
}

/** Without the query, in which a redirect may carry a token. */
function originOf(location: string, base: URL): string {
  return parsedUrl(location, base)?.origin ?? location.split('?')[0] ?? '';
}
