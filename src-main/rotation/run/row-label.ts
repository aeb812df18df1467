import { type RowIdentity, tellingColumns } from '#postgres/catalog';
import type { Field } from '#postgres/copy-binary';
import { visibleBrief } from '#shared/visible-text';

/** A row's key as a person writes it: `id=42`, `org=acme id=7`, or its place `ctid=(0,5)`. */
export function describeRow(identity: RowIdentity, fields: readonly Field[]): string {
  return tellingColumns(identity)
    .map((column, i) => ({ ...column, field: fields[i] ?? null }))
    .filter(({ name }) => name !== 'tableoid')
    .map(({ name, type, field }) => `${name}=${describeField(type, field)}`)
    .join(' ');
}

/** Reads the binary form of the usual key types; others are shown as hex. */
function describeField(type: string, field: Field): string {
  if (!field) return 'NULL';
  if (type === 'bigint') return String(field.readBigInt64BE());
  if (type === 'integer') return String(field.readInt32BE());
  if (type === 'smallint') return String(field.readInt16BE());
  if (type === 'pg_catalog.tid' && field.length === 6)
    return `(${field.readUInt32BE()},${field.readUInt16BE(4)})`;
  if (type === 'uuid') return field.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  if (/^(text|character)/.test(type)) return visibleBrief(field.toString('utf8'));
  return field.toString('hex');
}
