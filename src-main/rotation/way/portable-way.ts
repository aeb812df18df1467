import type { PortableTraits } from '#postgres/engine/engine';
import { insertRows } from '#postgres/rows/row-insert';
import { assertHeld } from '#rewrite/applied';
import { ensureKeelSchema } from '#rewrite/keel-schema';
import { createStagingSql, createStagingTable } from '#rewrite/staging-table';
import { disableTriggers, withoutObstacle } from '#rewrite/triggers';
import { beginWriting } from '#rewrite/writing-transaction';
import { collectDifferent, createUnwrittenSql } from '#rotation/run/delta';
import { dropEmptyJournal, journalStatus, prepareJournal } from '#rotation/run/journal';
import type { RotationWay } from './way.ts';

/**
 * With what every engine on this protocol has that keeps a transaction: tables, INSERT, UPDATE and SELECT. A row is found by its key and its
 * old ciphertext, and is late where it does not hold what was staged for it. Nothing is locked but the rows that are written, so that whoever
 * writes meanwhile is noticed by looking again, or by the server, which then has the transaction tried again. Tables are created outside of it
 * (decision 0065).
 */
export function portableWay(traits: PortableTraits): RotationWay {
  return {
    checksFirst: true,
    attempts: 5,
    withIdentity: (target) => target,
    markOf: () => 'false',
    async prepareJournal(client) {
      await ensureKeelSchema(client);
      const was = await journalStatus(client);
      await prepareJournal(client, was);
      return was;
    },
    // it is there, and written to by this transaction only
    openJournal: () => Promise.resolve(),
    dropJournal: (client, was) =>
      was === 'missing' && traits.advisoryLocks ? dropEmptyJournal(client) : Promise.resolve(),
    async stage(client, staging, rows, again) {
      if (again) await client.query(`TRUNCATE ${staging.sql}`);
      else await createStagingTable(client, staging);
      await insertRows(client, staging.sql, rows);
    },
    append: (client, staging, rows) => insertRows(client, staging.sql, rows),
    async prepareLate(client, late) {
      for (const { changed, delta } of late) {
        for (const statement of [createUnwrittenSql(changed), createStagingSql(delta)])
          await client.query(statement);
      }
    },
    begin: (client) => beginWriting(client, traits),
    async lock(client, _targets, triggers) {
      await disableTriggers(client, withoutObstacle(triggers));
      // a trigger may be made as long as nothing is locked, so each table is read again
      return false;
    },
    countFilled: () => Promise.resolve(undefined),
    collectLate: (client, { staging }, { changed }) => collectDifferent(client, changed, staging),
    assertApplied: (client, target, stagings, _xid, written) => assertHeld(client, target, stagings, written),
  };
}
