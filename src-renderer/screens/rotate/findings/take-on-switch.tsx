import { Switch } from '@mantine/core';
import styles from './take-on-switch.module.css';
import type { TakingOn } from './taking-on.ts';

export interface TakeOnSwitchProps {
  readonly taking: TakingOn;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
  /** Id of the finding it is about. */
  readonly describedBy?: string;
}

/** Takes a stop on knowingly: what that means stands beside the switch. */
export function TakeOnSwitch({ taking, on, onChange, describedBy }: TakeOnSwitchProps) {
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
