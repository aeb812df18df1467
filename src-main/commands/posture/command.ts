import { type Command, Option } from '@commander-js/extra-typings';
import {
  endpoint,
  type PostureAnswer,
  type PostureFinding,
  type PosturePlaces,
  type PostureReport,
  type PostureWaiver,
  postureAnswer,
  postureQuestion,
} from '#contract/posture';
import { KeelError } from '#errors/keel-error';
import { findingsInWords, severities } from '#posture/finding';
import { countFindings, judgePosture } from '#posture/judge/judge-posture';
import { byArea, inNumbers, sentence, statusWord, waiverText } from '#posture/report/report-text';
import { type ReportFormat, writeReport } from '#posture/report/write-report';
import { checkEnvironment } from '#posture/use-cases/check';
import { endWaivers, keepPlaces, waiveFindings } from '#posture/use-cases/set-up';
import { isWaived, withWaivers } from '#posture/waivers';
import type { UnaskingContext } from '#workspace/use-case';
import { isKnown, type KnownWorkspace, type Workspace } from '#workspace/workspace';
import { inTerminalWords } from '#commands/act-text';
import { requireDatabase, runs, type OptionsOf } from '#commands/command-context';
import { useCaseContext, workspaceIfGiven } from '#commands/command-workspace';
import { readInventory } from '#commands/proof/inventory-file';
import { collect, databaseOption, inventoryOption, jsonOption } from '#commands/options';
import type { Terminal, Tone } from '#commands/terminal';
import { visible } from '#shared/visible-text';

function offer(command: Command) {
  return command
    .addOption(databaseOption)
    .option('--api <url>', 'URL of Ballast’s API')
    .option('--qdrant <url>', 'URL of Qdrant’s REST API')
    .addOption(repeatable('--oauth <url>', 'OAuth endpoint or redirect URL (repeatable)'))
    .addOption(
      repeatable('--key-file-at <path>', 'file that may contain the key, such as a .env (repeatable)'),
    )
    .option(
      '--root-certificate <file>',
      'CA certificates to trust for these URLs, in addition to the usual ones',
    )
    .addOption(
      new Option('--answer <question=yes|no>', 'answer a question for this run (repeatable)')
        .default([] as string[], 'none')
        .argParser(collect),
    )
    .addOption(inventoryOption)
    .option('--keep', 'save these places for the checks of this environment')
    .addOption(
      repeatable(
        '--waive <finding>',
        'accept a finding of this check, by its id, with --reason and --until (repeatable)',
      ),
    )
    .option('--reason <text>', 'why the finding is acceptable until then')
    .option('--until <day>', 'the last day of the waiver, such as 2027-01-31; then the finding counts again')
    .addOption(repeatable('--unwaive <finding>', 'end the waiver of a finding (repeatable)'))
    .addOption(
      repeatable(
        '--report <file>',
        'also write a report to this file; its name ends in .html or .pdf, or for programs in .sarif or .xml (JUnit) (repeatable)',
      ),
    )
    .addOption(
      new Option(
        '--fail-on <status>',
        'the lowest status that causes exit code 3: fail, warn (or worse), or unknown (also for what could not be checked)',
      )
        .choices(['fail', 'warn', 'unknown'] as const)
        .default('fail' as const),
    )
    .addOption(jsonOption);
}
type Options = OptionsOf<typeof offer>;

/** `keel posture` */
export function define(command: Command): void {
  runs(offer(command), async (options, context) => {
    const reports = options.report.map((path) => ({ path, format: formatOf(path) }));
    const failing = severities.slice(severities.indexOf(options.failOn));
    const { terminal } = context;
    const inventory = options.inventory === undefined ? undefined : await readInventory(options.inventory);
    const places = placesOf(options);
    assertWaiving(options);
    using workspace = await workspaceIfGiven(options, context);
    const label = options.database === undefined ? undefined : requireDatabase(options).label;
    const name = workspace?.settings?.name ?? label ?? places.api ?? 'the places given';
    const { facts, recordFault } = await checkEnvironment(
      workspace,
      { places, columns: inventory?.columns, answers: options.answer.map(readAnswer) },
      useCaseContext(context),
    );
    const judged = findingsInWords(judgePosture(facts), inTerminalWords);
    const waivers = await changedWaivers(workspace, judged, options, useCaseContext(context));
    const findings = withWaivers(judged, waivers, facts.at);
    if (options.keep) await keepPlaces(needed(workspace), places, useCaseContext(context));
    const report: PostureReport = {
      at: facts.at,
      subject: name,
      findings,
      ...(recordFault !== undefined && { recordFault }),
    };
    for (const { path, format } of reports)
      await writeReport(report, path, format, { mustBeNew: true, failing });
    sayReport(report, terminal);
    if (recordFault !== undefined) terminal.note(sentence(recordFault));
    for (const { path } of reports) terminal.note(`report written to ${path}`);
    const counts = countFindings(report.findings);
    const ok = failing.every((status) => counts[status] === 0);
    terminal.result({ ok, ...report, counts });
    return ok ? 0 : 3;
  });
}

