import { Button } from '@mantine/core';
import type { Wizard } from '../use-wizard.ts';

/** Asks the database what became of a run whose outcome is not known here. */
export function RecoverButton({ wizard: { environment, recovery } }: { readonly wizard: Wizard }) {
  return <Button onClick={() => void recovery.start({ environment: environment.id })}>Recover</Button>;
}

/** Beside the button. */
export const openStatus = 'It is not known yet whether it was committed';
