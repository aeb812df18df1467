import { isIP } from 'node:net';
import { isLoopback } from '#postgres/transport';
import type { PostureFacts, QdrantFacts } from '#posture/facts';
import { type JudgedFinding, fail, pass, type Subject, unknown, warn } from '#posture/finding';
import { judgeHsts, judgeRedirect, judgeTransport } from './judge-endpoint.ts';
import { judgePostgresTransport } from './judge-postgres-transport.ts';

/** The rows of “Data in transit”: API requests, database, Qdrant, OAuth flows. */
export function judgeTransit(facts: PostureFacts): JudgedFinding[] {
  return [...judgeApi(facts), ...judgePostgresTransport(facts), ...judgeQdrant(facts), ...judgeOauth(facts)];
}

function judgeApi({ api, at }: PostureFacts): JudgedFinding[] {
  const names = { id: 'api', name: 'API' };
  if (!api) return [notNamed('api.https', 'API: HTTPS', 'API', 'the address of the API')];
  const transport = judgeTransport(api, names, at);
  if (!api.tls) return transport;
  // browsers take the header for names only (RFC 6797, section 8.1.1)
  const isAddress = isIP(new URL(api.url).hostname.replace(/^\[(.*)\]$/, '$1')) !== 0;
  return [...transport, ...(isAddress ? [] : [judgeHsts(api, names)]), ...judgeRedirect(api, names)];
}

function judgeQdrant({ qdrant, at }: PostureFacts): JudgedFinding[] {
  if (!qdrant) return [notNamed('qdrant.https', 'Qdrant: TLS', 'Qdrant', 'the address of Qdrant')];
  return [...judgeTransport(qdrant, { id: 'qdrant', name: 'Qdrant' }, at), judgeGuard(qdrant)];
}

function judgeGuard({ url, withoutKey, collections = 0, response, fault }: QdrantFacts): JudgedFinding {
  const subject: Subject = {
    id: 'qdrant.api-key',
    area: 'transit',
    title: 'Qdrant: API key required',
    why: 'Anyone who can query Qdrant can read and delete every embedding, and embeddings can partly be turned back into text.',
  };
  if (withoutKey === 'refused') return pass(subject, 'GET /collections without an API key is refused');
  if (withoutKey === 'answered') {
    const seen = `GET /collections without an API key is answered (${collections} listed)`;
    const remedy =
      'set service.api_key (QDRANT__SERVICE__API_KEY) and give the key to Ballast; block the port for other hosts';
    const { hostname } = new URL(url);
    const local = isLoopback(hostname.replace(/^\[(.*)\]$/, '$1'));
    return local ? warn(subject, `${seen}, at least from this machine`, remedy) : fail(subject, seen, remedy);
  }
  const why = response ? `it answered with status ${response.status}` : (fault ?? 'it did not answer');
  return unknown(
    subject,
    `whether an API key is required is unclear: ${why}`,
    'check the address of Qdrant’s REST API, then try again',
  );
}

function judgeOauth({ oauth, at }: PostureFacts): JudgedFinding[] {
  if (oauth.length === 0)
    return [notNamed('oauth.https', 'OAuth: HTTPS', 'OAuth', 'the OAuth endpoints and redirect URLs')];
  return oauth.flatMap((facts, index) => {
    const names = { id: `oauth.${index + 1}`, name: `OAuth ${new URL(facts.url).host}` };
    return [...judgeTransport(facts, names, at), ...judgeRedirect(facts, names)];
  });
}

function notNamed(id: string, title: string, what: string, address: string): JudgedFinding {
  const subject: Subject = {
    id,
    area: 'transit',
    title,
    why: 'Without TLS, anyone between the client and the server can read and change tokens, keys and content.',
  };
  return unknown(subject, `no address is configured for ${what}`, `add ${address}`);
}
