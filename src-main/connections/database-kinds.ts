import type { LoginPlan } from './probe-plan.ts';

export type DatabaseKind = LoginPlan['probe'];

export const usualPort: Readonly<Record<DatabaseKind, number>> = {
  postgresql: 5432,
  mysql: 3306,
  redis: 6379,
  mongodb: 27017,
};

const kindOfName: Readonly<Record<string, DatabaseKind>> = {
  postgresql: 'postgresql',
  postgres: 'postgresql',
  pg: 'postgresql',
  redshift: 'postgresql',
  cockroachdb: 'postgresql',
  timescaledb: 'postgresql',
  supabase: 'postgresql',
  neon: 'postgresql',
  mysql: 'mysql',
  mariadb: 'mysql',
  redis: 'redis',
  valkey: 'redis',
  mongodb: 'mongodb',
  mongo: 'mongodb',
};

/** By the short name of a source, a `driver` or `type` field, or the scheme of a URL, all in plain letters. */
export function databaseKindOf(name: string): DatabaseKind | undefined {
  return Object.hasOwn(kindOfName, name) ? kindOfName[name] : undefined;
}

export function databaseKindOfPort(port: number): DatabaseKind | undefined {
  return (Object.keys(usualPort) as DatabaseKind[]).find((kind) => usualPort[kind] === port);
}
