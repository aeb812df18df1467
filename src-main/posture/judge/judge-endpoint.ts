import { isLoopback } from '#postgres/transport';
import { formatCount } from '#shared/counted';
import { enumerated } from '#shared/enumerated';
import type { EndpointFacts } from '#posture/facts';
import { type JudgedFinding, fail, pass, severities, type Subject, unknown, warn } from '#posture/finding';
import { judgeCiphers } from './judge-ciphers.ts';
import { judgeCertificate, judgeOldProtocols, named } from './judge-tls.ts';

/** How an endpoint is spoken of. */
export interface EndpointNames {
  /** Like `api`, `oauth.1`; begins the ids. */
  readonly id: string;
  /** Like `API`. */
  readonly name: string;
}

const whyHttps =
  'Without TLS, anyone between the client and the server can read and change tokens, keys and content.';

/**
 * What was seen of an HTTP endpoint's way: encryption, versions, certificate; of several addresses the worst. Its `http` address is a
 * failure by itself.
 */
export function judgeTransport(facts: EndpointFacts, names: EndpointNames, now: string): JudgedFinding[] {
  if (!facts.others) return judgeAddress(facts, names, now);
  const all = [facts, ...facts.others];
  const reached = all.filter(isReached);
  if (reached.length === 0) return judgeAddress(facts, names, now);
  const found = reached.flatMap((one) =>
    judgeAddress(one, names, now).map((finding) => ({ finding, address: one.address })),
  );
  const ids = new Set(found.map(({ finding }) => finding.id));
  const worst = Array.from(ids, (id) => worstOf(found.filter(({ finding }) => finding.id === id)));
  return [...worst, judgeAddresses(all, facts.left ?? 0, names, new URL(facts.url).hostname)];
}

function isReached({ tls, old }: EndpointFacts): boolean {
  return tls !== undefined || (old?.accepted.length ?? 0) > 0;
}

interface FoundAt {
  readonly finding: JudgedFinding;
  readonly address: string | undefined;
}

/** The worst of the findings on one subject, with the addresses where it is so unless it is so at each. */
function worstOf(found: readonly FoundAt[]): JudgedFinding {
  const rank = ({ finding: { status } }: FoundAt) => severities.indexOf(status);
  const [worst] = found.toSorted((a, b) => rank(b) - rank(a));
  const { finding } = worst as FoundAt;
  const alike = found.filter((one) => one.finding.status === finding.status);
  if (alike.length === found.length) return finding;
  return { ...finding, seen: `at ${enumerated(alike.map(({ address }) => address ?? ''))}: ${finding.seen}` };
}

/** Clients may connect to any address of a name, so each one counts. */
function judgeAddresses(
  all: readonly EndpointFacts[],
  left: number,
  { id, name }: EndpointNames,
  host: string,
): JudgedFinding {
  const subject: Subject = {
    id: `${id}.addresses`,
    area: 'transit',
    title: `${name}: addresses`,
    why: 'Clients connect to any address of the name, so one server that was forgotten is enough to be read.',
  };
  const missing = all.filter((one) => !isReached(one));
  const count = formatCount(all.length + left);
  if (missing.length === 0 && left === 0)
    return pass(subject, `${host} has ${count} addresses, and each was checked`);
  const why = missing.map(({ address, fault }) => `${address} (${fault ?? 'no answer'})`);
  if (left > 0) why.push(`${formatCount(left)} more than Keel checks`);
  return unknown(
    subject,
    `of the ${count} addresses of ${host}, some were not checked: ${enumerated(why)}`,
    'check that each address answers, or remove it from DNS; check again from a machine that can reach them',
  );
}

