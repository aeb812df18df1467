import { Select, TextInput } from '@mantine/core';
import type { ApiKeyTable, NeededColumn } from '#contract/api-keys';
import styles from './api-keys.module.css';
import {
  type Lifetime,
  lifetimes,
  type NewKeyDraft,
  type ScopeKind,
  scopeKinds,
  scopeOf,
} from './new-key-draft.ts';

export interface NewKeyFieldsProps {
  readonly draft: NewKeyDraft;
  readonly onChange: (change: Partial<NewKeyDraft>) => void;
  readonly columns: ApiKeyTable['columns'];
  readonly needed: readonly NeededColumn[];
  /** A replacement has the scope of the key that it replaces. */
  readonly withScope: boolean;
}

const scopes: Readonly<Record<ScopeKind, string>> = {
  collection: 'One collection',
  organization: 'The organisation',
  user: 'A user',
};

const ends: Readonly<Record<Lifetime, string>> = {
  '30': 'After 30 days',
  '90': 'After 90 days',
  '180': 'After 180 days',
  '365': 'After a year',
  day: 'On a date…',
  never: 'Never',
};

/** bcrypt's cost, with what a check takes on a machine of today. */
const costs = [
  { value: '10', label: '10 · about 50 ms per check' },
  { value: '11', label: '11 · about 100 ms' },
  { value: '12', label: '12 · about 200 ms' },
  { value: '13', label: '13 · about 400 ms' },
  { value: '14', label: '14 · about 1 s' },
  { value: '15', label: '15 · about 2 s' },
];

/** Only what the table has a column for. */
export function NewKeyFields({ draft, onChange, columns, needed, withScope }: NewKeyFieldsProps) {
  const scope = scopeOf(draft);
  const byId = draft.scopeKind !== 'organization';
  return (
    <>
      {columns.name !== undefined && (
        <TextInput
          label="Name"
          description="What the key is for. This name appears in the list."
          data-autofocus
          maxLength={200}
          autoComplete="off"
          value={draft.name}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
      )}
      {withScope && columns.scope !== undefined && (
        <div className={styles.line}>
          <Select
            label="Scope"
            allowDeselect={false}
            data={scopeKinds.map((value) => ({ value, label: scopes[value] }))}
            value={draft.scopeKind}
            onChange={(value) => value && onChange({ scopeKind: value as ScopeKind })}
          />
          {byId && (
            <TextInput
              label={draft.scopeKind === 'user' ? 'User ID' : 'Collection ID'}
              placeholder={draft.scopeKind === 'user' ? 'usr_…' : 'col_…'}
              autoComplete="off"
              spellCheck={false}
              value={draft.scopeId}
              error={
                draft.scopeId !== '' && scope === undefined
                  ? 'An ID may only contain letters, digits, _ and -'
                  : undefined
              }
              onChange={(event) => onChange({ scopeId: event.currentTarget.value })}
            />
          )}
        </div>
      )}
      <div className={styles.line}>
        {columns.expires !== undefined && (
          <Select
            label="Expires"
            allowDeselect={false}
            data={lifetimes.map((value) => ({ value, label: ends[value] }))}
            value={draft.lifetime}
            onChange={(value) => value && onChange({ lifetime: value as Lifetime })}
          />
        )}
        {columns.expires !== undefined && draft.lifetime === 'day' && (
          <TextInput
            type="date"
            label="Last day"
            value={draft.day}
            onChange={(event) => onChange({ day: event.currentTarget.value })}
          />
        )}
        <Select
          label="bcrypt cost"
          allowDeselect={false}
          data={costs}
          value={draft.cost}
          onChange={(value) => value && onChange({ cost: value })}
        />
      </div>
      {needed.map(({ column, type, seen }) => (
        <TextInput
          key={column}
          label={
            <>
              Value for <code>{column}</code>
            </>
          }
          description={`${type}${seen.length > 0 ? `; other keys have ${seen.join(', ')}` : '; the column has no default'}`}
          autoComplete="off"
          spellCheck={false}
          value={draft.values[column] ?? ''}
          onChange={(event) => onChange({ values: { ...draft.values, [column]: event.currentTarget.value } })}
        />
      ))}
    </>
  );
}
