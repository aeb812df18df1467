import type { EnvironmentCard } from '#contract/environments';

/**
 * Which environment the screens work on: the one that was chosen. Before that one that is not production, or the only one there is;
 * of several in production none, since nobody is to be on one unasked. Pure.
 */
export function chosenOf(
  cards: readonly EnvironmentCard[],
  chosen: string | undefined,
): EnvironmentCard | undefined {
  const harmless = cards.find(({ production }) => !production);
  return cards.find(({ id }) => id === chosen) ?? harmless ?? (cards.length === 1 ? cards[0] : undefined);
}
