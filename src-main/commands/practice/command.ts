import { formatCount } from '#shared/counted';
import { type Command, Option } from '@commander-js/extra-typings';
import { KeelError } from '#errors/keel-error';
import { rotatableApplication } from '#applications/applications';
import { newKeyOf } from '#keys/new-key';
import { startPracticeDatabase } from '#practice/practice-database';
import { sampledApplications } from '#practice/sample-applications';
import { runs } from '#commands/command-context';
import { sayDemo } from './report.ts';
import { walkMainJob } from './walk.ts';
import { jsonOption } from '#commands/options';
import { rotationJson } from '#commands/rotation/report';

/** More would only take longer; the benchmark is for that. */
const maxRows = 1_000_000;

/** `keel demo` */
export function define(command: Command): void {
  const offered = command
    .addOption(
      new Option('--rows <n>', 'number of encrypted rows in the sample').default(5_000).argParser(rowCount),
    )
    .addOption(
      new Option('--application <name>', 'a sample of another application than Ballast').choices(
        sampledApplications,
      ),
    )
    .addOption(jsonOption);
  runs(offered, async ({ rows, application: name }, { terminal, signal }) => {
    const application = name === undefined ? undefined : rotatableApplication(name);
    terminal.progress.show('starting', 0);
    await using practice = await startPracticeDatabase({
      rows,
      other: name && { application: name, key: await newKeyOf(application, undefined) },
      onRows: (done, total) => terminal.progress.show('filling', done, total),
    });
    terminal.say(
      `A sample ${application?.name ?? 'Ballast'} database with ${formatCount(rows)} encrypted rows, on its own PostgreSQL server.\n`,
    );
    const demo = await walkMainJob(practice, application, { terminal, signal });
    sayDemo(demo, terminal);
    terminal.result({
      ok: true,
      steps: demo.steps.map(({ name, ms }) => ({ name, ok: true, ms: Math.round(ms) })),
      rotation: rotationJson(demo.rotation),
    });
    return 0;
  });
}

function rowCount(value: string): number {
  const rows = Number(value);
  if (Number.isInteger(rows) && rows >= 20 && rows <= maxRows) return rows;
  throw new KeelError(
    'usage',
    `\`${value}\` is not a number of rows`,
    `use a whole number from 20 to ${maxRows}`,
  );
}
