import { Command } from 'commander';
import { readEnvironmentSettings } from '#environments/environment-settings';
import { KeelError } from '#errors/keel-error';
import { filesWithKeys, readTargets } from '#handoff/read-targets';
import { discardCopy } from '#keyring/key-copies';
import { readKeyRing } from '#keyring/key-ring-file';
import { type Leftover, leftoversOf } from '#keyring/leftovers';
import { noteEffect } from '#commands/audit/activity';
import { environmentFolderOf, runs } from '#commands/command-context';
import { periodsInWords } from './key-words.ts';
import type { Named } from '#commands/environments/named-environment';
import { databaseOption, jsonOption } from '#commands/options';
import { textTable } from '#commands/text-table';

interface Options extends Named {
  readonly database?: string;
  readonly gone?: string;
}

export function leftoversCommand(): Command {
  const command = new Command('leftovers')
    .description('list where old keys still stand, to work off: Ballast’s files, artefacts, key files, dumps')
    .addOption(databaseOption)
    .option('--gone <place>', 'note that a copy is gone; named as the list does')
    .addOption(jsonOption);
  return runs<Options>(command, async (options, { terminal }) => {
    const folder = environmentFolderOf(options);
    const known = (await readEnvironmentSettings(folder))?.targets ?? [];
    const [targets, files] = [await readTargets(known), await filesWithKeys(known)];
    const list = async () => leftoversOf(await readKeyRing(folder), targets, files);
    if (options.gone !== undefined) {
      const { gone } = options;
      const copy = (await list()).find(({ kind, where }) => kind === 'copy' && where === gone);
      if (!copy) throw unknownCopy(gone);
      await discardCopy(folder, copy.fingerprint, gone);
      const { fingerprint } = copy;
      const detail = `${gone}, as the admin says`;
      await noteEffect(terminal, {
        folder,
        action: 'copy of a key gone',
        detail,
        outcome: 'done',
        fingerprint,
      });
    }
    const left = await list();
    if (left.length === 0) terminal.say('No old key is known to stand anywhere.');
    else {
      const titles = ['key', 'where', 'what to do'];
      const rows = left.map((leftover) => [leftover.fingerprint, whereInWords(leftover), todo(leftover)]);
      terminal.say(
        textTable(
          titles.map((title) => ({ title })),
          rows,
          terminal.paint,
        ),
      );
      terminal.say(
        '\nLooked at: the key ring, and the files that Ballast reads with those beside them. Keel cannot see containers, password managers, the variables of a CI, or the history of a shell.',
      );
    }
    terminal.result({ ok: true, leftovers: left });
    return 0;
  });
}

function whereInWords({ kind, where, dumps = [] }: Leftover): string {
  if (kind === 'dumps') return `dumps begun ${periodsInWords(dumps)}`;
  return kind === 'target' ? `${where}, which Ballast reads` : where;
}

function todo({ kind, standing }: Leftover): string {
  if (standing === 'replace') return 'give it the active key, and restart Ballast';
  if (kind === 'text') return 'take it out: a comment or an earlier copy still holds the key';
  if (kind === 'dumps') return 'once none exists: `keel key dumps --none-before TIME`';
  if (standing === 'missing') return 'not there now; if it is gone for good, `--gone` notes that';
  if (standing === 'keep') return 'keep it while a dump may need the key';
  return kind === 'store' ? '`keel key destroy --fingerprint F`' : 'remove it: no dump needs the key';
}

function unknownCopy(gone: string): KeelError {
  return new KeelError(
    'usage',
    `no copy of an old key is known as “${gone}”; nothing was noted`,
    'name it as `keel leftovers` lists it',
  );
}
