import type { ApiKey, ApiKeyFinding, ApiKeyList } from '#contract/api-keys';
import type { Terminal, Tone } from '#commands/terminal';
import { textTable } from '#commands/text-table';
import { visible } from '#shared/visible-text';

const tones: Readonly<Record<ApiKeyFinding['level'], Tone>> = { stop: 'bad', warn: 'warning', note: 'dim' };
const marks: Readonly<Record<ApiKeyFinding['level'], string>> = { stop: '✗', warn: '!', note: '·' };

const day = (at: string | undefined, otherwise: string) => at?.slice(0, 10) ?? otherwise;

function stateOf({ active, unclear, expired }: ApiKey): string {
  if (unclear) return expired ? 'expired' : 'unknown';
  if (!active) return 'revoked';
  return expired ? 'expired' : 'active';
}

/** The keys as a table; only the columns of which the database has any. */
export function keysTable(keys: readonly ApiKey[], table: ApiKeyList['table'], { paint }: Terminal): string {
  const { columns } = table;
  const shown: { title: string; align?: 'right'; cell: (key: ApiKey) => string }[] = [
    { title: 'key', cell: ({ label }) => label },
    { title: 'state', cell: stateOf },
  ];
  if (columns.scope !== undefined) shown.push({ title: 'scope', cell: ({ scope = '–' }) => scope });
  if (columns.created !== undefined)
    shown.push({ title: 'created', cell: ({ createdAt }) => day(createdAt, '–') });
  if (columns.lastUsed !== undefined)
    shown.push({ title: 'last used', cell: ({ lastUsedAt }) => day(lastUsedAt, 'never') });
  if (columns.expires !== undefined)
    shown.push({ title: 'expires', cell: ({ expiresAt }) => day(expiresAt, 'never') });
  shown.push({ title: 'cost', align: 'right', cell: ({ cost }) => (cost === undefined ? '?' : `${cost}`) });
  shown.push({ title: 'id', cell: ({ id = '–' }) => id });
  return textTable(
    shown,
    keys.map((key) => shown.map(({ cell }) => cell(key))),
    paint,
  );
}

/** What there is to say of the keys, by finding: each with the keys it is true of, and what to do. */
export function sayKeyFindings(keys: readonly ApiKey[], terminal: Terminal): void {
  const groups = new Map<string, { finding: ApiKeyFinding; lines: string[] }>();
  for (const { label, findings } of keys) {
    for (const finding of findings) {
      const key = `${finding.code} ${finding.remedy}`;
      const group = groups.get(key) ?? { finding, lines: [] };
      group.lines.push(`${visible(label)}: ${finding.message}`);
      groups.set(key, group);
    }
  }
  const order = ['stop', 'warn', 'note'];
  const sorted = [...groups.values()].sort(
    (a, b) => order.indexOf(a.finding.level) - order.indexOf(b.finding.level),
  );
  for (const { finding, lines } of sorted) {
    const { level, remedy } = finding;
    for (const line of lines.slice(0, maxLines))
      terminal.say(`  ${terminal.paint(tones[level], marks[level])} ${line}`);
    if (lines.length > maxLines) terminal.say(`    and ${lines.length - maxLines} more`);
    terminal.say(`    ${terminal.paint('dim', `→ ${remedy}`)}`);
  }
}

/** Of one finding more lines than this say nothing new; `--json` has them all. */
const maxLines = 10;
