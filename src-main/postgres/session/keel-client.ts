import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { TLSSocket } from 'node:tls';
import pg from 'pg';
import type { PortableTraits } from '#postgres/engine/engine';
import type { CancelKey } from './cancel-request.ts';
import { guardStream, MessageGuard } from './message-guard.ts';
import { localSettings, type Setting } from './session-settings.ts';

/** What the driver knows of a connection and does not declare. */
interface DriverState {
  readonly processID: number | null;
  readonly secretKey: number | null;
  readonly _activeQuery: unknown;
  readonly readyForQuery: boolean;
  readonly _sentQueryQueue: readonly unknown[];
  readonly _ended?: boolean;
}

/** The driver's `query`, in whatever form it is called: it answers a promise, or the query itself where that runs itself. */
type Send = (...parameters: unknown[]) => unknown;

/** How often a connection is looked at. */
const lookEveryMs = 1_000;
/** An idle connection speaks as often, so that the server's limits end it only where this process is gone. */
const speakEveryMs = 15_000;
/** How long a server may take to close a connection that is left. */
const leaveMs = 2_000;
/** How long it gets to stop what it does before the line is cut. */
const graceMs = 1_200;
/** How often it is asked to, since a statement may begin just after it was. */
const askEveryMs = 300;

/** In bytes, with all tablespaces and indexes. Nothing where the role may not ask, which may be another than the one that logged in. */
const databaseSize = `SELECT CASE WHEN has_database_privilege(current_database(), 'CONNECT')
  THEN pg_database_size(current_database())::text END`;

/**
 * A table is at most so many times as long in a COPY as all of its database is on the disk: values are compressed there to a 255th at best
 * (LZ4), and written twice as long in hex. An empty database has seven megabytes.
 */
const maxUnpacked = 512;

export interface KeelClientConfig extends pg.ClientConfig {
  /** Whether the password may be sent as it is over a connection without TLS. */
  readonly mayTellInClear: boolean;
  /** Connects once more, as this was. */
  readonly another: () => Promise<KeelClient>;
}

/** What looks after a connection knows of its server. */
export interface ServerWatch {
  /** Nothing came for so long while an answer is waited for: the server is asked about it. */
  readonly silenceMs: number;
  /** Whether the server still works on what the connection waits for. */
  readonly isServed: (client: KeelClient) => Promise<boolean>;
  /** Asks the server, without a login, to stop what it does. */
  readonly cancel: (key: CancelKey) => Promise<void>;
}

/**
 * A connection to PostgreSQL that ends: by silence (`watch`), by a signal (`interrupt`), and in the server, whose limits it renews
 * while it lives. Behind a pooler, which may hand its server process to others between two transactions, every statement gets
 * its settings for its own transaction only (`guestWith`).
 */
export class KeelClient extends pg.Client {
  /** False while what it does must not be broken off: a COMMIT, or the clearing up after a failure. */
  interruptible = true;
  /** What can be counted on where nothing is asked of the server that PostgreSQL alone has: COPY in binary, or the place of a row. */
  portable: PortableTraits | undefined;
  /** Another connection of the same target and name, which the caller ends. Throws what stands in the way. */
  readonly another: () => Promise<KeelClient>;
  readonly #send: Send;
  #settings: readonly Setting[] | undefined;
  #inTransaction = false;
  #watch: ServerWatch | undefined;
  #timers: NodeJS.Timeout[] = [];
  readonly #guard: MessageGuard;
  #copyBound: Promise<void> | undefined;

