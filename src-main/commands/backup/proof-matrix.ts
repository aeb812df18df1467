import { openedIn } from '#shared/opened-values';
import { counted, formatCount } from '#shared/counted';
import type { Proof } from '#proof/prove';
import { isWithoutValues } from '#proof/prove-keys';
import { nestedJson } from '#commands/proof/column-report';
import { nestedIn } from '#proof/values-within';
import type { Terminal, Tone } from '#commands/terminal';
import { textTable } from '#commands/text-table';

/** An artefact, and what its key opens in each database. */
export interface MatrixRow {
  readonly location: string;
  readonly fingerprint?: string;
  /** Why it gave no key back; `proofs` is empty then. */
  readonly broken?: string;
  /** In the order of the databases. */
  readonly proofs: readonly Proof[];
}

const verdicts: Readonly<Record<Proof['verdict'], [Tone, string]>> = {
  correct: ['good', 'CORRECT'],
  wrong: ['bad', 'WRONG'],
  mixed: ['warning', 'MIXED'],
  inconclusive: ['warning', 'INCONCLUSIVE'],
};

/** Artefacts down, databases across; one of each as a sentence. */
export function sayMatrix(
  rows: readonly MatrixRow[],
  databases: readonly string[],
  terminal: Terminal,
): void {
  const [only] = rows;
  if (rows.length === 1 && databases.length === 1 && only) {
    if (only.broken === undefined) {
      const { tone, verdict, numbers } = cellOf(only.proofs[0]);
      terminal.say(terminal.paint(tone, `${verdict}: ${only.location} ${numbers}`));
      terminal.say(`Key ${only.fingerprint}, in ${databases[0]}`);
    } else
      terminal.say(
        terminal.paint('bad', `INVALID: no key can be restored from ${only.location}: ${only.broken}`),
      );
    return;
  }
  const table = textTable(
    [{ title: 'backup' }, { title: 'key' }, ...databases.map((title) => ({ title }))],
    rows.map(({ location, fingerprint, proofs }) => [
      location,
      fingerprint ?? 'none',
      ...databases.map((_, at) => (fingerprint === undefined ? '' : textOf(proofs[at]))),
    ]),
    terminal.paint,
  );
  terminal.say(table);
  for (const { location, broken } of rows) {
    if (broken !== undefined) terminal.say(terminal.paint('bad', `INVALID: ${location}: ${broken}`));
  }
}

function textOf(proof: Proof | undefined): string {
  const { verdict, numbers } = cellOf(proof);
  return `${verdict}: ${numbers}`;
}

function cellOf(proof: Proof | undefined): { tone: Tone; verdict: string; numbers: string } {
  if (!proof) return { tone: 'bad', verdict: 'INVALID', numbers: 'not checked' };
  if (proof.verdict === 'inconclusive' && isWithoutValues(proof))
    return {
      tone: 'warning',
      verdict: 'NO VERDICT',
      numbers: 'decrypts nothing there; no encrypted columns are known in it',
    };
  if (proof.columns.length === 0) return { tone: 'bad', verdict: 'WRONG', numbers: 'decrypts nothing' };
  const [tone, verdict] = verdicts[proof.verdict];
  const { opened, values } = openedIn(proof.columns);
  const nested = nestedIn(proof.within);
  const within = nested > 0 ? `; ${counted(nested, 'value')} inside decrypted values encrypted with it` : '';
  return {
    tone,
    verdict,
    numbers: `decrypts ${formatCount(opened)} of ${formatCount(values)} values, ${formatCount(proof.bits)} bits${within}`,
  };
}

/** The parts of `keel backup prove --json`. */
export function matrixJson(rows: readonly MatrixRow[], databases: readonly string[]): object {
  return {
    databases,
    artefacts: rows.map(({ location, fingerprint, broken, proofs }) => ({
      location,
      ...(fingerprint !== undefined && { fingerprint }),
      ...(broken !== undefined && { broken }),
      opens: proofs.map((proof) => ({
        ...{ verdict: proof.verdict, ...openedIn(proof.columns), bits: proof.bits },
        nested: nestedJson(proof),
      })),
    })),
  };
}
