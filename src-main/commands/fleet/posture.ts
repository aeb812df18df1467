import type { Command } from '@commander-js/extra-typings';
import { counted, formatCount } from '#shared/counted';
import type { PostureFinding } from '#contract/posture';
import { KeelError } from '#errors/keel-error';
import { checkPosture } from '#posture/look/check-posture';
import { findingsInWords } from '#posture/finding';
import { isWaived, withWaivers } from '#posture/waivers';
import { countFindings, judgePosture } from '#posture/judge/judge-posture';
import { type FleetMember, membersOf } from '#fleet/members';
import { overMembers } from '#fleet/over-members';
import { inTerminalWords } from '#commands/act-text';
import { runs } from '#commands/command-context';
import { namedWorkspace, useCaseContext } from '#commands/command-workspace';
import { fleetOf } from './databases.ts';
import { offerFleet } from './options.ts';
import { jsonOption } from '#commands/options';
import { textTable } from '#commands/text-table';

/** `keel fleet posture`: what protects each database of a list. What is not a database's own is for `keel posture`. */
export function define(command: Command): void {
  const offered = offerFleet(command).addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal, signal } = context;
    using workspace = await namedWorkspace(options, context);
    const { settings } = workspace;
    const { names, reach } = await fleetOf(workspace, options, terminal);
    const members = await membersOf(workspace, names, reach);
    const look = async ({ database }: FleetMember) => {
      const subject = {
        places: { oauth: [], keyFiles: [] },
        database,
        inventory: settings.inventory,
        answers: settings.posture?.answers ?? [],
      };
      const facts = await checkPosture(subject, { signal });
      const findings = findingsInWords(judgePosture(facts), inTerminalWords);
      return withWaivers(findings, settings.posture?.waivers ?? [], facts.at);
    };
    const { onProgress } = useCaseContext(context, 'checking databases');
    const outcomes = await overMembers(members, { limit: options.concurrency, signal, onProgress }, look);
    if (signal.aborted)
      throw new KeelError('cancelled', 'cancelled; nothing was changed', 'start it again when you are ready');
    const reports = members.map(({ name }, at) => {
      const outcome = outcomes[at];
      if (outcome && 'value' in outcome) return { name, findings: outcome.value };
      const why = outcome?.error instanceof KeelError ? outcome.error.message : 'internal error in Keel';
      return { name, findings: [] as PostureFinding[], why };
    });
    const rows = reports.map(({ name, findings, why }) => {
      const { fail, warn, pass, unknown } = countFindings(findings);
      const counting = findings.filter((finding) => !isWaived(finding));
      const worst =
        counting.find(({ status }) => status === 'fail') ?? counting.find(({ status }) => status === 'warn');
      return [
        name,
        ...[fail, warn, unknown, pass].map((value) => formatCount(value)),
        why ?? worst?.seen ?? '',
      ];
    });
    terminal.say(
      textTable(
        [
          { title: 'database' },
          ...['fail', 'warn', 'unknown', 'pass'].map((title) => ({ title, align: 'right' as const })),
          { title: 'most severe finding' },
        ],
        rows,
        terminal.paint,
      ),
    );
    const bad = reports.filter(
      ({ findings, why }) => why !== undefined || countFindings(findings).fail > 0,
    ).length;
    terminal.say(
      `\n${formatCount(bad)} of ${counted(reports.length, 'database')} with at least one failed check`,
    );
    terminal.result({ ok: bad === 0, databases: reports });
    return bad === 0 ? 0 : 3;
  });
}
