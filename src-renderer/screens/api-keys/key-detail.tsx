import { Button } from '@mantine/core';
import type { ApiKey, ApiKeyList } from '#contract/api-keys';
import { StateBadge } from '../../components/marks/badge.tsx';
import { Card } from '../../components/layout/card.tsx';
import { type Fact, Facts } from '../../components/layout/facts.tsx';
import { asSentence, formatMoment } from '../../components/format.ts';
import styles from './api-keys.module.css';
import { findingTone, findingWord, keyStatus } from './key-text.ts';

export interface KeyDetailProps {
  readonly list: ApiKeyList;
  readonly apiKey: ApiKey;
  readonly onRevoke: () => void;
  readonly onReplace: () => void;
}

/** One key: what is known of it, what is to be said of it, and what can be done. */
export function KeyDetail({ list, apiKey, onRevoke, onReplace }: KeyDetailProps) {
  const { label, active, unclear, expired, findings, id, cost } = apiKey;
  const { word, tone } = keyStatus(apiKey);
  const { columns } = list.table;
  const moment = (at: string | undefined, otherwise: string) =>
    at === undefined ? otherwise : formatMoment(at);
  const facts: (Fact | false)[] = [
    columns.prefix !== undefined && { name: 'Prefix', value: <code>{apiKey.prefix ?? '–'}</code> },
    columns.scope !== undefined && { name: 'Scope', value: apiKey.scope ?? 'not set' },
    columns.created !== undefined && { name: 'Created', value: moment(apiKey.createdAt, 'unknown') },
    columns.lastUsed !== undefined && { name: 'Last used', value: moment(apiKey.lastUsedAt, 'never') },
    columns.expires !== undefined && { name: 'Expires', value: moment(apiKey.expiresAt, 'never') },
    { name: 'Hash', value: cost === undefined ? 'not bcrypt' : `bcrypt, cost ${cost}` },
    { name: 'Row', value: <code>{id ?? 'no primary key'}</code> },
  ];
  const over = list.revokes === 'expiry' ? expired : !active && !unclear;
  const why = whyNot(list, apiKey, over);
  return (
    <Card
      title={<span className={styles.label}>{label}</span>}
      aside={<StateBadge tone={tone}>{word}</StateBadge>}
    >
      <div className={styles.fields}>
        {findings.length > 0 && (
          <ul className={styles.findings}>
            {findings.map((finding) => (
              <li key={finding.code} className={styles.finding}>
                <StateBadge tone={findingTone(finding)}>{findingWord(finding)}</StateBadge>
                <p>
                  {asSentence(finding.message)}{' '}
                  <span className={styles.quiet}>{asSentence(finding.remedy)}</span>
                </p>
              </li>
            ))}
          </ul>
        )}
        <Facts facts={facts.filter((fact) => fact !== false)} />
        {why === undefined ? (
          <div className={styles.actions}>
            <Button variant="default" onClick={onReplace}>
              Replace…
            </Button>
            <Button variant="default" onClick={onRevoke}>
              Revoke…
            </Button>
          </div>
        ) : (
          <p className={styles.quiet}>{why}</p>
        )}
      </div>
    </Card>
  );
}

function whyNot({ revokes }: ApiKeyList, { id }: ApiKey, over: boolean): string | undefined {
  if (over) return 'This key is no longer valid: there is nothing to revoke or replace.';
  if (id === undefined)
    return 'The table has no primary key that identifies this row, so Keel does not change it.';
  if (revokes === 'none')
    return 'The table has no column that says whether a key is active, so Keel cannot revoke it.';
  return undefined;
}
