import type { Command } from '@commander-js/extra-typings';
import type { Application } from '#contract/application';
import { applications } from '#applications/applications';
import { runs } from '#commands/command-context';
import { jsonOption } from '#commands/options';
import { textTable } from '#commands/text-table';

/** `keel applications` */
export function define(command: Command): void {
  runs(command.addOption(jsonOption), async (_options, { terminal }) => {
    const titles = ['name', 'application', 'key', 'rotation'];
    const rows = applications().map((one) => [
      one.id,
      one.name,
      one.variables.join('; '),
      rotationInWords(one),
    ]);
    terminal.say(
      textTable(
        titles.map((title) => ({ title })),
        rows,
        terminal.paint,
      ),
    );
    terminal.result({ ok: true, applications: applications().map(applicationJson) });
    return 0;
  });
}

function rotationInWords({ id, outOfScope, rotatesItself }: Application): string {
  if (outOfScope !== undefined)
    return `not supported by Keel: ${outOfScope}${rotatesItself ? `; ${rotatesItself}` : ''}`;
  if (id === 'ballast') return '`keel rotate`';
  const own = rotatesItself ? `; ${rotatesItself}` : '';
  return `\`keel rotate --application ${id}\`${own}`;
}

function applicationJson({ id, name, variables, outOfScope, rotatesItself, forms }: Application) {
  return {
    id,
    name,
    variables,
    isRotated: outOfScope === undefined,
    ...(outOfScope !== undefined && { outOfScope }),
    ...(rotatesItself !== undefined && { rotatesItself }),
    seenIn: forms.flatMap(({ seenIn }) => seenIn),
  };
}
