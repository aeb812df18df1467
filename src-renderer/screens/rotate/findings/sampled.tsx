import { Switch } from '@mantine/core';
import { Notice } from '../../../components/notices/notice.tsx';
import { sampledInWords } from './sampled-text.ts';
import styles from './accept-switch.module.css';

export interface SampledSwitchProps {
  readonly on: boolean;
  readonly disabled: boolean;
  readonly onChange: (on: boolean) => void;
}

/** Chooses a preflight that does not read the whole database. */
export function SampledSwitch({ on, disabled, onChange }: SampledSwitchProps) {
  return (
    <Switch
      mt={8}
      classNames={{ labelWrapper: styles.labelled }}
      checked={on}
      disabled={disabled}
      label="Read samples only"
      description="For a database that takes too long to read. Keel then searches only a sample of each table for other values encrypted with the old key; values that it misses stay encrypted with the old key until the sweep after the hand-off finds them."
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}

/** Says that a run rests on samples; nothing where it does not. */
export function SampledNotice({ sampled }: { readonly sampled: boolean | undefined }) {
  if (!sampled) return null;
  return (
    <Notice tone="warn" title="Sampled.">
      {sampledInWords}
    </Notice>
  );
}
