import { Button } from '@mantine/core';
import { LongText } from '../../components/layout/long-text.tsx';
import styles from './fleet.module.css';
import type { FleetLine } from './fleet-text.ts';

export interface GivingUp {
  /** Databases of the unfinished rotation that did not go over, and those that were given up. */
  readonly left: ReadonlySet<string>;
  readonly givenUp: ReadonlySet<string>;
  readonly onGiveUp: (name: string, withdraw: boolean) => void;
}

export interface MemberDetailsProps extends GivingUp {
  readonly name: string;
  readonly line: FleetLine | undefined;
  readonly disabled: boolean;
}

/** Why a database is where it is, what to do, and the way to let the rotation end without it. */
export function MemberDetails({ name, line, disabled, left, givenUp, onGiveUp }: MemberDetailsProps) {
  return (
    <span className={styles.why}>
      {line?.why !== undefined && <LongText text={line.why} />}
      {line?.remedy !== undefined && (
        <span className={styles.detail}>
          <LongText text={line.remedy} />
        </span>
      )}
      {(givenUp.has(name) || (left.has(name) && line?.state === 'Failed')) && (
        <Button
          size="compact-xs"
          variant="default"
          disabled={disabled}
          aria-label={givenUp.has(name) ? `Include ${name} again` : `Give up ${name}`}
          onClick={() => onGiveUp(name, givenUp.has(name))}
        >
          {givenUp.has(name) ? 'Include again' : 'Give up'}
        </Button>
      )}
    </span>
  );
}
