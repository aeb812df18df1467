import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ConnectionsReport, connectionsReport } from '#contract/connections';
import { writeDurably } from '#environments/durable-file';

const fileName = 'connections.json';

/**
 * Keeps what the last test of an environment found. Not where each was tried: the servers stood in the credentials, which
 * Ballast encrypts.
 */
export async function keepConnectionsReport(folder: string, report: ConnectionsReport): Promise<void> {
  const results = report.results.map(({ target: _, ...result }) => result);
  await writeDurably(join(folder, fileName), `${JSON.stringify({ ...report, results })}\n`);
}

/** Undefined where there was no test, or its file cannot be read: a new test makes another. */
export async function readConnectionsReport(folder: string): Promise<ConnectionsReport | undefined> {
  const text = await readFile(join(folder, fileName), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return connectionsReport.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
