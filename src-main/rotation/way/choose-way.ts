import type { RewriteSession } from '#rewrite/session';
import { portableWay } from './portable-way.ts';
import { usualWay } from './usual-way.ts';
import type { RotationWay } from './way.ts';

/** How rows are rewritten over this session. */
export function wayOf({ portable }: Pick<RewriteSession, 'portable'>): RotationWay {
  return portable ? portableWay(portable) : usualWay;
}
