import type { Failure } from '#contract/shapes';
import { Card } from '../../../components/layout/card.tsx';
import { TakeOnSwitch } from './take-on-switch.tsx';
import { takeableStops } from './taking-on.ts';

export interface TakeOnFailureProps {
  readonly failure: Failure;
  readonly accepted: readonly string[];
  readonly onTakeOn: (code: string, on: boolean) => void;
}

/** Where a run stopped at what may be taken on: the switches for it. Nothing otherwise. */
export function TakeOnFailure({ failure, accepted, onTakeOn }: TakeOnFailureProps) {
  const stops = takeableStops(failure);
  if (stops.length === 0) return null;
  return (
    <Card title="Or take it on">
      {stops.map((taking) => (
        <TakeOnSwitch
          key={taking.code}
          taking={taking}
          on={accepted.includes(taking.code)}
          onChange={(on) => onTakeOn(taking.code, on)}
        />
      ))}
    </Card>
  );
}
