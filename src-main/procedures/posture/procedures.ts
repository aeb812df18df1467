import type { PosturePlaces, PostureReport } from '#contract/posture';
import type { EnvironmentSettings } from '#environments/environment-settings';
import { readPostureRuns } from '#environments/posture-runs';
import { expectedFailure } from '#errors/expected-failure';
import { KeelError } from '#errors/keel-error';
import { findingsInWords } from '#posture/finding';
import { judgePosture } from '#posture/judge/judge-posture';
import { writeReport } from '#posture/report/write-report';
import { counted } from '#shared/counted';
import { changePosture } from '#posture/use-cases/set-up';
import { withWaivers } from '#posture/waivers';
import { checkEnvironment, type EnvironmentCheck, posturePlacesOf } from '#posture/use-cases/check';
import type { Question } from '#procedures/consent/consent';
import { endpointInFull, linesInFull } from '#procedures/consent/in-full';
import { quoted } from '#procedures/consent/shown-text';
import type { Implementations } from '#procedures/implementations';
import type { Ports } from '#procedures/ports';
import { windowAudit } from '#procedures/window-context';
import { inWindowWords } from '#procedures/act-text';

export type PosturePorts = Pick<Ports, 'workspaces' | 'note' | 'changed' | 'assertChosen' | 'forWriting'>;

type Names = `posture.${'read' | 'configure' | 'answer' | 'check' | 'export'}`;

/** What protects the way, the disk and the keys of an environment. Facts of a check are kept for the session, and judged with the answers of now. */
export function postureProcedures({
  workspaces,
  note,
  changed,
  assertChosen,
  forWriting,
}: PosturePorts): Pick<Implementations, Names> {
  const audit = windowAudit(note);
  const checked = new Map<string, EnvironmentCheck>();
  // one change after the other: each is made on top of what the one before kept
  let changes: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(change: () => Promise<T>): Promise<T> => {
    const next = changes.then(change);
    changes = next.catch(() => undefined);
    return next;
  };

  return {
    async 'posture.read'({ environment }) {
      using workspace = await workspaces.open(environment);
      const report = reportOf(workspace.settings, checked.get(environment));
      return {
        places: posturePlacesOf(workspace.settings),
        ...(report && { report }),
        // it shows a trend: the next check reports a damaged file
        runs: await readPostureRuns(workspace.folder).catch((error: unknown) => {
          expectedFailure(error);
          return [];
        }),
      };
    },

    'posture.configure': ({ environment, places }, { consent }) =>
      inTurn(async () => {
        using workspace = await workspaces.open(environment);
        const before = posturePlacesOf(workspace.settings);
        for (const path of places.keyFiles)
          if (!before.keyFiles.includes(path)) assertChosen(path, 'open-key-file');
        const { rootCertificate } = places;
        if (rootCertificate !== undefined && rootCertificate !== before.rootCertificate)
          assertChosen(rootCertificate, 'open-certificate');
        const fresh = endpointsOf(places).filter((one) => !endpointsOf(before).includes(one));
        if (fresh.length > 0) await consent.ask(questionFor(workspace.settings.name, fresh));
        await changePosture(workspace, () => ({ places }));
        const { api, qdrant, oauth, keyFiles } = places;
        await audit.after({
          environment,
          action: 'posture check set up',
          detail: [api, qdrant, ...oauth, ...keyFiles].filter((place) => place !== undefined).join(', '),
          outcome: 'done',
        });
        changed();
        return {};
      }),

    'posture.answer': ({ environment, question, answer }) =>
      inTurn(async () => {
        using workspace = await workspaces.open(environment);
        const at = new Date().toISOString();
        await changePosture(workspace, (kept) => {
          const others = kept.answers.filter((one) => one.question !== question);
          return { answers: answer === undefined ? others : [...others, { question, answer, at }] };
        });
        await audit.after({
          environment,
          action: 'posture question answered',
          detail: `${question}: ${answer ?? 'open again'}`,
          outcome: 'done',
        });
        changed();
        return {};
      }),

    async 'posture.check'({ environment }, { signal, progress }) {
      using workspace = await workspaces.open(environment, { signal });
      const check = await checkEnvironment(
        workspace,
        {},
        {
          signal,
          onProgress: ({ step, done, total }) => progress(step, done, total),
          audit,
        },
      );
      checked.set(environment, check);
      const report = judged(workspace.settings, check);
      changed();
      return report;
    },

    async 'posture.export'({ environment, path, format }) {
      const written = forWriting(path, format === 'pdf' ? 'save-report-pdf' : 'save-report-html');
      using workspace = await workspaces.open(environment);
      const report = reportOf(workspace.settings, checked.get(environment));
      if (!report) {
        throw new KeelError(
          'usage',
          'no check was run in this session; no report was written',
          'run the check first, then export',
        );
      }
      await writeReport(report, path, format, { mustBeNew: true });
      written();
      await audit.after({
        environment,
        action: 'posture report written',
        detail: path,
        outcome: 'done',
      });
      return {};
    },
  };
}

function endpointsOf({ api, qdrant, oauth }: PosturePlaces): string[] {
  return [api, qdrant, ...oauth].filter((place) => place !== undefined);
}

function questionFor(name: string, fresh: readonly string[]): Question {
  return {
    message: `Let Keel check ${counted(fresh.length, 'new address', 'new addresses')} for ${quoted(name)}?`,
    detail: `${linesInFull(fresh.map(endpointInFull), 'the addresses')}\n\nKeel contacts each to check how it is protected, and sends no secrets.`,
    button: 'Check addresses',
  };
}

function answersOf({ posture }: EnvironmentSettings) {
  return posture?.answers ?? [];
}

function reportOf(
  settings: EnvironmentSettings,
  check: EnvironmentCheck | undefined,
): PostureReport | undefined {
  return check && judged(settings, check);
}

function judged(settings: EnvironmentSettings, { facts, recordFault }: EnvironmentCheck): PostureReport {
  // a question may have been answered since
  const findings = findingsInWords(judgePosture({ ...facts, answers: answersOf(settings) }), inWindowWords);
  const waivers = settings.posture?.waivers ?? [];
  return {
    at: facts.at,
    subject: settings.name,
    findings: withWaivers(findings, waivers, facts.at),
    ...(recordFault !== undefined && { recordFault }),
  };
}
