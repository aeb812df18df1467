import { Button } from '@mantine/core';
import { asSentence } from '../../../components/format.ts';
import { Notice } from '../../../components/notices/notice.tsx';
import { connectedSessions } from '../findings/findings-said.ts';
import { ConnectedNow } from '../findings/connected-now.tsx';
import { AcceptSwitch } from '../findings/accept-switch.tsx';
import { acceptanceOf } from '../findings/acceptance.ts';
import type { Wizard } from '../use-wizard.ts';
import { useApplicationName } from '../../../environment-here.ts';

export interface DuringRotationProps {
  readonly wizard: Wizard;
  /** The admin rotates although others are connected. */
  readonly beside: boolean;
  readonly onBeside: (beside: boolean) => void;
}

/** What to do with the application during the cutover. */
export function DuringRotation({ wizard, beside, onBeside }: DuringRotationProps) {
  const application = useApplicationName();
  const { state, request, preflight } = wizard;
  const sessions = connectedSessions(state.preflight?.findings ?? []);
  const taking = acceptanceOf('other-sessions');
  if (!sessions)
    return (
      <Notice tone="info" title={`Keep ${application} stopped until you have handed off the new key.`}>
        Only Keel was connected when it last checked. It checks again before the cutover.
      </Notice>
    );
  const look = () => void preflight.start(request);
  return (
    <Notice
      tone="warn"
      title={`Stop ${application} before the cutover.`}
      action={
        <Button variant="default" loading={preflight.running} onClick={look}>
          Check again
        </Button>
      }
    >
      <p>
        {asSentence(sessions)} What it writes with the old key after the cutover would not decrypt with the
        new one. Keel checks again before the cutover, and does not start it while another session is
        connected.
      </p>
      <ConnectedNow environment={request.environment} onAgain={look} />
      {taking && <AcceptSwitch taking={taking} on={beside} onChange={onBeside} />}
    </Notice>
  );
}
