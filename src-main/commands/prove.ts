import { Command } from 'commander';
import { readCatalog } from '#postgres/catalog';
import { discoverColumns } from '#discovery/discovery';
import { resolveInventory } from '#postgres/table-target';
import type { EncryptionKey } from '#crypto/encryption-key';
import { readIvProofs, rememberIvProofs } from '#environments/iv-proofs';
import { assertNamesKnown, withoutExcluded } from '#rotation/exclusion';
import { proveByKnownValue } from '#rotation/known-value';
import { type Proof, proveKey } from '#rotation/prove';
import { proofJson, proofTable } from './column-report.ts';
import { environmentFolderOf, requireDatabase, runs } from './command-context.ts';
import { givenInventory } from './inventory-file.ts';
import type { KeySource } from './key-source.ts';
import { type KnownValueSource, knownValueOptions, readKnownValue, sayIvProof } from './known-value.ts';
import {
  databaseOption,
  excludeOption,
  inventoryOption,
  jsonOption,
  keyOptions,
  passphraseOption,
} from './options.ts';
import { givenKey } from './ring-key.ts';
import type { Terminal } from './terminal.ts';
import { count } from './wording.ts';

interface Options extends KeySource, KnownValueSource {
  readonly database?: string;
  readonly inventory?: string;
  readonly passphraseFile?: string;
  readonly exclude: readonly string[];
}

export function proveCommand(): Command {
  const command = new Command('prove')
    .description('open every value with a key and say what that proves; only reads')
    .addOption(databaseOption)
    .addOption(inventoryOption);
  for (const option of keyOptions) command.addOption(option);
  command.addOption(passphraseOption).addOption(excludeOption);
  for (const option of knownValueOptions) command.addOption(option);
  command.addOption(jsonOption);
  return runs<Options>(command, async (options, { terminal, signal }) => {
    const database = requireDatabase(options);
    const given = await givenInventory(options);
    using knownValue = await readKnownValue(options);
    using key = await givenKey(options);
    const folder = environmentFolderOf(options);
    const client = await database.open('keel prove');
    const progress = terminal.progress();
    try {
      const inventory = given ?? (await discoverColumns(client, { key, signal })).inventory;
      assertNamesKnown(options.exclude, inventory);
      const shown = knownValue && (await proveByKnownValue(client, key, inventory, knownValue, signal));
      await rememberIvProofs(folder, shown ? [shown] : []);
      const ivProofs = await readIvProofs(folder);
      const tables = resolveInventory(inventory, await readCatalog(client));
      const total = tables.reduce((sum, table) => sum + table.catalog.estimatedRows, 0);
      const proof = withoutExcluded(
        await proveKey(client, key, tables, {
          signal,
          ivProofs,
          onRows: (done) => progress.show('proving', done, total >= done ? total : undefined),
        }),
        options.exclude,
      );
      progress.end();
      sayProof(proof, key, terminal);
      if (shown) sayIvProof(shown, terminal);
      const isRight = proof.verdict === 'correct' && shown?.shows !== 'beginning-lost';
      terminal.result({
        ok: isRight,
        verdict: proof.verdict,
        bits: proof.bits,
        columns: proofJson(proof),
        ...(shown && { knownValue: shown }),
      });
      return isRight ? 0 : 3;
    } finally {
      progress.end();
      await client.end();
    }
  });
}

const verdictWords = {
  correct: ['good', 'CORRECT: this key opens the database'],
  wrong: ['bad', 'WRONG: this key does not open these values; what it makes of them is noise'],
  mixed: ['warning', 'MIXED: this key opens some values and not others'],
  inconclusive: ['warning', 'INCONCLUSIVE: the values are too few or too short to tell'],
} as const;

function sayProof(proof: Proof, key: EncryptionKey, terminal: Terminal): void {
  terminal.say(`${proofTable(proof, terminal)}\n`);
  const opened = proof.columns.reduce((sum, column) => sum + column.proven + column.inconclusive, 0);
  const rows = proof.columns.reduce((sum, column) => sum + column.rows, 0);
  const [tone, words] = verdictWords[proof.verdict];
  terminal.say(terminal.paint(tone, words));
  const numbers = `opens ${count(opened)} of ${count(rows)} values, ${count(proof.bits)} bits of evidence`;
  terminal.say(`Key ${key.fingerprint} ${numbers}`);
  for (const { hint } of proof.columns) if (hint) terminal.say(terminal.paint('warning', `Hint: ${hint}`));
}
