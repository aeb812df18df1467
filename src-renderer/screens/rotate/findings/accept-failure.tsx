import type { Failure } from '#contract/shapes';
import { Card } from '../../../components/layout/card.tsx';
import { AcceptSwitch } from './accept-switch.tsx';
import { stopsToAccept } from './acceptance.ts';

export interface AcceptFailureProps {
  readonly failure: Failure;
  readonly accepted: readonly string[];
  readonly onAccept: (code: string, on: boolean) => void;
}

/** Where a run stopped at what may be taken on: the switches for it. Nothing otherwise. */
export function AcceptFailure({ failure, accepted, onAccept }: AcceptFailureProps) {
  const stops = stopsToAccept(failure);
  if (stops.length === 0) return null;
  return (
    <Card title="Accept the risk">
      {stops.map((taking) => (
        <AcceptSwitch
          key={taking.code}
          taking={taking}
          on={accepted.includes(taking.code)}
          onChange={(on) => onAccept(taking.code, on)}
        />
      ))}
    </Card>
  );
}
