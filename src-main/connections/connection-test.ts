import { createHmac, randomBytes } from 'node:crypto';
import type { ProbeReport, ProbeResult } from '#contract/connections';
import type { SecretKind } from '#contract/inventory';
import type { Resolve } from './probes/network-guard.ts';
import { probe } from './probes/probe.ts';
import type { ProbePlan } from './probe-plan.ts';
import { createProbePool } from './probes/probe-pool.ts';
import { ProbeCounter } from './probe-counter.ts';
import { type ProviderProbe, providerProbes } from './provider-probes.ts';
import { explain } from './reason-text.ts';
import { type NamedServers, serversNamedBy } from './named-servers.ts';
import { recognise } from './recognise.ts';
import { describePlace } from './server-name.ts';
import { trustIn } from './trust.ts';
import { type Verdict, verdict } from './verdict.ts';

/** A decrypted credential and its location. */
export interface CredentialHere {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  /** For a JSON document: the path to its leaf. */
  readonly path?: string;
  readonly leaf?: string;
  /** The row's key as a person writes it. */
  readonly row: string;
  readonly kind: SecretKind;
  /** Its source and display name, if the database has them. */
  readonly shortName?: string;
  readonly name?: string;
  /** UTF-8; owned by the caller, who may wipe it as soon as `take` was called. */
  readonly secret: Uint8Array;
}

export interface ConnectionTestOptions {
  readonly signal: AbortSignal;
  /** Private, loopback and link-local targets too: needs the admin's explicit consent. */
  readonly allowPrivate: boolean;
  /** Only these sources or probes, in plain names; all if absent. */
  readonly only?: readonly string[];
  /** Probes at once; 8 if absent. */
  readonly concurrency?: number;
  readonly timeoutMs?: number;
  /** PEM certificates of CAs that are trusted in addition to the system's. */
  readonly roots?: readonly Buffer[];
  /** The credentials are those of a sample: the purpose of each is reported, and nothing is sent. */
  readonly madeUp?: boolean;
  /** Whether the admin agreed to this target; if absent, to all. */
  readonly mayTry?: (target: string) => boolean;
  readonly onDone?: (done: number) => void;
  /** A server accepted a credential that had to be complete for that. */
  readonly onAccepted?: (place: Pick<CredentialHere, 'schema' | 'table' | 'column' | 'path'>) => void;
  readonly providers?: readonly ProviderProbe[];
  readonly resolve?: Resolve;
}

export interface ConnectionTest {
  /** Takes a credential; resolves once there is room for the next. Throws when the signal is aborted. */
  take(credential: CredentialHere): Promise<void>;
  /** Waits for all credentials that were taken. */
  finish(): Promise<ProbeReport>;
}

const perHost = 2;
const maxWaiting = 200;
const maxKnown = 10_000;
const usualTimeoutMs = 10_000;

/**
 * Tries credentials where they belong, in parallel, and changes nothing there. The same credential in many rows is tried once, so
 * that a wrong password does not lock an account.
 */