  constructor(config: KeelClientConfig) {
    super(config);
    this.another = config.another;
    if (!config.mayTellInClear) this.#keepPassword();
    this.#guard = this.#guardMessages();
    this.#send = super.query.bind(this) as Send;
    // one function for all the forms in which the driver takes a query
    Object.assign(this, { query: (...parameters: unknown[]) => this.#query(parameters) });
    this.once('end', () => this.#rest());
  }

  /** The server's number for the connection, and what it waits for: another object with every statement. */
  get state(): { readonly processId: number | null; readonly waitsFor: unknown } {
    const { processID, _activeQuery } = this as unknown as DriverState;
    return { processId: processID, waitsFor: _activeQuery ?? undefined };
  }

  /** Whether its server process may be another's after each transaction. */
  get isGuest(): boolean {
    return this.#settings !== undefined;
  }

  /** From now on each transaction gets these settings, and the session none. */
  guestWith(settings: readonly Setting[]): void {
    this.#settings = settings;
  }

  /** Bounds every COPY from now on by what the database can hold, which is asked once. */
  boundCopies(): Promise<void> {
    const bound = async () => {
      const { rows } = await this.query<[string | null]>({ text: databaseSize, rowMode: 'array' });
      const size = rows[0]?.[0] ?? null;
      if (size !== null) this.#guard.maxCopied = Number(size) * maxUnpacked;
    };
    return (this.#copyBound ??= bound());
  }

  /** Whether rows of a SELECT are read as they come, and kept by nobody. */
  streamRows(isStreamed: boolean): void {
    this.#guard.isStreamed = isStreamed;
  }

  /** Cuts the line: whatever waits fails at once, and the server rolls back. */
  cut(code: 'ECONNRESET' | 'KEEL_INTERRUPTED' = 'ECONNRESET'): void {
    this.connection.stream.destroy(Object.assign(new Error('the connection was lost'), { code }));
  }

  /** Has the server stop whatever this waits for now or begins to, and cuts the line where it does not. */
  interrupt(): void {
    const { waitsFor } = this.state;
    const { processID: processId, secretKey } = this as unknown as DriverState;
    const ask = () => {
      if (!this.interruptible || this.state.waitsFor === undefined) return;
      if (processId !== null && secretKey !== null)
        this.#watch?.cancel({ processId, secretKey }).catch(() => undefined);
    };
    ask();
    const cut = () => {
      if (this.interruptible && waitsFor !== undefined && this.state.waitsFor === waitsFor)
        this.cut('KEEL_INTERRUPTED');
    };
    this.#keep(setInterval(ask, askEveryMs), setTimeout(cut, graceMs));
  }

  /** Looks after the connection until it ends. */
  watch(watch: ServerWatch): void {
    this.#watch = watch;
    const stream = this.connection.stream as Socket;
    let traffic = -1;
    let since = Date.now();
    let asking = false;
    let doubts = 0;
    const look = () => {
      const { waitsFor } = this.state;
      const moved = stream.bytesRead + stream.bytesWritten;
      // what is paused here keeps the server waiting, and not us
      if (moved !== traffic || (stream.isPaused() && stream.writableLength === 0)) {
        traffic = moved;
        since = Date.now();
        doubts = 0;
      } else if (waitsFor === undefined) {
        if (Date.now() - since >= speakEveryMs)
          void (this.#send('') as Promise<unknown>).catch(() => undefined);
      } else if (Date.now() - since >= watch.silenceMs && !asking) {
        asking = true;
        const judge = (isServed: boolean) => {
          asking = false;
          // the answer may have come on its way, or this machine may be busy: asked twice
          doubts = isServed || this.state.waitsFor !== waitsFor ? 0 : doubts + 1;
          since = Date.now() - (doubts > 0 ? watch.silenceMs - lookEveryMs : 0);
          if (doubts > 1) this.cut();
        };
        watch.isServed(this).then(judge, () => judge(false));
      }
    };
    this.#keep(setInterval(look, lookEveryMs));
  }

  /** Leaves the server, which may be too far gone to hear of it. */
  override async end(): Promise<void> {
    this.#rest();
    if ((this as unknown as DriverState)._ended) return;
    const impatience = setTimeout(() => this.connection.stream.destroy(), leaveMs);
    await super.end().finally(() => clearTimeout(impatience));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  /** Nobody who only answers on that port gets the password: in clear it goes over TLS, or where the admin does without. */
  #keepPassword(): void {
    const driver = this as unknown as { _handleAuthCleartextPassword: (message: unknown) => void };
    const tell = driver._handleAuthCleartextPassword.bind(this);
    driver._handleAuthCleartextPassword = (message) => {
      if (this.connection.stream instanceof TLSSocket) return tell(message);
      const error = new Error('the server asks for the password in clear, over a connection without TLS');
      this.connection.stream.destroy(Object.assign(error, { code: 'KEEL_CLEAR_PASSWORD' }));
    };
  }

  /** The driver's parser is given what a server of PostgreSQL's may send, and no more of it than there is room for. */
  #guardMessages(): MessageGuard {
    const connection = this.connection as unknown as { attachListeners: (stream: Readable) => void };
    const attach = connection.attachListeners.bind(connection);
    const guard = new MessageGuard(() => {
      const { readyForQuery, _sentQueryQueue } = this as unknown as DriverState;
      // a statement that failed is over for the driver before the server has said that it is ready again
      return !readyForQuery || _sentQueryQueue.length > 0;
    });
    connection.attachListeners = (stream) => {
      guardStream(stream, guard);
      attach(stream);
    };
    return guard;
  }

  #keep(...timers: NodeJS.Timeout[]): void {
    for (const timer of timers) timer.unref();
    this.#timers.push(...timers);
  }

  #rest(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
  }

  /** Whether a COMMIT that is broken off took place nobody knows. */
  async #commit(parameters: unknown[]): Promise<unknown> {
    this.interruptible = false;
    this.#inTransaction = false;
    try {
      return await this.#send(...parameters);
    } finally {
      this.interruptible = true;
    }
  }

  #query(parameters: unknown[]): unknown {
    const settings = this.#settings;
    const text = textOf(parameters[0]);
    if (/^\s*COMMIT\b/i.test(text)) return this.#commit(parameters);
    if (!settings) return this.#send(...parameters);
    if (/^\s*BEGIN\b/i.test(text)) {
      this.#inTransaction = true;
      return this.#send(text.replace(/^\s*BEGIN[^;]*/i, (begin) => `${begin}; ${localSettings(settings)}`));
    }
    const ends = /^\s*ROLLBACK\b(?!\s+TO\b)/i.test(text);
    if (this.#inTransaction || ends) {
      if (ends) this.#inTransaction = false;
      return this.#send(...parameters);
    }
    const begun = this.#send(`BEGIN; ${localSettings(settings)}`) as Promise<unknown>;
    begun.catch(() => undefined);
    const result: unknown = this.#send(...parameters);
    const committed = (this.#send('COMMIT') as Promise<unknown>).catch(() => undefined);
    if (!(result instanceof Promise)) return result;
    result.catch(() => undefined);
    // a pooler that refuses the transaction is told rather than what followed from it
    return begun.then(() => result).finally(() => committed);
  }
}

/** What the driver is given to run; nothing for what runs itself. */
function textOf(query: unknown): string {
  if (typeof query === 'string') return query;
  const { text } = (query ?? {}) as { text?: unknown };
  return typeof text === 'string' ? text : '';
}
