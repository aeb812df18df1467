import type { Client } from 'pg';
import { quoteName } from '#postgres/identifiers';
import type { TableTarget } from '#postgres/table-target';
import { accept, type Finding, pass, stop, warn } from '#rewrite/finding';
import { checkEngine } from '#rewrite/engine-findings';
import { checkServer } from '#rewrite/server-findings';
import type { RewriteSession } from '#rewrite/session';
import { chooseStaging, readStagingFacts } from '#rewrite/staging-choice';
import type { StagingPlace } from '#rewrite/staging-table';
import { checkTables } from '#rewrite/table-findings';
import { findUpdateTriggers, type UpdateTrigger } from '#rewrite/triggers';
import type { ArchiveHeader } from './archive-form.ts';
import type { CredentialTable } from '#credentials/credential-table';
import { heldColumns } from './write-back.ts';

/** Stops of an import that an admin may knowingly take on. */
export const acceptableImportStops = [
  'other-sessions',
  'prepared-transactions',
  'triggers',
  'other-database',
  'unopened-rows',
  'missing-values',
] as const;
export type AcceptableImportStop = (typeof acceptableImportStops)[number];

/** Reasons against writing an archive back here, and what the run needs of what was found out. */
export interface ImportPreflight {
  readonly findings: readonly Finding[];
  readonly triggers: readonly UpdateTrigger[];
  readonly place: StagingPlace;
}

/** Looks at everything that could make an import fail or do harm, but for the rows. Only reads. */
export async function checkImport(
  session: RewriteSession,
  header: ArchiveHeader,
  tables: readonly CredentialTable[],
  database: string,
  accepted: readonly AcceptableImportStop[],
): Promise<ImportPreflight> {
  const { reader } = session;
  const targets = tables.map(({ target }) => target);
  const staging = await chooseStaging(reader, await readStagingFacts(reader));
  const triggers = await findUpdateTriggers(reader, targets, staging);
  const findings = [
    checkOrigin(header, database),
    checkKeys(tables),
    ...(await checkServer(reader, session)),
    ...(await checkEngine(reader, session, targets)),
    ...(await checkTables(reader, targets, triggers)).filter(({ code }) => !ownChecks.has(code)),
    await checkForeignKeys(reader, targets),
    staging.finding,
    await checkTemporary(reader),
  ];
  return { findings: accept(findings, accepted, acceptableImportStops), triggers, place: staging.place };
}

/** What an import judges in another way than a rotation, which must not leave a value out. */
const ownChecks: ReadonlySet<string> = new Set(['primary-keys', 'foreign-keys']);

/** The archive is loaded into temporary tables, to be compared where the rows are. */
async function checkTemporary(reader: Client): Promise<Finding> {
  const { rows } = await reader.query(
    `SELECT has_database_privilege(current_database(), 'TEMPORARY') AS may, current_database() AS name`,
  );
  if (rows[0].may) return pass('temporary-tables', 'the role can create temporary tables');
  return stop(
    'temporary-tables',
    'the role cannot create temporary tables, which the archive is loaded into for the comparison',
    `grant TEMPORARY on database ${quoteName(rows[0].name)} to the role for the duration of the import`,
  );
}

async function checkForeignKeys(reader: Client, targets: readonly TableTarget[]): Promise<Finding> {
  const names: string[] = [];
  for (const target of targets) {
    const held = await heldColumns(reader, target);
    names.push(...[...held].map((column) => `${target.label}.${target.columns[column]?.name}`));
  }
  if (names.length === 0) return pass('foreign-keys', 'no foreign key uses an encrypted column');
  return warn(
    'foreign-keys',
    `a foreign key uses ${names.join(', ')}: values there are compared, but not written back`,
    'to write them back, drop the constraint for the duration of the import',
  );
}

function checkOrigin({ database, environment, createdAt }: ArchiveHeader, here: string): Finding {
  const made = `the archive was created from ${shown(database)} (${shown(environment)}) on ${createdAt.slice(0, 10)}`;
  if (database === here) return pass('other-database', made);
  return stop(
    'other-database',
    `${made}; this is ${here}`,
    'connect to that database, unless this one contains the same rows',
  );
}

function checkKeys(tables: readonly CredentialTable[]): Finding {
  const without = tables.filter(({ target }) => target.identity.kind === 'place');
  if (without.length === 0) return pass('primary-keys', 'every table of the archive has a primary key');
  const labels = without.map(({ target }) => target.label).join(', ');
  return stop(
    'primary-keys',
    `${labels} has no primary key, so the archive’s credentials cannot be matched to rows`,
    'add a primary key to the table and export again, or write its values manually: `age --decrypt` prints them',
  );
}

function shown(text: string): string {
  return text.replace(/\p{C}/gu, '\u{fffd}').slice(0, 100);
}
