import { Chooser } from './chooser.tsx';
import { type PaletteDialogs, useChoices } from './use-choices.ts';

export interface PaletteProps extends PaletteDialogs {
  readonly onClose: () => void;
}

/** Everything that one can go to or do, found by typing. */
export function Palette({ onClose, ...dialogs }: PaletteProps) {
  return (
    <Chooser
      title="Search or run a command"
      placeholder="Search screens, environments and commands"
      choices={useChoices(dialogs)}
      onClose={onClose}
    />
  );
}
