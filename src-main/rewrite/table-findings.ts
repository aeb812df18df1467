import type { Client } from 'pg';
import { pipelined } from '#postgres/pipelined';
import type { TableTarget } from '#postgres/table-target';
import { checkConstraints } from './check-findings.ts';
import { checkOthersCode } from './code-findings.ts';
import { type Finding, pass, stop, warn } from './finding.ts';
import { checkPartitions } from './partition-findings.ts';
import { checkPublications, readPublished } from './publication-findings.ts';
import type { UpdateTrigger } from './triggers.ts';

/** Sizes from here on are worth a look at the disk. */
const largeBytes = 1 << 30;

/** Reasons against rewriting these tables, whichever rows they hold. `portable`: rows are found by their key alone. */
export async function checkTables(
  client: Client,
  tables: readonly TableTarget[],
  triggers: readonly UpdateTrigger[],
  portable = false,
): Promise<Finding[]> {
  const [facts, published, checks, partitions] = await pipelined(client, [
    () => readTableFacts(client, tables),
    () => readPublished(client, tables),
    () => checkConstraints(client, tables),
    () => checkPartitions(client, tables),
  ]);
  const publications = await checkPublications(client, tables, published);
  return [
    checkPrivileges(facts),
    checkRowSecurity(facts),
    checkRules(facts),
    checkForeignKeys(facts),
    ...publications,
    checkDerived(facts),
    checks,
    checkTriggers(triggers),
    ...checkOthersCode(tables, triggers),
    ...partitions,
    checkIdentity(tables, portable),
    checkHeadRoom(tables),
  ];
}

interface TableFacts {
  readonly label: string;
  readonly mayRead: boolean;
  readonly mayUpdate: boolean;
  readonly mayLock: boolean;
  readonly rowSecurity: boolean;
  readonly updateRules: number;
  readonly referenced: boolean;
  readonly generated: number;
  readonly uniqueOver: number;
}

function readTableFacts(client: Client, tables: readonly TableTarget[]): Promise<TableFacts[]> {
  const ask = async ({ catalog, label, columns }: TableTarget): Promise<TableFacts> => {
    const { rows } = await client.query(
      `WITH target AS (SELECT $1::oid AS oid, ARRAY (
           SELECT attnum FROM pg_attribute WHERE attrelid = $1 AND attname = ANY ($2::text[])) AS attnums),
         tree AS (SELECT oid FROM target UNION SELECT relid FROM target, pg_partition_tree(target.oid))
       SELECT
         has_table_privilege(target.oid, 'SELECT') AS "mayRead",
         (SELECT bool_and(has_column_privilege(target.oid, a, 'UPDATE')) FROM unnest(attnums) AS a) AS "mayUpdate",
         has_table_privilege(target.oid, 'UPDATE, DELETE, TRUNCATE') AS "mayLock",
         (SELECT bool_or(row_security_active(tree.oid)) FROM tree) AS "rowSecurity",
         (SELECT count(*)::int FROM pg_rewrite r, tree WHERE r.ev_class = tree.oid AND r.ev_type = '2') AS "updateRules",
         EXISTS (SELECT FROM pg_constraint c, tree WHERE c.contype = 'f' AND
           (c.confrelid = tree.oid AND c.confkey && attnums OR c.conrelid = tree.oid AND c.conkey && attnums)) AS referenced,
         (SELECT count(*)::int FROM pg_attribute a WHERE a.attrelid = target.oid AND a.attgenerated <> '' AND EXISTS (
           SELECT FROM pg_attrdef d JOIN pg_depend p ON p.classid = 'pg_attrdef'::regclass AND p.objid = d.oid
           WHERE d.adrelid = target.oid AND d.adnum = a.attnum AND p.refobjid = target.oid
             AND p.refobjsubid = ANY (attnums))) AS generated,
         (SELECT count(*)::int FROM pg_index i WHERE i.indrelid = target.oid AND i.indisunique
           AND i.indkey::int2[] && attnums) AS "uniqueOver"
       FROM target`,
      [catalog.oid, columns.map((column) => column.name)],
    );
    return { label, ...rows[0] };
  };
  return pipelined(
    client,
    tables.map((table) => () => ask(table)),
  );
}

function labels(facts: readonly TableFacts[], holds: (fact: TableFacts) => boolean): string {
  return facts
    .filter(holds)
    .map((fact) => fact.label)
    .join(', ');
}

function checkPrivileges(facts: readonly TableFacts[]): Finding {
  const lacking = labels(facts, (fact) => !fact.mayRead || !fact.mayUpdate || !fact.mayLock);
  if (!lacking) return pass('privileges', 'the role may read, update and lock every table in the inventory');
  return stop(
    'privileges',
    // who wrote a row, and where it is, are read of the whole table; so is a lock taken
    `the role lacks SELECT or UPDATE on ${lacking}; column-level grants are not enough`,
    `grant SELECT and UPDATE on ${lacking} to the role, or connect as the owner`,
  );
}

