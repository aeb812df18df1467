import { Switch, TextInput } from '@mantine/core';
import type { EnvironmentColour } from '#contract/environments';
import { EnvironmentDot } from '../marks/environment-dot.tsx';
import styles from './looks-fields.module.css';

export interface Appearance {
  readonly name: string;
  readonly colour: EnvironmentColour;
  readonly production: boolean;
}

export interface AppearanceFieldsProps {
  readonly looks: Appearance;
  readonly onChange: (looks: Appearance) => void;
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
export function AppearanceFields({ looks, onChange }: AppearanceFieldsProps) {
  return (
    <>
      <TextInput
        label="Name"
        description="Typed again before a rotation, so make it one that cannot be mistaken."
        value={looks.name}
        maxLength={60}
        onChange={(event) => onChange({ ...looks, name: event.currentTarget.value })}
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
                checked={looks.colour === colour}
                onChange={() => onChange({ ...looks, colour })}
              />
              <EnvironmentDot colour={colour} />
              {word}
            </label>
          ))}
        </div>
      </fieldset>
      <Switch
        label="Production"
        description="Every screen that works on it carries a red ribbon."
        checked={looks.production}
        onChange={(event) => onChange({ ...looks, production: event.currentTarget.checked })}
      />
    </>
  );
}
