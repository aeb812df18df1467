import { join } from 'node:path';
import { type ConnectionsReport, connectionsReport } from '#contract/connections';
import { changeState, readState } from '#storage/state-file';
import { stateKind } from '#storage/state-kind';

export const connectionsKind = stateKind({
  file: 'environments/*/connections.json',
  what: 'the record of the last connection test',
  version: 1,
  schema: connectionsReport,
  remedy: 'test the connections again: the new record replaces this one, which is kept next to it',
  firstHadNoVersion: true,
  replaceable: true,
});

/**
 * Keeps what the last test of an environment found. Not where each was tried: the servers stood in the credentials, which
 * Ballast encrypts. A damaged record is kept next to it. Throws `state-newer`.
 */
export async function keepConnectionsReport(folder: string, report: ConnectionsReport): Promise<void> {
  const results = report.results.map(({ target: _, ...result }) => result);
  await changeState(connectionsKind, pathIn(folder), () => ({ ...report, results }));
}

/** Undefined where there was no test. Throws `state-damaged`, `state-newer`. */
export function readConnectionsReport(folder: string): Promise<ConnectionsReport | undefined> {
  return readState(connectionsKind, pathIn(folder));
}

function pathIn(folder: string): string {
  return join(folder, 'connections.json');
}