function judgeAddress(facts: EndpointFacts, { id, name }: EndpointNames, now: string): JudgedFinding[] {
  const https: Subject = { id: `${id}.https`, area: 'transit', title: `${name}: HTTPS`, why: whyHttps };
  const url = new URL(facts.url);
  if (url.protocol === 'http:') return [judgePlainHttp(https, facts, url)];
  const old = facts.old?.accepted ?? [];
  if (!facts.tls && old.length > 0) {
    const tls = named(`${id}.tls-version`, `${name}: TLS 1.2 or later`);
    return [
      pass(https, `the server at ${facts.url} answers over TLS`),
      fail(
        tls,
        `the server at ${facts.url} supports ${old.join(' and ')} and nothing newer`,
        'turn on TLS 1.2 and 1.3 on the server or its proxy, and turn off older versions',
      ),
    ];
  }
  if (!facts.tls) {
    return [
      unknown(
        https,
        `the server at ${facts.url} could not be checked: ${facts.fault ?? 'it did not answer'}`,
        'check the address and that the server is running, then try again',
      ),
    ];
  }
  return [
    pass(
      https,
      `the server at ${facts.url} answers over ${facts.tls.protocol.replace('TLSv', 'TLS ')}, ${facts.tls.cipher}`,
    ),
    judgeOldProtocols(named(`${id}.tls-version`, `${name}: TLS 1.2 or later`), facts.old),
    ...judgeCertificate(facts.tls, { id, name, host: url.hostname }, now),
    ...judgeCiphers(facts.tls, facts.ciphers, { id, name }),
  ];
}

function judgePlainHttp(
  subject: Subject,
  { url, response }: EndpointFacts,
  { hostname }: URL,
): JudgedFinding {
  const remedy = response?.location?.startsWith('https:')
    ? `use the https address (it redirects to ${response.location}), and have every client use it`
    : 'install a certificate on the server or a proxy in front of it, and use the https address';
  if (isLoopback(hostname.replace(/^\[(.*)\]$/, '$1')))
    return warn(
      subject,
      `the connection to ${url} is not encrypted, but does not leave this machine`,
      remedy,
    );
  return fail(subject, `the connection to ${url} is not encrypted`, remedy);
}

/** Half a year, below which preload lists and auditors do not take it. */
const leastSeconds = 15_552_000;

/** Whether browsers are told to use nothing but HTTPS (RFC 6797). */
export function judgeHsts(
  { url, response, fault }: EndpointFacts,
  { id, name }: EndpointNames,
): JudgedFinding {
  const subject: Subject = {
    id: `${id}.hsts`,
    area: 'transit',
    title: `${name}: HSTS`,
    why: 'It makes browsers use HTTPS from the first request, so that nobody in between can downgrade them to HTTP.',
  };
  const remedy = 'send `Strict-Transport-Security: max-age=31536000; includeSubDomains` with every response';
  if (!response)
    return unknown(
      subject,
      `the server at ${url} did not respond to a GET request: ${fault ?? 'no answer'}`,
      'check the server, then try again',
    );
  if (response.hsts === undefined)
    return warn(subject, 'the response has no Strict-Transport-Security header', remedy);
  const seconds = Number(/(?:^|;)\s*max-age\s*=\s*"?(\d{1,12})/i.exec(response.hsts)?.[1] ?? Number.NaN);
  if (Number.isNaN(seconds)) return warn(subject, `the header has no max-age: “${response.hsts}”`, remedy);
  const days = Math.floor(seconds / 86_400);
  if (seconds < leastSeconds)
    return warn(subject, `the header is valid for ${days} days, less than half a year`, remedy);
  return pass(subject, `the header is valid for ${days} days`);
}

/** A redirect that leaves HTTPS. */
export function judgeRedirect({ response }: EndpointFacts, { id, name }: EndpointNames): JudgedFinding[] {
  if (!response?.location?.startsWith('http:')) return [];
  const subject: Subject = {
    id: `${id}.redirect`,
    area: 'transit',
    title: `${name}: redirect`,
    why: whyHttps,
  };
  return [
    fail(
      subject,
      `it redirects to ${response.location}, which is not encrypted`,
      'make it redirect to an https address',
    ),
  ];
}
