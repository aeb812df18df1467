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
      const why = `rewriting ${label} would run code with more privileges than its owner has: ${describeCode(beyond)}`;
      findings.push(stop('code-of-others', why, remedyFor(ownership.owner, owner)));
    } else if (code.length > 0) {
      findings.push(
        warn(
          'code-of-others',
          `rewriting ${label} runs code of other roles, as ${owner} and with no additional privileges: ${describeCode(code)}`,
          'review this code if you do not know it; it sees the ciphertexts',
        ),
      );
    }
  }
  if (findings.length > 0) return findings;
  return [
    pass(
      'code-of-others',
      'no code owned by a role with fewer privileges was found that an update of these tables would run',
    ),
  ];
}

function remedyFor(tableOwner: string, runAs: string | undefined): string {
  return runAs === undefined
    ? asOwnerRemedy(tableOwner)
    : `drop that code for the duration of the rotation, or change the owner of its functions to ${tableOwner} (ALTER FUNCTION … OWNER TO …)`;
}