export function startConnectionTest(options: ConnectionTestOptions): ConnectionTest {
  const { signal, concurrency = 8, timeoutMs = usualTimeoutMs, providers = providerProbes() } = options;
  const pool = createProbePool({ overall: concurrency, perHost, waiting: maxWaiting });
  const counter = new ProbeCounter();
  const isWanted = wantedBy(options.only);
  const trust = trustIn(options.roots ?? []);
  // identifies a credential without being it, and only for as long as this test runs
  const mark = randomBytes(32);
  const known = new Map<string, Promise<Verdict>>();

  const tell = (place: Place, plan: ProbePlan | undefined, found: Verdict, ms: number) => {
    const target = plan && { probe: plan.probe, target: describePlace(plan) };
    counter.add({ ...place, ...target, ...found, ms: Math.round(ms) });
    options.onDone?.(counter.done);
  };

  const tryOnce = (plan: ProbePlan): Promise<Verdict> => {
    const name = createHmac('sha256', mark).update(JSON.stringify(plan)).digest('base64');
    const { allowPrivate, resolve } = options;
    const running =
      known.get(name) ?? probe(plan, { signal, timeoutMs, allowPrivate, trust, ...(resolve && { resolve }) });
    if (known.size >= maxKnown) known.clear();
    known.set(name, running);
    return running;
  };

  return {
    async take(credential) {
      signal.throwIfAborted();
      const { shortName: source } = credential;
      const { text, plan } = planOf(credential, providers);
      const place = placeOf(credential);
      if (typeof plan === 'string') {
        if (isWanted(source, undefined)) tell(place, undefined, verdict(plan), 0);
        return;
      }
      if (!isWanted(source, plan.probe)) return;
      if (options.madeUp) {
        tell(place, plan, verdict('made-up'), 0);
        return;
      }
      if (options.mayTry?.(describePlace(plan)) === false) {
        tell(place, plan, verdict('not-confirmed'), 0);
        return;
      }
      const isWhole = needsItsBeginning.test(text.trim());
      await pool.take(plan.host, async () => {
        const started = performance.now();
        const found = await tryOnce(plan);
        tell(place, plan, found, performance.now() - started);
        if (isWhole && (found.reason === 'token-accepted' || found.reason === 'logged-in')) {
          const { schema, table, column, path } = credential;
          options.onAccepted?.({ schema, table, column, ...(path !== undefined && { path }) });
        }
      });
    },
    async finish() {
      await pool.settle();
      const { counts, results } = counter;
      return { counts, results, reasons: explain(results.map(({ reason }) => reason)) };
    },
  };
}

/** Where a credential would be tried, like `db.example.com:5432`; undefined for one that would not. */
export function targetOf(credential: CredentialHere, providers = providerProbes()): string | undefined {
  const { plan } = planOf(credential, providers);
  return typeof plan === 'string' ? undefined : describePlace(plan);
}

/** The servers that a new credential names, for the question before it is written: where it would be tried, and every other one. */
export function serversOf(credential: CredentialHere, providers = providerProbes()): NamedServers {
  const { text, plan } = planOf(credential, providers);
  const named = serversNamedBy(text);
  if (typeof plan === 'string') return named;
  const tried = describePlace(plan);
  if (named.servers.includes(tried)) return named;
  // a token is for the provider that its beginning names, wherever else a text points
  const rest = named.servers.filter((server) => server !== plan.host);
  return { servers: [...rest, tried], complete: named.complete || isOneWord.test(text.trim()) };
}

/** A token, in which nothing else can be named. */
const isOneWord = /^[\w.~+/=-]+$/;

function planOf({ secret, kind, shortName: source }: CredentialHere, providers: readonly ProviderProbe[]) {
  const text = Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength).toString('utf8');
  return { text, plan: recognise({ text, kind, source }, providers) };
}

/**
 * A URL, a document or one word. Fields of other texts may be read without the text's beginning, so a server that accepts them
 * proves nothing about it.
 */
const needsItsBeginning = /^(?:[a-z][a-z0-9+.-]*:\/\/|[{[]|[\w.~+/=:-]+$)/i;

type Place = Omit<ProbeResult, 'outcome' | 'reason' | 'ms'>;

/** The location of a credential, and nothing of its content. */
function placeOf({ schema, table, column, path, leaf, row, kind, shortName, name }: CredentialHere): Place {
  const exactPath = leaf ?? path;
  return {
    schema,
    table,
    column,
    ...(exactPath !== undefined && { path: exactPath }),
    row,
    kind,
    ...(shortName !== undefined && { source: shown(shortName) }),
    ...(name !== undefined && { name: shown(name) }),
  };
}

/** The database is not trusted to write to a terminal or a window. */
function shown(text: string): string {
  return text.replace(/\p{C}/gu, '\u{fffd}').slice(0, 80);
}

function wantedBy(only: readonly string[] | undefined) {
  if (!only || only.length === 0) return () => true;
  const names = new Set(only.map((name) => name.toLowerCase()));
  return (source: string | undefined, probe: string | undefined) =>
    [source, probe].some((name) => name !== undefined && names.has(name.toLowerCase()));
}
