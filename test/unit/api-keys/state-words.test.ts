import { describe, expect, test } from 'vitest';
import type { KeyTable } from '#api-keys/key-table';
import { signOf, stateColumns } from '#api-keys/state-signs';
import type { ColumnFacts, ColumnKind } from '#api-keys/table-facts';

// Names join words in any way, say “not”, or are unknown; cells are of any type. A key is called active only if every column beside it is one
// that is understood.

const now = new Date('2026-11-30T12:00:00Z');
const past = Date.UTC(2026, 5) / 1000;

const kinds: readonly (readonly [RegExp, ColumnKind])[] = [
  [/^(text|varchar|enum)$/, 'text'],
  [/^boolean$/, 'boolean'],
  [/^(timestamptz|date)$/, 'time'],
  [/^uuid$/, 'uuid'],
  [/^(bigint|integer|numeric)$/, 'number'],
];

type Cell = readonly [name: string, type: string, text: string | null, refers?: 'refers'];

function column([name, type, , refers]: Cell): ColumnFacts {
  const kind = kinds.find(([types]) => types.test(type))?.[1] ?? 'other';
  return {
    ...{ name, kind, type, castType: type, notNull: false, hasDefault: false, computed: false },
    ...{ unique: false, refers: refers !== undefined, mayRead: true, mayInsert: true, mayUpdate: true },
  };
}

/** `active`, or all that stands against it. */
function told(cells: readonly Cell[]): string {
  const hash = column(['key_hash', 'text', null]);
  const columns = cells.map(column);
  const table = { facts: { columns: [hash, ...columns], identity: [] }, columns: { hash } };
  const signs = stateColumns(table as unknown as KeyTable).flatMap((state) => {
    const at = columns.indexOf(state.column);
    return signOf(state, cells[at]?.[2] ?? null, now);
  });
  const against = signs.flatMap((sign) => {
    if (sign === 'holds') return [];
    if (sign === 'over') return 'over';
    return 'unclear' in sign ? sign.unclear : sign.ends <= now ? 'ended' : [];
  });
  return against.length === 0 ? 'active' : against.join(', ');
}

const notActive: readonly Cell[] = [
  // as PostgreSQL folds names that were not quoted
  ['isrevoked', 'boolean', 't'],
  ['isRevoked', 'boolean', 'true'],
  ['isactive', 'boolean', 'false'],
  ['isenabled', 'boolean', 'false'],
  ['isdisabled', 'boolean', 'true'],
  ['isexpired', 'boolean', 'true'],
  ['deleteat', 'bigint', `${past}000`],
  ['deletedat', 'timestamptz', `${past}`],
  ['revokedat', 'bigint', `${past}`],
  ['validuntil', 'timestamptz', `${past}`],
  ['expiresat', 'bigint', `${past}`],
  // stems of a verb
  ['delete_at', 'bigint', `${past}000`],
  ['delete_time', 'timestamptz', `${past}`],
  ['revoke_time', 'timestamptz', `${past}`],
  ['revocation_date', 'date', `${past}`],
  ['is_delete', 'integer', '1'],
  ['is_del', 'integer', '1'],
  ['disable', 'boolean', 'true'],
  ['suspend', 'boolean', 'true'],
  ['tombstone', 'boolean', 'true'],
  ['on_hold', 'boolean', 'true'],
  ['onhold', 'boolean', 'true'],
  ['has_been_revoked', 'boolean', 'true'],
  ['soft_deleted', 'boolean', 'true'],
  ['date_revoked', 'date', `${past}`],
  // a “not”
  ['not_active', 'boolean', 'true'],
  ['non_active', 'boolean', 'true'],
  ['not_valid', 'boolean', 'true'],
  ['no_longer_valid', 'boolean', 'true'],
  ['is_not_enabled', 'boolean', 'true'],
  ['not_revoked', 'boolean', 'false'],
  ['unverified', 'boolean', 'true'],
  ['allow', 'boolean', 'false'],
  ['allow_login', 'boolean', 'false'],
  ['can_use', 'boolean', 'false'],
  ['expiry_passed', 'boolean', 'true'],
  // words beside a word of an end
  ['last_revoked_at', 'timestamptz', `${past}`],
  ['revoked_email_sent_at', 'timestamptz', `${past}`],
  ['access_until', 'timestamptz', `${past}`],
  ['access_ended', 'boolean', 'true'],
  ['rotated_at', 'bigint', `${past}`],
  ['rotated_at', 'timestamptz', `${past}`],
  ['killswitch', 'boolean', 'true'],
  // names of which nothing is known, of each type
  ['quux', 'boolean', 'true'],
  ['quux', 'boolean', 'false'],
  ['quux', 'boolean', null],
  ['quux', 'timestamptz', `${past}`],
  ['quux', 'bigint', `${past}`],
  ['quux', 'integer', '3'],
  ['quux', 'text', 'x'],
  ['quux', 'bytea', '\\x01'],
  ['gesperrt', 'boolean', 'true'],
  // enums by what they say
  ['disposition', 'enum', 'revoked'],
  ['quux', 'enum', 'revoked'],
  ['kind', 'enum', 'revoked'],
  ['type', 'text', 'Revoked'],
  // periods
  ['during', 'tstzrange', '["2020-01-01 00:00:00+00","2021-01-01 00:00:00+00")'],
  ['during', 'tstzrange', 'empty'],
  ['validity', 'daterange', '[2030-01-01,)'],
  ['blocked_during', 'tstzrange', '["2020-01-01 00:00:00+00",)'],
  ['quux', 'tstzmultirange', '{["2020-01-01 00:00:00+00","2021-01-01 00:00:00+00")}'],
  // in documents
  ['history', 'jsonb', '[{"event":"revoked"}]'],
  ['metadata', 'jsonb', '[{"revoked":true}]'],
  ['metadata', 'jsonb', '{"a":[{"is_active":false}]}'],
  ['metadata', 'jsonb', '{"quux":false}'],
  ['metadata', 'text', '{"revoked":true}'],
  ['metadata', 'text', '["revoked"]'],
  ['notes', 'text', 'revoked'],
  ['notes', 'text', '{"status":"revoked"}'],
  ['attributes', 'hstore', '"revoked"=>"true", "owner"=>"ada"'],
  ['attributes', 'hstore', '"status"=>"disabled"'],
  ['tags', 'text[]', '{ci,revoked}'],
  ['tags', 'text[]', '{"status=revoked"}'],
  ['tags', 'jsonb', '["archived"]'],
  ['flags', 'text[]', '{revoked}'],
];

