export interface DatabaseTarget {
  host: string;
  port: number;
  user: string;
  database: string;
  url: string;
}
export function parseDatabaseUrl(text: string): DatabaseTarget {
  const url = new URL(text);
  return {
    host: url.hostname,
    port: Number(url.port),
    user: url.username,
    database: url.pathname.slice(1),
    url: text,
  };
}
export function describeTarget(t: DatabaseTarget): string {
  return `${t.user}@${t.host}:${t.port}/${t.database}`;
}
