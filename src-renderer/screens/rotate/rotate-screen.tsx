import type { EnvironmentCard } from '#contract/environments';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { Loading } from '../../components/notices/loading.tsx';
import { Screen } from '../../components/layout/screen.tsx';
import { RecoverView } from './recover/recover-view.tsx';
import { StepBackup } from './steps/step-backup.tsx';
import { StepCutover } from './steps/step-cutover.tsx';
import { StepHandoff } from './steps/step-handoff.tsx';
import { StepKey } from './steps/step-key.tsx';
import { StepPreflight } from './steps/step-preflight.tsx';
import { StepRehearsal } from './steps/step-rehearsal.tsx';
import { StepReview } from './steps/step-review.tsx';
import { UndoView } from './recover/undo-view.tsx';
import { useWizard, type Wizard } from './use-wizard.ts';

/** The wizard from a new key to a database under it, and back. */
export function RotateScreen({ environment }: { readonly environment: EnvironmentCard }) {
  const { wizard, failure, reload } = useWizard(environment);
  if (wizard) return <CurrentView wizard={wizard} />;
  return (
    <Screen title="Rotate the key">
      {failure ? (
        <FailureNotice failure={failure} environment={environment} onRetry={() => void reload()} />
      ) : (
        <Loading what="the state of the rotation" heights={[34, 84, 240]} />
      )}
    </Screen>
  );
}

function CurrentView({ wizard }: { readonly wizard: Wizard }) {
  const { state, rotation, undo, recovery, view } = wizard;
  const unsettled = state.unsettled !== undefined && !rotation.running && !undo.running;
  if (unsettled || recovery.running || recovery.outcome) return <RecoverView wizard={wizard} />;
  switch (view) {
    case 'key':
      return <StepKey wizard={wizard} />;
    case 'backup':
      return <StepBackup wizard={wizard} />;
    case 'preflight':
      return <StepPreflight wizard={wizard} />;
    case 'rehearsal':
      return <StepRehearsal wizard={wizard} />;
    case 'review':
      return <StepReview wizard={wizard} />;
    case 'cutover':
      return <StepCutover wizard={wizard} />;
    case 'handoff':
      return <StepHandoff wizard={wizard} />;
    case 'undo':
      return <UndoView wizard={wizard} />;
  }
}
