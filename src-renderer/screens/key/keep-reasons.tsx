import { Switch } from '@mantine/core';
import type { KeepReason } from '#contract/key-ring';
import { asSentence } from '../../components/format.ts';
import { Notice } from '../../components/notices/notice.tsx';

export interface KeepReasonsProps {
  readonly reasons: readonly KeepReason[];
  readonly accepted: readonly string[];
  readonly onChange: (accepted: readonly string[]) => void;
}

/** What accepting a reason means, by its code. */
const acceptWords: Readonly<Record<string, string>> = {
  'rotation-unsettled': 'Destroy it while that rotation is unresolved',
  'not-swept': 'Destroy it without that sweep',
  undo: 'Give up the option to undo',
  'never-used': 'It was imported by mistake, or is stored elsewhere',
  'no-census': 'Accept that this database was not searched',
  'values-seen': 'Accept that these values may be lost',
  'not-read': 'Accept that this place was not read',
};

/** What stands against giving a key up, each with a switch where it may be accepted. */
export function KeepReasons({ reasons, accepted, onChange }: KeepReasonsProps) {
  return reasons.map(({ code, accept, message, remedy, acceptable }) => (
    <Notice key={accept} tone={acceptable ? 'warn' : 'stop'} title={asSentence(message)}>
      <p>{asSentence(remedy)}</p>
      {acceptable && (
        <Switch
          mt={8}
          checked={accepted.includes(accept)}
          label={acceptWords[code] ?? 'Accept this reason'}
          onChange={(event) =>
            onChange(
              event.currentTarget.checked
                ? [...accepted, accept]
                : accepted.filter((other) => other !== accept),
            )
          }
        />
      )}
    </Notice>
  ));
}

/** The reasons that are not accepted, or cannot be. */
export function openReasons(reasons: readonly KeepReason[], accepted: readonly string[]): KeepReason[] {
  return reasons.filter(({ accept, acceptable }) => !acceptable || !accepted.includes(accept));
}
