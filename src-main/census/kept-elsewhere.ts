import type { Client } from 'pg';
import { type KeptElsewhere, readKeptElsewhere, rowKeepers } from '#postgres/engine/kept-elsewhere';
import { counted } from '#shared/counted';
import type { UnreadPlace } from './relations.ts';

/** What a census may not have read, since an extension keeps the rows elsewhere than in their table. Reads catalogs only. */
export async function unreadByExtensions(client: Client): Promise<UnreadPlace[]> {
  return (await readKeptElsewhere(client, await rowKeepers(client))).flatMap(unreadOf);
}

function unreadOf(kept: KeptElsewhere): UnreadPlace[] {
  if ('isUnknown' in kept)
    return [
      {
        reason: `the catalog of the extension ${kept.keeper} could not be read, so it is unknown which rows it stores elsewhere`,
      },
    ];
  // chunks of a hypertable are tables that a census reads like others; of shards nobody knows whether it saw them
  const shards = kept.keeper === 'citus' ? kept.tables : [];
  return [
    ...shards.map(({ schema, name }) => ({
      schema,
      table: name,
      reason: 'Citus keeps its rows in shards; Keel cannot tell whether it read all of them',
    })),
    ...kept.compressed.map(({ schema, name, chunks }) => ({
      schema,
      table: name,
      reason: `${counted(chunks, 'chunk')} of it ${chunks === 1 ? 'is' : 'are'} compressed by TimescaleDB`,
    })),
  ];
}
