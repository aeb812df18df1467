import { dirname } from 'node:path';
import { oneAfterTheOther } from '#shared/one-after-the-other';
import type { PosturePlaces, PostureReport } from '#contract/posture';
import { handoffFiles, type EnvironmentSettings } from '#environments/environment-settings';
import { KeelError } from '#errors/keel-error';
import { checkPosture } from '#posture/check-posture';
import type { PostureFacts } from '#posture/facts';
import { judgePosture } from '#posture/judge-posture';
import { inNumbers } from '#posture/report-words';
import { writeReport } from '#posture/write-report';
import { readKeyFacts } from '../compose.ts';
import type { Implementations } from './implementations.ts';
import { noteEffect, type NoteActivity } from './note-activity.ts';
import { inWindowWords } from './window-words.ts';
import type { Workspaces } from './workspaces.ts';

export interface PosturePorts {
  readonly workspaces: Workspaces;
  readonly note: NoteActivity;
  readonly changed: () => void;
  /** Throws `file-not-chosen` for a path that no native dialog named. */
  readonly assertChosen: (path: string) => void;
}

type Names = `posture.${'read' | 'configure' | 'answer' | 'check' | 'export'}`;

/** What protects the way, the disk and the keys of an environment. Facts of a check are kept for the session, and judged with the answers of now. */
export function postureProcedures({
  workspaces,
  note,
  changed,
  assertChosen,
}: PosturePorts): Pick<Implementations, Names> {
  const checked = new Map<string, PostureFacts>();
  // one change after the other: each is made on top of what the one before kept
  const inTurn = oneAfterTheOther();

  return {
    async 'posture.read'({ environment }) {
      using workspace = await workspaces.open(environment);
      const report = reportOf(workspace.settings, checked.get(environment));
      return { places: placesOf(workspace.settings), ...(report && { report }) };
    },

    'posture.configure': ({ environment, places }) =>
      inTurn(async () => {
        using workspace = await workspaces.open(environment);
        const before = placesOf(workspace.settings);
        const known = new Set([...before.keyFiles, before.rootCertificate]);
        for (const path of [...places.keyFiles, places.rootCertificate])
          if (path !== undefined && !known.has(path)) assertChosen(path);
        await workspace.change((now) => ({ posture: { places, answers: answersOf(now) } }));
        const { api, qdrant, oauth, keyFiles } = places;
        await note({
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
        await workspace.change((now) => {
          const others = answersOf(now).filter((one) => one.question !== question);
          const answers = answer === undefined ? others : [...others, { question, answer, at }];
          return { posture: { places: placesOf(now), answers } };
        });
        await note({
          environment,
          action: 'posture question answered',
          detail: `${question}: ${answer ?? 'open again'}`,
          outcome: 'done',
        });
        changed();
        return {};
      }),

    async 'posture.check'({ environment }, { signal, progress }) {
      using workspace = await workspaces.open(environment);
      const { settings, folder } = workspace;
      const database = await workspace.database();
      const facts = await checkPosture(
        {
          places: placesOf(settings),
          database,
          inventory: settings.inventory,
          ...(settings.proof && { proof: settings.proof }),
          // home/environments/id
          keys: await readKeyFacts(dirname(dirname(folder)), folder),
          answers: answersOf(settings),
        },
        { signal, onProgress: progress },
      );
      checked.set(environment, facts);
      const report = judged(settings, facts);
      await noteEffect(note, {
        environment,
        action: 'posture checked',
        detail: inNumbers(report.findings),
        outcome: 'done',
      });
      changed();
      return report;
    },

    async 'posture.export'({ environment, path, format }) {
      assertChosen(path);
      using workspace = await workspaces.open(environment);
      const report = reportOf(workspace.settings, checked.get(environment));
      if (!report) {
        throw new KeelError(
          'usage',
          'nothing was checked in this session; no report was written',
          'look first, then export',
        );
      }
      await writeReport(report, path, format);
      await noteEffect(note, {
        environment,
        action: 'posture report written',
        detail: path,
        outcome: 'done',
      });
      return {};
    },
  };
}

function answersOf({ posture }: EnvironmentSettings) {
  return posture?.answers ?? [];
}

/** The files of the hand-off are looked at from the start. */
function placesOf(settings: EnvironmentSettings): PosturePlaces {
  return settings.posture?.places ?? { oauth: [], keyFiles: handoffFiles(settings) };
}

function reportOf(settings: EnvironmentSettings, facts: PostureFacts | undefined): PostureReport | undefined {
  return facts && judged(settings, facts);
}

function judged(settings: EnvironmentSettings, facts: PostureFacts): PostureReport {
  // a question may have been answered since
  const findings = judgePosture({ ...facts, answers: answersOf(settings) }).map(
    ({ seen, remedy, ...finding }) => ({
      ...finding,
      seen: inWindowWords(seen),
      ...(remedy !== undefined && { remedy: inWindowWords(remedy) }),
    }),
  );
  return { at: facts.at, subject: settings.name, findings };
}
