import { Button, Checkbox } from '@mantine/core';
import { useState } from 'react';
import { counted } from '#shared/counted';
import { Card } from '../../components/layout/card.tsx';
import { columnName, entryKey } from '../../components/column-text.ts';
import { excludedName, type ForeignColumn } from './proof-text.ts';
import styles from './prove.module.css';
import { useApplicationName } from '../../environment-here.ts';

export interface ForeignValuesProps {
  readonly foreign: readonly ForeignColumn[];
  /** Writes the names of the columns whose foreign values are left; those not named are not. */
  readonly onLeave: (names: readonly string[]) => Promise<void>;
}

/** Values that this key does not decrypt: what they may be, and the choice to leave them as they are, by name. */
export function ForeignValues({ foreign, onLeave }: ForeignValuesProps) {
  const application = useApplicationName();
  const before = foreign.filter(({ left }) => left).map(({ entry }) => excludedName(entry));
  const [names, setNames] = useState<readonly string[]>(before);
  const [busy, setBusy] = useState(false);
  const changed = names.length !== before.length || names.some((name) => !before.includes(name));

  const save = async () => {
    setBusy(true);
    await onLeave(names);
    setBusy(false);
  };

  return (
    <Card
      title="Values that this key does not decrypt"
      aside={
        <Button variant="default" disabled={!changed} loading={busy} onClick={() => void save()}>
          Save exclusions
        </Button>
      }
    >
      <div className={styles.fields}>
        <p className={styles.quiet}>
          {application === 'Ballast' && 'Ballast encrypts personal sources with their users’ own keys. '}
          These values may be left over from an interrupted rotation: checking the whole database tries every
          key in the key ring on them. They block a rotation unless you exclude them. A rotation then leaves
          each of them unchanged, byte for byte, and rewrites the rest.
        </p>
        {foreign.map(({ entry, noise, otherForm }) => {
          const name = excludedName(entry);
          return (
            <Checkbox
              key={entryKey(entry)}
              label={
                <>
                  Exclude them in <code>{columnName(entry)}</code>
                </>
              }
              description={countsInWords(noise, otherForm)}
              checked={names.includes(name)}
              onChange={(event) => {
                const { checked } = event.currentTarget;
                setNames((all) => (checked ? [...all, name] : all.filter((one) => one !== name)));
              }}
            />
          );
        })}
      </div>
    </Card>
  );
}

function countsInWords(noise: number, otherForm: number): string {
  const parts = [
    ...(noise > 0 ? [`${counted(noise, 'value')} encrypted with another key`] : []),
    ...(otherForm > 0 ? [`${counted(otherForm, 'value')} in another format`] : []),
  ];
  return parts.join(', ');
}
