import { Button } from '@mantine/core';
import { CensusPlaces, CensusUndecided, CensusUnread } from '../../components/census-report.tsx';
import { placesOutside } from '../../components/census-text.ts';
import { OutOfReach } from '../../components/notices/out-of-reach.tsx';
import { Notice } from '../../components/notices/notice.tsx';
import { type Sweep, sweepInWords } from './sweep-text.ts';

export interface SweepResultProps {
  readonly found: Sweep;
  /** Goes to where the rotation is undone. */
  readonly onUndo: () => void;
}

/** What a sweep found and what it covered. */
export function SweepResult({ found, onUndo }: SweepResultProps) {
  const { census } = found;
  return (
    <>
      {sweepInWords(found).map(({ tone, title, says, remedy, undo }) => (
        <Notice
          key={title}
          live
          tone={tone}
          title={title}
          remedy={remedy}
          {...(undo && {
            action: (
              <Button variant="default" onClick={onUndo}>
                Open Rotate
              </Button>
            ),
          })}
        >
          {says || undefined}
        </Notice>
      ))}
      <CensusPlaces
        title="Outside the inventory, encrypted with the old key"
        places={placesOutside(census)}
      />
      <CensusUnread unread={census.unread} />
      <CensusPlaces
        title="Possibly encrypted with a key, with too little text to tell"
        places={census.possible ?? []}
      />
      <CensusUndecided undecided={census.undecided} />
      <OutOfReach reach={found.beyondReach} />
    </>
  );
}
