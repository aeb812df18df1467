import { execFile, execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface TestsslFinding {
  readonly id: string;
  readonly severity: string;
  readonly finding: string;
}

/** Whether testssl.sh is installed, as Debian has it. */
export function hasTestssl(): boolean {
  try {
    execFileSync('testssl', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** What testssl.sh finds of a server of this machine, in these sections of its own (`-p`, `-s`, `-f`, `-S`). Nothing else is contacted. */
export async function testssl(
  folder: string,
  url: string,
  sections: readonly string[],
  root: string,
): Promise<TestsslFinding[]> {
  const file = join(folder, `testssl-${sections.join('')}-${new URL(url).port}.json`);
  const quiet = ['--quiet', '--warnings', 'off', '--color', '0', '--nodns', 'none'];
  const patience = ['--openssl-timeout', '30', '--connect-timeout', '30'];
  // it ends with the number of its findings
  await promisify(execFile)('testssl', [
    ...[...quiet, ...patience, ...sections, '--add-ca', root, '--jsonfile', file, url],
  ]).catch((error: { code?: unknown }) => {
    if (typeof error.code !== 'number') throw error;
  });
  return JSON.parse(await readFile(file, 'utf8')) as TestsslFinding[];
}
