import { Button } from '@mantine/core';
import type { CommittedRotation } from '#contract/rotation';
import { OutOfReach } from '../../../components/notices/out-of-reach.tsx';
import { Notice } from '../../../components/notices/notice.tsx';
import { RelativeTime } from '../../../components/marks/relative-time.tsx';
import { FooterBar } from '../../../components/layout/screen.tsx';
import { useNavigation } from '../../../navigation.tsx';
import { SampledNotice } from '../findings/sampled.tsx';
import { RunChart } from './run-chart.tsx';
import { RunTable } from './run-table.tsx';
import { RunTiles } from './run-tiles.tsx';
import { UndroppedNotice } from './undropped-notice.tsx';
import type { Wizard } from '../use-wizard.ts';
import { WizardFrame } from '../wizard-frame.tsx';

export interface LastRotationProps {
  readonly wizard: Wizard;
  readonly last: CommittedRotation;
}

/** Where the wizard rests after a cutover: what was done, and what is left to do. */
export function LastRotation({ wizard, last }: LastRotationProps) {
  const { environment, state, rotation, show } = wizard;
  const { go } = useNavigation();
  const { result, handedOff, confirmed, at } = last;
  const leave = (screen: 'handoff' | 'key') => {
    rotation.forget();
    show(undefined);
    go(screen, environment.id);
  };
  const primary =
    handedOff && confirmed ? { screen: 'key' as const, label: 'Start another rotation' } : undefined;
  return (
    <WizardFrame
      wizard={wizard}
      step="cutover"
      part="committed"
      footer={
        <FooterBar
          status={
            <>
              Committed <RelativeTime at={at} />
            </>
          }
          {...(state.canUndo && {
            secondary: (
              <Button variant="default" onClick={() => show('undo')}>
                Undo…
              </Button>
            ),
          })}
          primary={
            primary ? (
              <Button variant="default" onClick={() => leave(primary.screen)}>
                {primary.label}
              </Button>
            ) : (
              <Button onClick={() => leave('handoff')}>
                {handedOff ? 'Sweep for stragglers' : 'Hand off the new key'}
              </Button>
            )
          }
        />
      }
    >
      {handedOff ? (
        <Notice
          tone="good"
          title={confirmed ? 'Rotated, handed off, and confirmed by a sweep.' : 'Rotated and handed off.'}
        >
          {confirmed
            ? 'The old key stays in the key ring for old dumps.'
            : 'A sweep for rows written with the old key in the meantime is still pending.'}
        </Notice>
      ) : (
        <Notice tone="good" live title="Verified and committed.">
          Every row that was rewritten was read back with the new key before the commit.{' '}
          {environment.application.name} still has the old key and cannot read its credentials until it is
          given the new one.
        </Notice>
      )}
      {result ? (
        <>
          <SampledNotice sampled={result.sampled && !confirmed} />
          <RunTiles result={result} />
          <RunChart result={result} />
          <RunTable result={result} />
          <UndroppedNotice undropped={result.undropped} />
          <OutOfReach reach={result.beyondReach} />
        </>
      ) : (
        <Notice tone="info" title="The counts of this rotation were not recorded.">
          Keel stopped before they were saved. Prove the key to count the rows again.
        </Notice>
      )}
    </WizardFrame>
  );
}
