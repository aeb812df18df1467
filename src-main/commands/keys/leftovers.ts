import type { Command } from '@commander-js/extra-typings';
import { KeelError } from '#errors/keel-error';
import { readTargetsAndNeighbours } from '#handoff/read-targets';
import { type Leftover, leftoversOf } from '#keyring/leftovers';
import { noteCopyGone } from '#keys/use-cases/discard-copy';
import { agreedContext, commandWorkspace } from '#commands/command-workspace';
import { runs } from '#commands/command-context';
import { periodsInWords } from './key-text.ts';
import { databaseOption, jsonOption } from '#commands/options';
import { textTable } from '#commands/text-table';

/** `keel leftovers` */
export function define(command: Command): void {
  const offered = command
    .addOption(databaseOption)
    .option('--gone <place>', 'mark a copy as deleted, by its name in the list')
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    using workspace = await commandWorkspace(options, context);
    const known = workspace.settings?.targets ?? [];
    const { targets, files } = await readTargetsAndNeighbours(known, workspace.settings);
    const list = async () => leftoversOf(await workspace.readRing(), targets, files);
    const { gone: where } = options;
    if (where !== undefined) {
      const copy = (await list()).find((one) => one.kind === 'copy' && one.where === where);
      if (!copy) throw unknownCopy(where);
      const { fingerprint } = copy;
      await noteCopyGone(workspace, { fingerprint, where }, agreedContext(context));
    }
    const left = await list();
    if (left.length === 0) terminal.say('No copies of old keys are known.');
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
        '\nChecked: the key ring, the files that Ballast reads, and the files next to them. Keel cannot see containers, password managers, CI variables, or shell history.',
      );
    }
    terminal.result({ ok: true, leftovers: left });
    return 0;
  });
}

function whereInWords({ kind, where, dumps = [] }: Leftover): string {
  if (kind === 'dumps') return `dumps started ${periodsInWords(dumps)}`;
  return kind === 'target' ? `${where}, which Ballast reads` : where;
}

function todo({ kind, status }: Leftover): string {
  if (status === 'replace') return 'give it the active key, and restart Ballast';
  if (kind === 'text') return 'delete it: a comment or an earlier copy still contains the key';
  if (kind === 'dumps') return 'once none exists: `keel key dumps --none-before TIME`';
  if (status === 'missing') return 'not there now; if it was deleted, mark it with `--gone`';
  if (status === 'keep') return 'keep it while a dump may need the key';
  return kind === 'store' ? '`keel key destroy --fingerprint F`' : 'delete it: no dump needs the key';
}

function unknownCopy(gone: string): KeelError {
  return new KeelError(
    'usage',
    `no copy of an old key is listed as “${gone}”; nothing was marked`,
    'use the name that `keel leftovers` shows',
  );
}
