import { connect, createServer, type Socket } from 'node:net';
import { listenFor } from './listening-proxy.ts';

/** What an engine refuses, by the names that a test fails with. */
export type Refusals = Readonly<Record<string, RegExp>>;

/** Everything that the usual way of a rotation rests on and the portable one must do without. */
const usualOnly = {
  ctid: /\bctid\b/,
  xmin: /\bxmin\b/,
  'LOCK TABLE': /\bLOCK\s+TABLE\b/i,
  'binary COPY': /\bCOPY\b[^;]*\bFORMAT\s+binary\b/i,
  'COPY FREEZE': /\bCOPY\b[^;]*\bFREEZE\b/i,
  'unlogged tables': /\bCREATE\s+UNLOGGED\b/i,
  'temporary tables': /\bCREATE\s+TEMP(ORARY)?\b/i,
  'transaction ids': /\bpg_(current_xact_id|xact_status)\b|\bxid8\b/,
  'a sample of pages': /\bTABLESAMPLE\b/i,
} as const satisfies Refusals;

/** Of the engines that the portable way is for; `docs/engines.md` has the sources. */
export const refusals = {
  cockroach: { ...usualOnly, 'advisory locks': /\bpg_(try_)?advisory/ },
  yugabyteOn15: { ...usualOnly, 'advisory locks': /\bpg_(try_)?advisory/ },
  greenplum: usualOnly,
  cloudberry: usualOnly,
} as const satisfies Record<string, Refusals>;

export interface EngineProxy extends AsyncDisposable {
  /** The database behind the proxy, without TLS so that the proxy can read along. */
  readonly url: string;
  /** What was refused. */
  readonly refused: readonly string[];
}

/** A TCP proxy before a PostgreSQL server that has it refuse statements which an engine does not know: they reach the server as a syntax error. */
export async function startEngineProxy(url: string, refused: Refusals): Promise<EngineProxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const seen: string[] = [];
  const refuse = (statement: string) => {
    const name = Object.keys(refused).find((one) => refused[one]?.test(statement));
    if (name !== undefined) seen.push(name);
    return name;
  };
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    }
    const reader = new Frontend(refuse);
    near.on('data', (chunk) => far.write(reader.take(chunk)));
    far.on('data', (chunk) => near.write(chunk));
    far.once('close', () => near.destroy());
    near.once('close', () => far.end());
  });
  return { ...(await listenFor(url, server, sockets)), refused: seen };
}

const query = 0x51;
const parse = 0x50;

/** The messages of one client. The first has a length and no letter; a login without TLS sends no other such one. */
class Frontend {
  readonly #refuse: (statement: string) => string | undefined;
  #rest = Buffer.alloc(0);
  #started = false;

  constructor(refuse: (statement: string) => string | undefined) {
    this.#refuse = refuse;
  }

  /** What is to reach the server of what has arrived whole. */
  take(chunk: Buffer): Buffer {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const out: Buffer[] = [];
    for (;;) {
      const head = this.#started ? 1 : 0;
      if (this.#rest.length < head + 4) break;
      const end = head + this.#rest.readInt32BE(head);
      if (this.#rest.length < end) break;
      const message = this.#rest.subarray(0, end);
      out.push(this.#started ? this.#pass(message) : message);
      this.#rest = this.#rest.subarray(end);
      this.#started = true;
    }
    return Buffer.concat(out);
  }

  #pass(message: Buffer): Buffer {
    const type = message[0];
    if (type !== query && type !== parse) return message;
    // a prepared statement has its name before its text
    const from = type === query ? 5 : message.indexOf(0, 5) + 1;
    const to = message.indexOf(0, from);
    const refused = this.#refuse(message.toString('latin1', from, to));
    if (refused === undefined) return message;
    const text = Buffer.from(`REFUSED ${refused}`);
    const body = Buffer.concat([message.subarray(5, from), text, message.subarray(to)]);
    const head = Buffer.from([type, 0, 0, 0, 0]);
    head.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
  }
}
