import { Switch } from '@mantine/core';
import styles from './accept-switch.module.css';
import type { Acceptance } from './acceptance.ts';

export interface AcceptSwitchProps {
  readonly taking: Acceptance;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
  /** Id of the finding it is about. */
  readonly describedBy?: string;
}

/** Takes a stop on knowingly: what that means is next to the switch. */
export function AcceptSwitch({ taking, on, onChange, describedBy }: AcceptSwitchProps) {
  return (
    <Switch
      mt={8}
      classNames={{ labelWrapper: styles.labelled }}
      checked={on}
      label={taking.label}
      description={taking.means}
      {...(describedBy !== undefined && { 'aria-describedby': describedBy })}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}
