import { counted } from '#shared/counted';
import type { EnvironmentCard } from '#contract/environments';

type Ring = Pick<EnvironmentCard, 'activeKey' | 'pendingKey' | 'retiredKeys'>;

/** What the key ring holds beside the key that a card names, like `a new key is ready to rotate to, 2 retired keys kept`. */
export function besideInWords({ activeKey, pendingKey, retiredKeys }: Ring): string | undefined {
  // without an active key the pending one is what the card names
  const waiting = activeKey && pendingKey !== undefined ? ['a new key is ready to rotate to'] : [];
  const kept = retiredKeys > 0 ? [`${counted(retiredKeys, 'retired key')} kept`] : [];
  const words = [...waiting, ...kept].join(', ');
  return words === '' ? undefined : words;
}
