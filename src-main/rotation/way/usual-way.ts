import type { Client } from 'pg';
import { pipelined } from '#postgres/pipelined';
import { copyRowsInto } from '#postgres/row-stream';
import { filledCondition, type TableTarget, withPlaces } from '#postgres/table-target';
import { assertApplied, writesOnce } from '#rewrite/applied';
import { createStagingSql, createStagingTable } from '#rewrite/staging-table';
import { ensureKeelSchema } from '#rewrite/keel-schema';
import { lockAsFound } from '#rewrite/lock-as-found';
import { disableTriggers, type UpdateTrigger, withoutObstacle } from '#rewrite/triggers';
import { beginWriting, writtenBy } from '#rewrite/writing-transaction';
import { collectUnwritten } from '#rotation/run/delta';
import { journalStatus, openJournal } from '#rotation/run/journal';
import type { RotationWay } from './way.ts';

/** With what PostgreSQL has: places of rows, the transaction that wrote each, locks of tables, COPY in binary, and tables without a log. */
export const usualWay: RotationWay = {
  checksFirst: false,
  attempts: 1,
  withIdentity: withPlaces,
  markOf: (xid) => (xid === undefined ? 'false' : writtenBy(xid)),
  async prepareJournal(client) {
    const [was] = await pipelined(client, [() => journalStatus(client), () => ensureKeelSchema(client)]);
    return was;
  },
  openJournal,
  // it is created in the transaction
  dropJournal: () => Promise.resolve(),
  stage(client, staging, rows, again) {
    const making = again ? `TRUNCATE ${staging.sql}` : createStagingSql(staging);
    if (staging.target.identity.placed) return copyRowsInto(client, staging.sql, rows, { making });
    // a rough idea of the sizes is all that a plan needs which has to look rows up
    const after = `SET LOCAL default_statistics_target = 10; ANALYZE ${staging.sql}`;
    return copyRowsInto(client, staging.sql, rows, { making, after });
  },
  append: (client, staging, rows) => copyRowsInto(client, staging.sql, rows),
  prepareLate: () => Promise.resolve(),
  begin: (client) => beginWriting(client),
  lock: lockAndLook,
  countFilled,
  async collectLate(client, { mark }, { changed, delta }, xid) {
    const count = await collectUnwritten(client, changed, xid, mark);
    if (count > 0) await createStagingTable(client, delta);
    return count;
  },
  assertApplied,
};

async function lockAndLook(
  client: Client,
  targets: readonly TableTarget[],
  triggers: readonly UpdateTrigger[],
  timeoutMs: number,
): Promise<boolean> {
  const look = async () => {
    const each = await pipelined(
      client,
      targets.map((target) => () => writesOnce(client, target)),
    );
    return each.every(Boolean);
  };
  const lock = () => lockAsFound(client, targets, triggers, timeoutMs);
  // a plan that hashes the staged rows in memory, and is not compiled first, keeps the lock short
  const settle = () => client.query("SET LOCAL work_mem = '256MB'; SET LOCAL jit = off");
  const disabled = withoutObstacle(triggers);
  if (disabled.length === 0) {
    const [, , once] = await pipelined(client, [settle, lock, look]);
    return once;
  }
  await pipelined(client, [settle, lock]);
  await disableTriggers(client, disabled);
  return look();
}

async function countFilled(reader: Client, targets: readonly TableTarget[]): Promise<number[]> {
  const counts = targets.map(
    (target) => `(SELECT count(*)::int8 FROM ${target.sql} AS t WHERE ${filledCondition('t', target)})`,
  );
  const { rows } = await reader.query(`SELECT ARRAY[${counts.join(', ')}]::text[] AS filled`);
  return (rows[0].filled as string[]).map(Number);
}
