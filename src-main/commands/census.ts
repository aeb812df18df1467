import { Command } from 'commander';
import { counted } from '#shared/counted';
import type { Inventory } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { takeCensus } from '#census/census';
import { type Census, isComplete } from '#census/census-result';
import { takeFileCensus } from '#census/census-file';
import { inventoryOf } from '#discovery/inventory';
import { KeelError } from '#errors/keel-error';
import { readKeyRing } from '#keyring/key-ring-file';
import { censusJson, sayCensus } from './census-report.ts';
import { requireDatabase, runs } from './command-context.ts';
import { givenInventory, writeInventory } from './inventory-file.ts';
import { type KeySource, readKey } from './key-source.ts';
import type { Named } from './named-environment.ts';
import { databaseOption, inventoryOption, jsonOption, keyOptions, passphraseOption } from './options.ts';
import { hasKeySource, ringKey } from './ring-key.ts';
import type { Terminal } from './terminal.ts';

interface Options extends KeySource, Named {
  readonly database?: string;
  readonly inventory?: string;
  readonly passphraseFile?: string;
  readonly file?: string;
  readonly out?: string;
}

export function censusCommand(): Command {
  const command = new Command('census')
    .description(
      'read every cell of a database, or a file, and account for all that is under a key; only reads',
    )
    .addOption(databaseOption)
    .option(
      '--file <file>',
      'read a file instead: a dump, a CSV, a log; of pg_dump’s custom format by way of pg_restore',
    )
    .addOption(inventoryOption)
    .option(
      '--out <file>',
      'write the inventory, with the places that were found and can be rewritten, to a new file',
    );
  for (const option of keyOptions) command.addOption(option);
  command.addOption(passphraseOption).addOption(jsonOption);
  return runs<Options>(command, async (options, { terminal, signal }) => {
    const keys = await keysAtHand(options);
    const progress = terminal.progress();
    try {
      const inventory = await givenInventory(options);
      const census = await take(options, {
        keys,
        inventory,
        signal,
        onProgress: (done, total) => progress.show('census', done, total),
      });
      progress.end();
      sayCensus(census, inventory !== undefined, terminal);
      if (options.out !== undefined) await writeExtended(options.out, inventory, census, terminal);
      terminal.result({ ok: isComplete(census), ...censusJson(census) });
      return isComplete(census) ? 0 : 3;
    } finally {
      progress.end();
      for (const key of keys) key[Symbol.dispose]();
    }
  });
}

interface Request {
  readonly keys: readonly EncryptionKey[];
  readonly inventory: Inventory | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

async function take(options: Options, request: Request): Promise<Census> {
  if (options.file !== undefined) return takeFileCensus(options.file, request);
  const client = await requireDatabase(options).open('keel census');
  try {
    return await takeCensus(client, request);
  } finally {
    await client.end();
  }
}

/** The key that was given, else every key of the environment's ring that is still kept. The caller disposes them. */
async function keysAtHand(options: Options): Promise<EncryptionKey[]> {
  const { named } = options;
  if (!named || hasKeySource(options)) return [await readKey(options, { allowWeak: true })];
  const ring = await readKeyRing(named.folder);
  const kept = ring.keys.filter(({ state }) => state !== 'destroyed');
  if (kept.length === 0) {
    throw new KeelError(
      'key-unproven',
      `the key ring of ${named.settings.name} is empty; nothing was read`,
      'give a key with `--key-file FILE`',
    );
  }
  const keys: EncryptionKey[] = [];
  for (const { fingerprint } of kept) keys.push(await ringKey(named, fingerprint, options));
  return keys;
}

/** Writes an inventory with what the census proposes. */
async function writeExtended(
  path: string,
  inventory: Inventory | undefined,
  { places }: Census,
  terminal: Terminal,
): Promise<void> {
  const proposals = places.flatMap(({ proposal }) => proposal ?? []);
  const distinct = [...new Map(proposals.map((entry) => [JSON.stringify(entry), entry])).values()];
  await writeInventory(path, inventoryOf([...(inventory?.columns ?? []), ...distinct]));
  terminal.say(
    `\nThe inventory is in ${path}, with ${counted(distinct.length, 'place')} that the census found. Review it, then run \`keel prove\`.`,
  );
}
