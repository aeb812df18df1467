import type { Census } from '#census/census-result';
import { applicationInWords, isOfOtherApplication } from '#applications/of-inventory';
import type { EncryptedColumn, Inventory } from '#contract/inventory';
import { derivationsOf, slowValuesIn } from '#discovery/foreign/slow-values';
import type { IvProof } from '#environments/iv-proofs';
import { readCatalog } from '#postgres/catalog';
import { pipelined } from '#postgres/pipelined';
import { resolveInventory, type TableTarget } from '#postgres/table-target';
import type { Derivations } from '#shared/derivations';
import { namesPlace } from '#shared/names-place';
import { type AcceptableStop, accept, type Finding } from '#rewrite/finding';
import { checkJournal } from '#rotation/run/journal';
import { checkCensus } from './census.ts';
import { checkForms } from './forms.ts';
import { checkOldKey } from './key.ts';
import { checkSampledNesting } from './nested.ts';
import { checkSchemes } from './schemes.ts';
import { checkEngine } from '#rewrite/engine-findings';
import { checkServer, isTooOld } from '#rewrite/server-findings';
import { checkTables } from '#rewrite/table-findings';
import type { KeyPair } from '#rotation/run/decision';
import type { RewriteSession } from '#rewrite/session';
import { chooseStaging, readStagingFacts } from '#rewrite/staging-choice';
import type { StagingPlace } from '#rewrite/staging-table';
import { findUpdateTriggers, type UpdateTrigger } from '#rewrite/triggers';

export interface PreflightRequest {
  readonly inventory: Inventory;
  readonly keys: KeyPair;
  /** `table` or `table.column`, optionally with the schema in front: values that open under no known key are left. */
  readonly excluded: readonly string[];
  readonly accepted: readonly AcceptableStop[];
  /** Places beside the inventory that stay under the old key, by name. */
  readonly left?: readonly string[];
  /** Looks for other places under the old key in samples only, and says so. */
  readonly sampled?: boolean;
  /** Of an earlier preflight of the same: see `CensusCheck.known`. */
  readonly census?: Census | undefined;
  /** What values have shown of where IVs are, under whatever key. */
  readonly ivProofs?: readonly IvProof[];
  /** Bytes of the database that were read, of about how many. */
  readonly onCensus?: (done: number, total: number) => void;
  /** Hears of values whose keys are slow to derive, before the first is decrypted. */
  readonly onDerivations?: (derivations: Derivations) => void;
  readonly signal?: AbortSignal;
}

/**
 * Preflight decrypts a value twice, a run four times (its old and its new ciphertext, the new one to encrypt it, and both to be compared), and once
 * more where the new key may have encrypted it.
 */
const derivationsOfValue = 6;

/** The findings, and what the run needs of what was found out. */
export interface Preflight {
  readonly findings: readonly Finding[];
  readonly tables: readonly TableTarget[];
  readonly triggers: readonly UpdateTrigger[];
  readonly place: StagingPlace;
  /** What was read of the whole database; absent where samples were, or nothing could be. */
  readonly census?: Census;
}

/** Stops that say that the old key cannot be tried on all rows, or not reliably. */
const unreadable = ['privileges', 'row-level-security', 'foreign-partitions', 'engine'];

/** Looks at everything that could make a rotation fail or do harm. Changes nothing. */
export async function runPreflight(session: RewriteSession, request: PreflightRequest): Promise<Preflight> {
  const { reader: client, facts } = session;
  const writer = applicationInWords(request.inventory);
  if (isTooOld(facts)) {
    const serverFindings = await checkServer(client, session, writer);
    return { findings: serverFindings, tables: [], triggers: [], place: 'schema' };
  }
  const [serverFindings, catalog, stagingFacts, journal] = await pipelined(client, [
    () => checkServer(client, session, writer),
    () => readCatalog(client),
    () => readStagingFacts(client),
    () => checkJournal(client),
  ]);
  const tables = resolveInventory(request.inventory, catalog);
  const staging = await chooseStaging(client, stagingFacts, session.portable ? 'plain' : 'schema');
  const { place } = staging;
  const triggers = await findUpdateTriggers(client, tables, staging);
  const findings = [
    ...serverFindings,
    ...(await checkEngine(client, session, tables, writer)),
    ...(await checkTables(client, tables, triggers, session.portable !== undefined)),
    staging.finding,
    ...(place === 'temporary' ? [] : [journal]),
  ];
  let census: Census | undefined;
  const isBarred = ({ level, code }: Finding) => level === 'stop' && unreadable.includes(code);
  if (!findings.some(isBarred)) {
    const isExcluded = (entry: EncryptedColumn) => namesPlace(request.excluded, entry);
    const derivations = await derivationsOf(
      await slowValuesIn(client, tables),
      request.keys.from,
      request.keys.toMayBePresent ? derivationsOfValue + 1 : derivationsOfValue,
    );
    if (derivations) request.onDerivations?.(derivations);
    findings.unshift(...(await checkOldKey(client, request.keys, tables, isExcluded, request.signal)));
    const { keys, inventory, left = [], sampled = false, ivProofs = [], onCensus, signal } = request;
    if (isOfOtherApplication(inventory)) {
      findings.push(...(await checkSchemes(client, { keys, inventory, derivations, left, sampled, signal })));
      return { findings: accept(findings, request.accepted), tables, triggers, place };
    }
    const looked = sampled
      ? undefined
      : await checkCensus(client, {
          keys,
          inventory,
          left,
          known: request.census,
          onBytes: onCensus,
          signal,
        });
    census = looked?.census;
    // what is said of samples must not gainsay what all rows told
    const reported = new Set(looked?.findings.flatMap(({ places = [] }) => places.map(({ name }) => name)));
    findings.push(
      ...(await checkForms(client, { keys, inventory, sampled, reported, ivProofs, signal })),
      ...(looked?.findings ?? (await checkSampledNesting(client, keys, tables, left, signal))),
    );
  }
  return {
    findings: accept(findings, request.accepted),
    tables,
    triggers,
    place,
    ...(census && { census }),
  };
}
