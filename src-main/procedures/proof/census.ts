import type { Census, CensusPlace } from '#census/census-result';
import type { CensusReport } from '#contract/census';
import { loadKeptKeys } from '#workspace/ring-keys';
import type { Implementations, Work } from '#procedures/implementations';
import { takeCensusOf } from '#proof/use-cases/take-census';
import type { Ports } from '#procedures/ports';
import { windowAudit, windowContext } from '#procedures/window-context';

export type CensusPorts = Pick<Ports, 'workspaces' | 'note'>;

/** Everything in a database that is encrypted with a key of the ring, and everything that was not read. */
export function censusProcedures({ workspaces, note }: CensusPorts): Pick<Implementations, 'census.take'> {
  return {
    async 'census.take'({ environment }, { signal, progress }) {
      using workspace = await workspaces.open(environment, { signal });
      const keys = await loadKeptKeys(workspace);
      try {
        const tell = tellTable(progress);
        const census = await takeCensusOf(
          workspace,
          { keys, inventory: { version: 1, columns: workspace.settings.inventory }, onTable: tell },
          windowContext({ audit: windowAudit(note), signal }),
        );
        return censusForWindow(census);
      } finally {
        for (const key of keys) key[Symbol.dispose]();
      }
    },
  };
}

/** A table is named no faster than it can be read, however small the tables are. */
const leastMsBetweenTables = 200;

function tellTable(progress: Work['progress']): (read: number, total: number, table: string) => void {
  let named = '';
  let namedAt = Number.NEGATIVE_INFINITY;
  return (read, total, table) => {
    const now = performance.now();
    if (now - namedAt >= leastMsBetweenTables) {
      named = table;
      namedAt = now;
    }
    progress(`reading every cell of ${named}`, read, total);
  };
}

/** A census as the window gets it: copies, since what crosses the border is not shared. */
export function censusForWindow({ undecided, ...census }: Census): CensusReport {
  return {
    ...census,
    ...(undecided && {
      undecided: { places: undecided.places.map((place) => ({ ...place })), skipped: [...undecided.skipped] },
    }),
    keys: [...census.keys],
    opened: [...census.opened],
    places: census.places.map(placeForWindow),
    possible: (census.possible ?? []).map(placeForWindow),
    unread: census.unread.map((place) => ({ ...place })),
  };
}

function placeForWindow({ otherForms, ...place }: CensusPlace): CensusReport['places'][number] {
  return { ...place, rows: [...place.rows], ...(otherForms && { otherForms: [...otherForms] }) };
}
