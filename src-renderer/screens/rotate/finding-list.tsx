import { useId } from 'react';
import type { Finding } from '#contract/rotation';
import { asSentence } from '../../components/format.ts';
import { Icon, type IconName } from '../../components/icon.tsx';
import { Card } from '../../components/card.tsx';
import styles from './findings.module.css';
import { TakeOnSwitch } from './take-on-switch.tsx';
import { takingOn } from './taking-on.ts';

export type FindingTone = 'stop' | 'warn' | 'good';

export interface FindingListProps {
  readonly title: string;
  readonly tone: FindingTone;
  readonly findings: readonly Finding[];
  readonly accepted: readonly string[];
  readonly onTakeOn: (code: string, on: boolean) => void;
}

const icons: Readonly<Record<FindingTone, IconName>> = { stop: 'stop', warn: 'warn', good: 'done' };

/** Findings of one weight, each with its remedy and, where it is a stop that may be taken on, a switch for that. */
export function FindingList({ title, tone, findings, accepted, onTakeOn }: FindingListProps) {
  if (findings.length === 0) return null;
  return (
    <Card title={`${title} · ${findings.length}`} padded={false}>
      <ul className={styles.list}>
        {findings.map((finding) => (
          <FindingRow
            key={`${finding.code} ${finding.message}`}
            finding={finding}
            tone={tone}
            accepted={accepted.includes(finding.code)}
            onTakeOn={onTakeOn}
          />
        ))}
      </ul>
    </Card>
  );
}

interface FindingRowProps {
  readonly finding: Finding;
  readonly tone: FindingTone;
  readonly accepted: boolean;
  readonly onTakeOn: (code: string, on: boolean) => void;
}

function FindingRow({ finding, tone, accepted, onTakeOn }: FindingRowProps) {
  const { code, message, remedy, acceptable } = finding;
  const id = useId();
  const taking = acceptable ? takingOn(code) : undefined;
  return (
    <li className={styles.finding}>
      <span className={styles.sign} data-tone={tone}>
        <Icon name={icons[tone]} />
      </span>
      <div className={styles.words}>
        <p id={id} className={styles.message}>
          {asSentence(message)}
        </p>
        {remedy !== undefined && <p className={styles.remedy}>{asSentence(remedy)}</p>}
        {taking && (
          <TakeOnSwitch
            taking={taking}
            on={accepted}
            describedBy={id}
            onChange={(on) => onTakeOn(code, on)}
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
