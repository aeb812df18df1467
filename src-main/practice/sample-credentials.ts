/** Draws from a fixed sequence: the same seed gives the same secrets. Not for keys. */
export interface Draw {
  /** A whole number from 0 to below `limit`. */
  number(limit: number): number;
  pick<T>(from: readonly T[]): T;
  /** Characters from an alphabet. */
  text(length: number, alphabet?: string): string;
}

const base62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** mulberry32 by Tommy Ettinger: 32 bits of state are plenty for sample data. */
export function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const number = (limit: number) => Math.floor(next() * limit);
  return {
    number,
    pick: (from) => from[number(from.length)] as (typeof from)[number],
    text: (length, alphabet = base62) =>
      Array.from({ length }, () => alphabet[number(alphabet.length)]).join(''),
  };
}

const words = [
  'harbour',
  'lantern',
  'meadow',
  'copper',
  'juniper',
  'falcon',
  'marble',
  'willow',
  'ember',
  'Zürich',
];

/** The credentials object of each kind of source, in the lengths that real ones have. */
export const sampleSources: Readonly<Record<string, (draw: Draw) => object>> = {
  postgresql: (draw) => databaseLogin(draw, 5432),
  mysql: (draw) => databaseLogin(draw, 3306),
  slack: (draw) => ({
    access_token: `xoxb-${draw.text(12, '0123456789')}-${draw.text(13, '0123456789')}-${draw.text(24)}`,
  }),
  github: (draw) => ({
    personal_access_token: `ghp_${draw.text(36)}`,
    repo: `${draw.pick(words)}/${draw.pick(words)}`,
  }),
  google_drive: (draw) => ({
    access_token: `ya29.${draw.text(180)}`,
    refresh_token: `1//0${draw.text(98)}`,
    client_id: `${draw.text(12, '0123456789')}.apps.googleusercontent.com`,
  }),
  notion: (draw) => ({ access_token: `ntn_${draw.text(46)}` }),
  stripe: (draw) => ({ api_key: `sk_live_${draw.text(99)}` }),
  mongodb: (draw) => ({
    uri: `mongodb+srv://${draw.pick(words)}:${draw.text(16)}@cluster0.${draw.text(5)}.example.net/`,
  }),
  s3: (draw) => ({
    aws_access_key_id: `AKIA${draw.text(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`,
    aws_secret_access_key: draw.text(40),
    bucket: `${draw.pick(words)}-archive`,
  }),
};

function databaseLogin(draw: Draw, port: number): object {
  return {
    host: `${draw.pick(words).toLowerCase()}.db.example.com`,
    port,
    database: draw.pick(words),
    username: `app_${draw.text(6)}`,
    password: samplePassword(draw),
  };
}

/** As people make them: mostly generated, some chosen, some with letters beyond ASCII. */
export function samplePassword(draw: Draw): string {
  const kind = draw.number(10);
  if (kind < 7) return draw.text(16 + draw.number(16));
  if (kind < 9) return `${draw.pick(words)}-${draw.pick(words)}-${draw.number(1000)}`;
  return `Größe ${draw.number(100)} → ${draw.pick(words)} 🔑`;
}
