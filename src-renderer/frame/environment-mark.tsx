import type { EnvironmentCard } from '#contract/environments';
import { ProductionBadge } from '../components/marks/badge.tsx';
import { EnvironmentDot } from '../components/marks/environment-dot.tsx';

/** What tells an environment apart in a list, before its name. */
export function EnvironmentMark({ card: { colour, production } }: { readonly card: EnvironmentCard }) {
  return (
    <>
      <EnvironmentDot colour={colour} />
      {production && <ProductionBadge />}
    </>
  );
}
