import { Button } from '@mantine/core';
import { useId } from 'react';
import { counted } from '#shared/counted';
import type { EnvironmentCard } from '#contract/environments';
import type { EncryptedColumn } from '#contract/inventory';
import type { Finding } from '#contract/rotation';
import { asSentence } from '../../../components/format.ts';
import { Icon } from '../../../components/marks/icon.tsx';
import type { IconName } from '../../../components/marks/icon-outlines.ts';
import { Card } from '../../../components/layout/card.tsx';
import { LongText } from '../../../components/layout/long-text.tsx';
import { entriesToAdd, isAccepted, placesToProve, type AcceptedStops } from './finding-groups.ts';
import styles from './findings.module.css';
import { ConnectedNow } from './connected-now.tsx';
import { KnownValue } from './known-value.tsx';
import { AcceptSwitch } from './accept-switch.tsx';
import { acceptanceOfFinding } from './acceptance.ts';

export type FindingTone = 'stop' | 'warn' | 'good';

export interface FindingListProps {
  readonly title: string;
  readonly tone: FindingTone;
  readonly findings: readonly Finding[];
  readonly inventory: readonly EncryptedColumn[];
  readonly taken: AcceptedStops;
  readonly onAccept: (finding: Finding, on: boolean) => void;
  readonly adding: boolean;
  /** Takes entries into the inventory, in place of those that mean the same values. */
  /** `corrects`: in place of entries that mean the same values. */
  readonly onAdd: (entries: readonly EncryptedColumn[], corrects: boolean) => void;
  readonly environment: EnvironmentCard;
  /** Preflight is to be run again: what it stopped at is mended. */
  readonly onProven: () => void;
}

/** What names each of a thousand columns is longer. */
const maxLength = 900;

const icons: Readonly<Record<FindingTone, IconName>> = { stop: 'stop', warn: 'warn', good: 'done' };

/** Findings of one weight, each with its remedy and, where it is a stop that may be taken on, a switch for that. */
export function FindingList({ title, tone, findings, ...rest }: FindingListProps) {
  if (findings.length === 0) return null;
  return (
    <Card title={`${title} · ${findings.length}`} padded={false}>
      <ul className={styles.list}>
        {findings.map((finding) => (
          <FindingRow key={`${finding.code} ${finding.message}`} finding={finding} tone={tone} {...rest} />
        ))}
      </ul>
    </Card>
  );
}

interface FindingRowProps extends Omit<FindingListProps, 'title' | 'findings'> {
  readonly finding: Finding;
}

function FindingRow(props: FindingRowProps) {
  const { finding, tone, inventory, taken, onAccept, adding, onAdd, environment, onProven } = props;
  const { message, remedy } = finding;
  const id = useId();
  const taking = acceptanceOfFinding(finding);
  const entries = entriesToAdd(finding, inventory);
  const provable = placesToProve(finding);
  return (
    <li className={styles.finding}>
      <span className={styles.sign} data-tone={tone}>
        <Icon name={icons[tone]} />
      </span>
      <div className={styles.words}>
        <div id={id} className={styles.message}>
          <LongText text={asSentence(message)} maxLength={maxLength} />
        </div>
        {remedy !== undefined && (
          <div className={styles.remedy}>
            <LongText text={asSentence(remedy)} maxLength={maxLength} />
          </div>
        )}
        {entries.length > 0 && (
          <Button
            variant="default"
            size="xs"
            mt={8}
            loading={adding}
            aria-describedby={id}
            onClick={() => onAdd(entries, finding.code === 'other-form')}
          >
            {finding.code === 'other-form'
              ? `Use the proposed format for ${counted(entries.length, 'column')}`
              : `Add ${counted(entries.length, 'column')} to the inventory`}
          </Button>
        )}
        {finding.sessions && tone === 'stop' && (
          <ConnectedNow environment={environment.id} onAgain={onProven} />
        )}
        {provable.length > 0 && (
          <KnownValue environment={environment} places={provable} onProven={onProven} />
        )}
        {taking && (
          <AcceptSwitch
            taking={taking}
            on={isAccepted(finding, taken)}
            describedBy={id}
            onChange={(on) => onAccept(finding, on)}
          />
        )}
      </div>
    </li>
  );
}

/** What is all right: closed until somebody wants to see it. */
export function PassedFindings({ findings }: { readonly findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  return (
    <Card padded={false}>
      <details className={styles.passed}>
        <summary>
          <Icon name="choose" size={14} />
          <span>Passed · {findings.length}</span>
        </summary>
        <ul className={styles.list}>
          {findings.map(({ code, message }) => (
            <li key={code} className={styles.finding}>
              <span className={styles.sign} data-tone="good">
                <Icon name="done" />
              </span>
              <p>{asSentence(message)}</p>
            </li>
          ))}
        </ul>
      </details>
    </Card>
  );
}