/** The waivers of the environment, with those that are given or ended now. */
async function changedWaivers(
  workspace: Workspace | undefined,
  findings: readonly PostureFinding[],
  { waive, unwaive, reason = '', until = '' }: Options,
  context: Pick<UnaskingContext, 'audit'>,
): Promise<readonly PostureWaiver[]> {
  let waivers: readonly PostureWaiver[] = workspace?.settings?.posture?.waivers ?? [];
  if (unwaive.length > 0) waivers = await endWaivers(needed(workspace), unwaive, context);
  if (waive.length > 0) {
    waivers = await waiveFindings(needed(workspace), findings, { findings: waive, reason, until }, context);
  }
  return waivers;
}

/** What is remembered needs an environment. Throws `usage` without one. */
function needed(workspace: Workspace | undefined): KnownWorkspace {
  if (workspace && isKnown(workspace)) return workspace;
  throw new KeelError(
    'usage',
    'there is no environment to save this in; nothing was saved',
    'pass --env NAME; `keel env add` adds an environment',
  );
}

function assertWaiving({ waive, reason, until }: Options): void {
  const given = reason !== undefined && until !== undefined;
  if (waive.length > 0 ? given : reason === undefined && until === undefined) return;
  throw new KeelError(
    'usage',
    'a waiver consists of --waive, --reason and --until; nothing was checked',
    'pass all three, such as --waive api.hsts --reason "behind a proxy until March" --until 2027-03-31',
  );
}

function repeatable<Flags extends string>(flags: Flags, description: string) {
  return new Option(flags, description).default([] as string[], 'none').argParser(collect);
}

/** The places that were named. */
function placesOf(options: Options): Partial<PosturePlaces> {
  const api = readEndpoint('--api', options.api);
  const qdrant = readEndpoint('--qdrant', options.qdrant);
  const oauth = options.oauth.flatMap((text) => readEndpoint('--oauth', text) ?? []);
  const { keyFileAt, rootCertificate } = options;
  return {
    ...(api !== undefined && { api }),
    ...(qdrant !== undefined && { qdrant }),
    ...(oauth.length > 0 && { oauth }),
    ...(keyFileAt.length > 0 && { keyFiles: [...new Set(keyFileAt)] }),
    ...(rootCertificate !== undefined && { rootCertificate }),
  };
}

function readEndpoint(option: string, text: string | undefined): string | undefined {
  if (text === undefined || endpoint.safeParse(text).success) return text;
  throw new KeelError(
    'usage',
    `${option} is not an http or https URL, or contains a user, password or query; nothing was checked`,
    'use a URL such as https://ballast.example.org/api/v1',
  );
}

function readAnswer(text: string): PostureAnswer {
  const [question, answer] = text.split('=');
  const parsed = postureAnswer.safeParse({ question, answer, at: new Date().toISOString() });
  if (parsed.success) return parsed.data;
  const known = postureQuestion.options.join(', ');
  throw new KeelError(
    'usage',
    `--answer ${visible(text.slice(0, 40))} does not match a question; nothing was checked`,
    `use QUESTION=yes or QUESTION=no; the questions are ${known}`,
  );
}

function formatOf(path: string): ReportFormat {
  if (/\.html?$/i.test(path)) return 'html';
  if (/\.pdf$/i.test(path)) return 'pdf';
  if (/\.sarif(\.json)?$/i.test(path)) return 'sarif';
  if (/\.xml$/i.test(path)) return 'junit';
  throw new KeelError(
    'usage',
    'the name of a report must end in .html, .pdf, .sarif or .xml; nothing was checked',
    'use .html or .pdf for people, .sarif for code scanning, .xml for tools that read JUnit’s format',
  );
}

const signs: Readonly<Record<PostureFinding['status'], readonly [string, Tone]>> = {
  fail: ['✗', 'bad'],
  warn: ['!', 'warning'],
  unknown: ['?', 'dim'],
  pass: ['✓', 'good'],
};

const waivedSign = ['~', 'dim'] as const;

function sayReport({ subject, findings }: PostureReport, terminal: Terminal): void {
  const { paint } = terminal;
  terminal.say(`Encryption posture of ${visible(subject)}`);
  for (const { title, findings: found } of byArea(findings)) {
    terminal.say(`\n${paint('strong', title)}`);
    for (const finding of found) {
      const { id, status, title, seen, remedy, question } = finding;
      const [sign, tone] = isWaived(finding) ? waivedSign : signs[status];
      const named = status === 'pass' ? title : `${title} (${id})`;
      terminal.say(
        `  ${paint(tone, `${sign} ${statusWord(finding).toLowerCase().padEnd(9)}`)}  ${visible(named)}`,
      );
      terminal.say(`               ${visible(seen)}`);
      const waiver = waiverText(finding);
      if (waiver !== undefined) terminal.say(`               ${visible(waiver)}`);
      const flag = question && status === 'unknown' ? ` (--answer ${question.id}=yes|no)` : '';
      if (remedy !== undefined)
        terminal.say(`               ${paint('accent', '→')} ${visible(remedy)}${flag}`);
    }
  }
  terminal.say(`\n${inNumbers(findings)}`);
}
