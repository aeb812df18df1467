import { Button } from '@mantine/core';
import { asSentence } from '../../../components/format.ts';
import { Notice } from '../../../components/notices/notice.tsx';
import { connectedSessions } from '../findings/findings-said.ts';
import { ConnectedNow } from '../findings/connected-now.tsx';
import { AcceptSwitch } from '../findings/accept-switch.tsx';
import { acceptanceOf } from '../findings/acceptance.ts';
import type { Wizard } from '../use-wizard.ts';

export interface DuringRotationProps {
  readonly wizard: Wizard;
  /** The admin rotates although others are connected. */
  readonly beside: boolean;
  readonly onBeside: (beside: boolean) => void;
}

/** What to do with Ballast during the cutover. */
export function DuringRotation({ wizard, beside, onBeside }: DuringRotationProps) {
  const { state, request, preflight } = wizard;
  const sessions = connectedSessions(state.preflight?.findings ?? []);
  const taking = acceptanceOf('other-sessions');
  if (!sessions)
    return (
      <Notice tone="info" title="Keep Ballast stopped until it has the new key.">
        Nobody else was connected when Keel last looked. It looks again before the cutover.
      </Notice>
    );
  const look = () => void preflight.start(request);
  return (
    <Notice
      tone="warn"
      title="Stop Ballast before the cutover."
      action={
        <Button variant="default" loading={preflight.running} onClick={look}>
          Look again
        </Button>
      }
    >
      <p>
        {asSentence(sessions)} What it writes with the old key after the cutover would not open under the new
        one. Keel looks again before the cutover, and refuses while somebody is connected.
      </p>
      <ConnectedNow environment={request.environment} onAgain={look} />
      {taking && <AcceptSwitch taking={taking} on={beside} onChange={onBeside} />}
    </Notice>
  );
}
