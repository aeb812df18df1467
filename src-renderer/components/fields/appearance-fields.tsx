import { Switch, TextInput } from '@mantine/core';
import type { EnvironmentColour } from '#contract/environments';
import { EnvironmentDot } from '../marks/environment-dot.tsx';
import styles from './appearance-fields.module.css';

export interface Appearance {
  readonly name: string;
  readonly colour: EnvironmentColour;
  readonly production: boolean;
}

export interface AppearanceFieldsProps {
  readonly appearance: Appearance;
  readonly onChange: (appearance: Appearance) => void;
}

const colours: { readonly colour: EnvironmentColour; readonly word: string }[] = [
  { colour: 'teal', word: 'Teal' },
  { colour: 'blue', word: 'Blue' },
  { colour: 'violet', word: 'Violet' },
  { colour: 'green', word: 'Green' },
  { colour: 'amber', word: 'Amber' },
  { colour: 'red', word: 'Red' },
  { colour: 'grey', word: 'Grey' },
];

/** How the environment is told from the others. */
export function AppearanceFields({ appearance, onChange }: AppearanceFieldsProps) {
  return (
    <>
      <TextInput
        label="Name"
        description="Confirmation dialogs show this name, so make it unmistakable."
        value={appearance.name}
        maxLength={60}
        onChange={(event) => onChange({ ...appearance, name: event.currentTarget.value })}
      />
      <fieldset className={styles.set}>
        <legend className={styles.legend}>Colour</legend>
        <div className={styles.colours}>
          {colours.map(({ colour, word }) => (
            <label key={colour}>
              <input
                type="radio"
                name="environment-colour"
                value={colour}
                checked={appearance.colour === colour}
                onChange={() => onChange({ ...appearance, colour })}
              />
              <EnvironmentDot colour={colour} />
              {word}
            </label>
          ))}
        </div>
      </fieldset>
      <Switch
        label="Production"
        description="Marks this environment’s screens with a red ribbon."
        checked={appearance.production}
        onChange={(event) => onChange({ ...appearance, production: event.currentTarget.checked })}
      />
    </>
  );
}
