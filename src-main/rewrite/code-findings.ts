import {
  asOwnerRemedy,
  describeCode,
  type OthersCode,
  runByWriting,
} from '#postgres/ownership/table-ownership';
import { isWritten, type TableTarget } from '#postgres/table-target';
import { type Finding, pass, stop } from './finding.ts';
import type { UpdateTrigger } from './triggers.ts';

/**
 * Whose code an update of the tables runs: constraints, domains, computed columns, indexes and triggers of roles with fewer privileges than
 * the login. Any such code stops: whatever it is run as, it can leave something behind that runs as the login at COMMIT.
 */
export function checkOthersCode(
  tables: readonly TableTarget[],
  triggers: readonly UpdateTrigger[],
): Finding[] {
  const staying = new Set(triggers.filter(({ obstacle }) => obstacle).map(({ name }) => name));
  const isRun = ({ kind, name }: OthersCode) =>
    kind !== 'default' && (kind !== 'trigger' || staying.has(name));
  const findings = tables.flatMap(({ label, catalog: { ownership }, columns }): Finding[] => {
    if (!ownership) return [];
    const written = columns.filter(isWritten).map(({ name }) => name);
    const code = runByWriting(ownership, written).filter(isRun);
    if (code.length === 0) return [];
    const why = `rewriting ${label} would run code with more privileges than its owner has: ${describeCode(code)}`;
    return [stop('code-of-others', why, asOwnerRemedy(ownership.owner))];
  });
  if (findings.length > 0) return findings;
  return [
    pass(
      'code-of-others',
      'no code owned by a role with fewer privileges was found that an update of these tables would run',
    ),
  ];
}
