import type { ConnectionReport, ConnectionStage } from '#contract/environments';

export type StageName = ConnectionStage['stage'];

/** In the order in which connecting goes through them. */
const stageOrder: readonly StageName[] = ['dns', 'tcp', 'tls', 'login', 'schema', 'privileges'];

/** What each stage asks. */
export const stageTitles: Readonly<Record<StageName, string>> = {
  dns: 'Name lookup',
  tcp: 'Network',
  tls: 'TLS',
  login: 'Login',
  schema: 'Schema',
  privileges: 'Privileges',
};

/** One line of the list, before, while and after its stage is tested. */
export interface StageLine {
  readonly stage: StageName;
  readonly state: ConnectionStage['outcome'] | 'waiting' | 'running' | 'over';
  readonly message: string;
  readonly remedy?: string;
  readonly ms?: number;
}

/** The lines as a report has them; a stage that it does not name was not reached. */
export function linesOfReport({ stages }: ConnectionReport): StageLine[] {
  return stageOrder.map((stage) => {
    const found = stages.find((one) => one.stage === stage);
    if (!found) return { stage, state: 'skipped', message: 'not run' };
    const { outcome, message, remedy, ms } = found;
    return { stage, state: outcome, message, ms, ...(remedy !== undefined && { remedy }) };
  });
}

/** The lines while a test runs, by the number of stages that are over. */
export function linesOfProgress(over: number): StageLine[] {
  return stageOrder.map((stage, index) => ({
    stage,
    state: index < over ? 'over' : index === over ? 'running' : 'waiting',
    message: '',
  }));
}

/** What a test came to, in one sentence for the status line. */
export function reportInWords(report: ConnectionReport): string {
  const failed = report.stages.find(({ outcome }) => outcome === 'failed');
  if (failed) return `The test stopped at “${stageTitles[failed.stage]}”`;
  const warnings = report.stages.filter(({ outcome }) => outcome === 'warning').length;
  const server = report.server === undefined ? 'The database' : `PostgreSQL ${report.server}`;
  if (warnings === 0) return `${server} responds, and no check in this test failed`;
  return `${server} responds, with ${warnings === 1 ? 'one warning' : `${warnings} warnings`}`;
}