function checkRowSecurity(facts: readonly TableFacts[]): Finding {
  const active = labels(facts, (fact) => fact.rowSecurity);
  if (!active) return pass('row-level-security', 'no row is hidden by row-level security');
  return stop(
    'row-level-security',
    `row-level security hides rows of ${active} from the role that rewrites them: those rows would stay encrypted with the old key`,
    'connect as the owner or as a role with BYPASSRLS; where row-level security is forced on the owner, turn that off for the duration of the rotation (ALTER TABLE … NO FORCE ROW LEVEL SECURITY)',
  );
}

function checkRules(facts: readonly TableFacts[]): Finding {
  const ruled = labels(facts, (fact) => fact.updateRules > 0);
  if (!ruled) return pass('rules', 'no rewrite rule applies to updates');
  return stop(
    'rules',
    `a rule rewrites updates of ${ruled}`,
    'disable the rule for the duration of the rotation',
  );
}

function checkForeignKeys(facts: readonly TableFacts[]): Finding {
  const referenced = labels(facts, (fact) => fact.referenced);
  if (!referenced) return pass('foreign-keys', 'no foreign key uses an encrypted column');
  return stop(
    'foreign-keys',
    `a foreign key uses an encrypted column of ${referenced}: its values cannot be changed on both sides at once`,
    'remove the column from the inventory, or drop the constraint',
  );
}

function checkDerived(facts: readonly TableFacts[]): Finding {
  const generated = labels(facts, (fact) => fact.generated > 0);
  const unique = labels(facts, (fact) => fact.uniqueOver > 0);
  if (!generated && !unique)
    return pass(
      'derived',
      'no generated column is computed from an encrypted column, and no unique index covers one',
    );
  const what = [
    ...(generated
      ? [`generated columns of ${generated} are computed from ciphertexts and will change with them`]
      : []),
    ...(unique ? [`unique indexes of ${unique} cover ciphertexts`] : []),
  ];
  return warn('derived', what.join('; '), 'check that nothing looks up rows by their ciphertext');
}

function checkTriggers(triggers: readonly UpdateTrigger[]): Finding {
  if (triggers.length === 0) return pass('triggers', 'no triggers fire on an update');
  const names = nameSome(triggers.map(({ table, name }) => `${name} on ${table.replaceAll('"', '')}`));
  if (triggers.every(({ obstacle }) => obstacle === undefined)) {
    return warn(
      'triggers',
      `triggers are disabled within the transaction, so that only ciphertexts change: ${names}`,
      'if one of them has to process the change (for a search index or an audit table), run it yourself afterwards',
    );
  }
  const isRefused = triggers.some(({ obstacle }) => obstacle === 'event-trigger');
  return stop(
    'triggers',
    `triggers would fire and may change other columns, and ${isRefused ? 'an event trigger blocks the ALTER TABLE that disables them' : 'only the owner of the tables may disable them'}: ${names}`,
    isRefused
      ? 'disable the event trigger for the duration of the rotation (ALTER EVENT TRIGGER … DISABLE)'
      : 'connect as the owner of the tables',
  );
}

/** A trigger of a partitioned table is on each of its partitions, which may be many. */
function nameSome(names: readonly string[]): string {
  const max = 12;
  const rest = names.length > max ? ` and ${names.length - max} more` : '';
  return `${names.slice(0, max).join(', ')}${rest}`;
}

function checkIdentity(tables: readonly TableTarget[], portable: boolean): Finding {
  const without = tables.filter((table) => table.identity.kind === 'place').map((table) => table.label);
  if (without.length === 0) return pass('primary-keys', 'every table in the inventory has a primary key');
  if (portable) {
    return stop(
      'primary-keys',
      `tables without a usable primary key: ${without.join(', ')}; the portable way finds a row by its key and its old ciphertext`,
      'add a primary key, or a unique index on columns that are NOT NULL and not encrypted',
    );
  }
  return warn(
    'primary-keys',
    `tables without a usable primary key: ${without.join(', ')}; their rows are matched by position and ciphertext, and verified as a set`,
    'nothing to do; with a primary key, each row would be verified individually',
  );
}

function checkHeadRoom(tables: readonly TableTarget[]): Finding {
  const bytes = tables.reduce((sum, table) => sum + table.catalog.bytes, 0);
  const size = `${(bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0)} MiB`;
  if (bytes < largeBytes)
    return pass('disk', `the rewrite temporarily needs about ${size} of disk space on the server`);
  return warn(
    'disk',
    `the rewrite temporarily needs about ${size} of disk space on the server, and as much again for write-ahead log`,
    'check the server’s free disk space first; it cannot be read through SQL',
  );
}
