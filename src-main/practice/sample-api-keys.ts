/** A key of the sample as its row tells it. Times are days from now: made and used before it, expiring after it. */
export interface SampleApiKey {
  readonly name: string;
  readonly scope: string;
  readonly cost: number;
  readonly made: number;
  readonly used?: number;
  readonly expires?: number;
  readonly active?: boolean;
}

/** What an organisation has after a year: keys in use, and keys that somebody forgot. */
export const sampleApiKeys: readonly SampleApiKey[] = [
  { name: 'Search frontend', scope: 'collection:col_4', cost: 11, made: 40, used: 0, expires: 140 },
  { name: 'Nightly export', scope: 'organization', cost: 10, made: 200, used: 1, expires: 12 },
  { name: 'Support assistant', scope: 'collection:col_7', cost: 10, made: 320, used: 2 },
  { name: 'Pilot with the sales team', scope: 'collection:col_2', cost: 8, made: 410, used: 173 },
  { name: 'A colleague’s notebook', scope: 'user:usr_31', cost: 10, made: 95, expires: 85 },
  { name: 'Load test', scope: 'organization', cost: 8, made: 150, used: 120, expires: -60 },
  {
    name: 'Search frontend (old)',
    scope: 'collection:col_4',
    cost: 10,
    made: 390,
    used: 41,
    active: false,
  },
];