describe('is not called active with', () => {
  test.for(notActive)('%s, %s, of %s', (cell) => {
    expect(told([cell])).not.toBe('active');
  });
});

// As applications and libraries make their tables.
const healthy: Readonly<Record<string, readonly Cell[]>> = {
  'a small service': [
    ['id', 'bigint', '1'],
    ['name', 'text', 'ci'],
    ['description', 'text', 'deploys [the site]'],
    ['key_prefix', 'text', 'bk_AAAA'],
    ['last_four', 'text', 'beef'],
    ['scopes', 'text[]', '{read,write,delete}'],
    ['permissions', 'jsonb', '{"vault":["read","delete"]}'],
    ['rate_limit', 'integer', '100'],
    ['rate_limit_per_minute', 'integer', '100'],
    ['rate_limit_enabled', 'boolean', 'false'],
    ['usage_count', 'bigint', '12'],
    ['last_used_at', 'timestamptz', `${past}`],
    ['last_used_ip', 'inet', '192.0.2.1'],
    ['created_by', 'uuid', '2b1c', 'refers'],
    ['created_at', 'timestamptz', `${past}`],
    ['updated_at', 'timestamptz', `${past}`],
    ['workspace_id', 'uuid', '2b1c', 'refers'],
    ['revoked_at', 'timestamptz', null],
    ['revoked_by', 'uuid', null, 'refers'],
    ['deleted_at', 'timestamptz', null],
    ['expires_at', 'timestamptz', null],
    ['metadata', 'jsonb', '{}'],
    ['allowed_ips', 'text[]', '{192.0.2.0/24}'],
  ],
  'better-auth': [
    ['name', 'text', 'ci'],
    ['start', 'text', 'bk_AA'],
    ['prefix', 'text', 'bk'],
    ['userId', 'text', 'u_1', 'refers'],
    ['refillInterval', 'integer', '1000'],
    ['refillAmount', 'integer', '5'],
    ['lastRefillAt', 'timestamptz', `${past}`],
    ['enabled', 'boolean', 'true'],
    ['rateLimitEnabled', 'boolean', 'true'],
    ['rateLimitTimeWindow', 'integer', '86400000'],
    ['rateLimitMax', 'integer', '10'],
    ['requestCount', 'integer', '0'],
    ['remaining', 'integer', null],
    ['lastRequest', 'timestamptz', `${past}`],
    ['expiresAt', 'timestamptz', null],
    ['createdAt', 'timestamptz', `${past}`],
    ['updatedAt', 'timestamptz', `${past}`],
    ['permissions', 'text', '{"files":["read"]}'],
    ['metadata', 'text', '{"team":"ops"}'],
  ],
  'Django REST Framework API Key': [
    ['name', 'varchar', 'ci'],
    ['prefix', 'varchar', 'AAAA'],
    ['created', 'timestamptz', `${past}`],
    ['revoked', 'boolean', 'false'],
    ['expiry_date', 'timestamptz', null],
  ],
  'a personal access token of Laravel': [
    ['tokenable_type', 'varchar', 'App\\Models\\User'],
    ['tokenable_id', 'bigint', '5'],
    ['name', 'varchar', 'ci'],
    ['abilities', 'text', '["*"]'],
    ['last_used_at', 'timestamptz', null],
    ['expires_at', 'timestamptz', null],
    ['created_at', 'timestamptz', `${past}`],
  ],
  'a gateway for models': [
    ['key_name', 'text', 'sk-...beef'],
    ['key_alias', 'text', 'ci'],
    ['spend', 'numeric', '1.5'],
    ['models', 'text[]', '{gpt-x}'],
    ['aliases', 'jsonb', '{}'],
    ['config', 'jsonb', '{}'],
    ['user_id', 'text', 'u_1'],
    ['team_id', 'text', null],
    ['permissions', 'jsonb', '{}'],
    ['max_parallel_requests', 'integer', '5'],
    ['metadata', 'jsonb', '{"tags":["ops"]}'],
    ['blocked', 'boolean', null],
    ['tpm_limit', 'bigint', '1000'],
    ['rpm_limit', 'bigint', '10'],
    ['max_budget', 'numeric', '5'],
    ['budget_duration', 'text', null],
    ['allowed_routes', 'text[]', '{}'],
    ['organization_id', 'text', null],
    ['created_by', 'text', 'ada'],
    ['updated_by', 'text', 'ada'],
  ],
  'a workflow engine': [
    ['label', 'varchar', 'ci'],
    ['userId', 'uuid', '2b1c', 'refers'],
    ['scopes', 'jsonb', '["workflow:read"]'],
    ['audience', 'varchar', 'public-api'],
    ['createdAt', 'timestamptz', `${past}`],
    ['updatedAt', 'timestamptz', `${past}`],
  ],
  'a service account of dashboards': [
    ['org_id', 'bigint', '1'],
    ['role', 'integer', '2'],
    ['created', 'timestamptz', `${past}`],
    ['updated', 'timestamptz', `${past}`],
    ['expires', 'bigint', null],
    ['service_account_id', 'bigint', null],
    ['last_used_at', 'timestamptz', null],
    ['is_revoked', 'boolean', 'false'],
  ],
  'names folded by PostgreSQL': [
    ['userid', 'bigint', '1'],
    ['createdat', 'timestamptz', `${past}`],
    ['updatedat', 'bigint', `${past}`],
    ['lastusedat', 'timestamptz', `${past}`],
    ['isactive', 'boolean', 'true'],
    ['isrevoked', 'boolean', 'false'],
    ['deleteat', 'bigint', '0'],
    ['workspaceid', 'uuid', '2b1c'],
    ['createdby', 'text', 'ada'],
    ['ratelimit', 'integer', '10'],
    ['usagecount', 'integer', '10'],
  ],
  'flags of what a key may do': [
    ['is_admin', 'boolean', 'false'],
    ['is_default', 'boolean', 'false'],
    ['read_only', 'boolean', 'true'],
    ['is_test', 'boolean', 'false'],
    ['livemode', 'boolean', 'true'],
    ['can_write', 'boolean', 'false'],
    ['can_delete', 'boolean', 'false'],
    ['environment', 'enum', 'production'],
    ['type', 'text', 'secret'],
    ['status', 'text', 'active'],
    ['not_revoked', 'boolean', 'true'],
    ['not_active', 'boolean', 'false'],
    ['never_expires', 'boolean', 'true'],
    ['validity', 'daterange', '[2020-01-01,2030-01-01)'],
    ['key_algorithm', 'text', 'bcrypt'],
    ['user_agent', 'text', 'curl/8'],
    ['version', 'integer', '2'],
    ['tags', 'text[]', '{ci,deploy}'],
    ['attributes', 'hstore', '"owner"=>"ada"'],
    ['expiry_notified_at', 'timestamptz', `${past}`],
    ['last_rotated_ip', 'inet', null],
  ],
};

test.each(Object.entries(healthy))('a key in good order is called active in a table of %s', (_, cells) => {
  expect(told(cells)).toBe('active');
});
