import type { EnvironmentCard } from '#contract/environments';

/** When things of an environment began and fall due, in milliseconds. Pure. */
export interface Ages {
  readonly id: string;
  readonly name: string;
  /** The active key has been in use since then. */
  readonly keySince?: number | undefined;
  /** It was imported: it may have been in use before. */
  readonly before: boolean;
  readonly testedAt?: number | undefined;
  readonly testDueAt?: number | undefined;
  /** When the server's certificate expires. */
  readonly certificateTo?: number | undefined;
}

/** Of the environments of which any of it is known, in their order. */
export function agesOf(cards: readonly EnvironmentCard[]): Ages[] {
  return cards.flatMap(({ id, name, activeKey, transport }) => {
    const times = {
      keySince: timeOf(activeKey && (activeKey.activatedAt ?? activeKey.createdAt)),
      testedAt: timeOf(activeKey?.provenAt),
      testDueAt: timeOf(activeKey?.drillDueAt),
      certificateTo: timeOf(transport?.validTo),
    };
    if (Object.values(times).every((time) => time === undefined)) return [];
    return [{ id, name, before: activeKey?.adopted === true, ...times }];
  });
}

function timeOf(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time);
}

const dayMs = 86_400_000;

/** The stretch of time to draw: no further than a year ahead and two back, whatever is beyond. */
export function stretchOf(
  ages: readonly Ages[],
  now: number,
): { readonly from: number; readonly to: number } {
  const times = ages.flatMap(({ keySince, testedAt, testDueAt, certificateTo }) =>
    [keySince, testedAt, testDueAt, certificateTo].filter((time) => time !== undefined),
  );
  return {
    from: Math.max(now - 730 * dayMs, Math.min(now - 7 * dayMs, ...times)),
    to: Math.min(now + 365 * dayMs, Math.max(now + 30 * dayMs, ...times.map((time) => time + 7 * dayMs))),
  };
}

/** How many days until or since, like `in 9 days`, `12 days ago`, `today`. */
export function fromNow(time: number, now: number): string {
  const days = Math.round(Math.abs(time - now) / dayMs);
  if (days === 0) return 'today';
  const words = `${days.toLocaleString('en-US')} ${days === 1 ? 'day' : 'days'}`;
  return time > now ? `in ${words}` : `${words} ago`;
}
