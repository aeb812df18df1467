import { type KeyboardEvent, useRef, useState } from 'react';
import { formatCount } from '#shared/counted';
import { StateBadge } from '../../components/marks/badge.tsx';
import styles from './fleet-grid.module.css';
import { type FleetLine, type Mark, notChecked } from './fleet-text.ts';
import { type GivingUp, MemberDetails } from './member-details.tsx';

export interface FleetGridProps extends GivingUp {
  readonly names: readonly string[];
  readonly lines: readonly FleetLine[];
  readonly disabled: boolean;
}

/** A fleet at a glance: a cell for each database, with what is known of the one that is pointed at. */
export function FleetGrid({ names, lines, disabled, ...givingUp }: FleetGridProps) {
  const known = new Map(lines.map((line) => [line.name, line]));
  const members = names.map((name) => known.get(name) ?? notChecked(name));
  const [pointed, setPointed] = useState<string>();
  const cells = useRef<HTMLDivElement>(null);
  const worst = Math.max(
    0,
    members.findIndex(({ tone }) => tone === 'stop'),
  );
  const found = members.findIndex(({ name }) => name === pointed);
  const at = found < 0 ? worst : found;
  const member = members[at];

  const pointAt = (index: number) => {
    const next = members[index];
    if (!next) return;
    setPointed(next.name);
    cells.current?.querySelector<HTMLElement>(`[data-at="${index}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = cellsPerRow(cells.current);
    const steps: Readonly<Record<string, number>> = {
      ...{ ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - row, ArrowDown: at + row },
      ...{ Home: 0, End: members.length - 1 },
    };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    pointAt(to);
  };

  return (
    <div className={styles.grid}>
      <ul className={styles.legend} aria-label="States of the databases">
        {statesOf(members).map(({ line, count, first, following }) => (
          <li key={line.state}>
            <button
              type="button"
              className={styles.state}
              title={`Go to the next: ${line.state}`}
              onClick={() => pointAt(following(at) ?? first)}
            >
              <Cell line={line} />
              {formatCount(count)} {line.state}
            </button>
          </li>
        ))}
      </ul>
      <div
        ref={cells}
        className={styles.cells}
        role="listbox"
        tabIndex={-1}
        aria-label="Databases of the fleet"
        onKeyDown={onKeyDown}
      >
        {members.map((line, index) => (
          <span
            key={line.name}
            data-at={index}
            role="option"
            aria-selected={index === at}
            aria-label={`${line.name}: ${line.state}`}
            tabIndex={index === at ? 0 : -1}
            className={styles.cell}
            title={`${line.name}: ${line.state}`}
            onClick={() => pointAt(index)}
          >
            <Cell line={line} />
          </span>
        ))}
      </div>
      {member && (
        <div className={styles.member} aria-live="polite">
          <span className={styles.name}>{member.name}</span>{' '}
          <StateBadge tone={member.tone}>{member.state}</StateBadge> {member.rows}
          <MemberDetails name={member.name} line={member} disabled={disabled} {...givingUp} />
        </div>
      )}
    </div>
  );
}

/** The states that there are, those to look at first, with how many databases are in each and how to go from one to the next. */
function statesOf(members: readonly FleetLine[]) {
  const places = new Map<string, { line: FleetLine; at: number[] }>();
  for (const [at, line] of members.entries()) {
    const known = places.get(line.state) ?? { line, at: [] };
    known.at.push(at);
    places.set(line.state, known);
  }
  return [...places.values()]
    .toSorted((a, b) => urgency.indexOf(a.line.tone) - urgency.indexOf(b.line.tone))
    .map(({ line, at }) => ({
      line,
      count: at.length,
      first: at[0] ?? 0,
      following: (from: number) => at.find((place) => place > from),
    }));
}

const urgency: readonly FleetLine['tone'][] = ['stop', 'warn', 'quiet', 'accent', 'good'];

/** The number of cells in the first row. */
function cellsPerRow(cells: HTMLElement | null): number {
  const tops = [...(cells?.children ?? [])].map((cell) => (cell as HTMLElement).offsetTop);
  const second = tops.findIndex((top) => top !== tops[0]);
  return second < 0 ? tops.length : second;
}

function Cell({ line: { tone, mark } }: { readonly line: FleetLine }) {
  return (
    <span className={styles.mark} data-tone={tone}>
      <svg viewBox="0 0 12 12" aria-hidden="true">
        <path d={outlines[mark]} />
      </svg>
    </span>
  );
}

/** Drawn with a line, in a square of twelve. */
const outlines: Readonly<Record<Mark, string>> = {
  check: 'M2 6.5 5 9.5 10 3',
  cross: 'M2.5 2.5 9.5 9.5M9.5 2.5 2.5 9.5',
  bang: 'M6 1.5V7M6 9.6V10.4',
  slash: 'M9.5 2.5 2.5 9.5',
  tilde: 'M1.5 7Q4 3 6 6T10.5 5',
  ring: 'M6 2A4 4 0 1 0 6 10A4 4 0 1 0 6 2',
  dash: 'M2.5 6H9.5',
  dot: 'M6 5.6V6.4',
};
