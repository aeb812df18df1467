import { asOwnerRemedy, describeCode, type OthersCode, runsAs } from '#postgres/ownership/table-ownership';
import type { TableTarget } from '#postgres/table-target';
import { type Finding, pass, stop, warn } from './finding.ts';
import type { UpdateTrigger } from './triggers.ts';

/**
 * Whose code an update of the tables runs: constraints, computed columns, indexes and triggers of roles with fewer rights. What runs with
 * the rights of the table's owner, who has it run every day, is named; what would get more than its own owner has stops.
 */
export function checkOthersCode(
  tables: readonly TableTarget[],
  triggers: readonly UpdateTrigger[],
): Finding[] {
  const staying = new Set(triggers.filter(({ obstacle }) => obstacle).map(({ name }) => name));
  const isRun = ({ kind, name }: OthersCode) =>
    kind !== 'default' && (kind !== 'trigger' || staying.has(name));
  const findings: Finding[] = [];
  for (const { label, catalog } of tables) {
    const { ownership } = catalog;
    if (!ownership) continue;
    const owner = runsAs(ownership);
    const code = ownership.code.filter(isRun);
    const beyond = owner === undefined ? code : code.filter(({ isBelowTable }) => isBelowTable);
    if (beyond.length > 0) {
      const why = `rewriting ${label} would run code with more rights than its owner has: ${describeCode(beyond)}`;
      findings.push(stop('code-of-others', why, remedyFor(ownership.owner, owner)));
    } else if (code.length > 0) {
      findings.push(
        warn(
          'code-of-others',
          `rewriting ${label} runs code of others, as ${owner} and with no more rights: ${describeCode(code)}`,
          'look at what it does, if you do not know it; it sees the ciphertexts',
        ),
      );
    }
  }
  if (findings.length > 0) return findings;
  return [
    pass(
      'code-of-others',
      'no code of a role with fewer rights was found that an update of these tables runs',
    ),
  ];
}

function remedyFor(tableOwner: string, runAs: string | undefined): string {
  return runAs === undefined
    ? asOwnerRemedy(tableOwner)
    : `have that code dropped for the time, or its functions given to ${tableOwner} (ALTER FUNCTION … OWNER TO …)`;
}
