import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { TLSSocket } from 'node:tls';
import pg from 'pg';
import type { PortableTraits } from '#postgres/engine/engine';
import type { CancelKey } from './cancel-request.ts';
import { guardStream, MessageGuard } from './message-guard.ts';
import { localSettings, type Setting } from './session-settings.ts';
import { countingCommit } from './commits-under-way.ts';

/** Fields of the driver's connection that its types do not declare. */
interface DriverState {
  readonly processID: number | null;
  readonly secretKey: number | null;
  readonly _activeQuery: unknown;
  readonly readyForQuery: boolean;
  readonly _sentQueryQueue: readonly unknown[];
  readonly _ended?: boolean;
}

/**
 * The driver's `query` in any of its forms: it returns a promise, or the query itself if that runs itself.
 */
type Send = (...parameters: unknown[]) => unknown;

/** How often a connection is checked. */
const lookEveryMs = 1_000;
/**
 * An idle connection sends a message this often, so that the server's timeouts end it only if this process is
 * gone.
 */
const speakEveryMs = 15_000;
/** How long a server may take to close a connection that Keel has left. */
const leaveMs = 2_000;
/** How long it may take to stop its work before the connection is cut. */
const graceMs = 1_200;
/** How often it is asked to, because a statement may start right after the first time. */
const askEveryMs = 300;

/** In bytes, with all tablespaces and indexes. No row if the role may not query it, which may not be the login. */
const databaseSize = `SELECT CASE WHEN has_database_privilege(current_database(), 'CONNECT')
  THEN pg_database_size(current_database())::text END`;

/**
 * In a COPY, a table is at most this many times as large as its whole database on disk: values are compressed
 * on disk to 1/255 at best (LZ4), and written twice as long in hex. An empty database has seven megabytes.
 */
const maxUnpacked = 512;

export interface KeelClientConfig extends pg.ClientConfig {
  /** Whether the password may be sent in plain text over a connection without TLS. */
  readonly mayTellInClear: boolean;
  /** Opens another connection with the same settings. */
  readonly another: () => Promise<KeelClient>;
}

/** What the watcher of a connection knows about its server. */
export interface ServerWatch {
  /** Nothing of the response has arrived for this long, whatever else has: the server is queried about it. */
  readonly silenceMs: number;
  /** Whether the server is still working on what the connection waits for. */
  readonly isServed: (client: KeelClient) => Promise<boolean>;
  /** Asks the server, without a login, to stop its work. */
  readonly cancel: (key: CancelKey) => Promise<void>;
}

/**
 * A connection to PostgreSQL that always ends: after silence (`watch`), on a signal (`interrupt`), and on the
 * server, whose timeouts it renews while it is alive. Behind a pooler, which may give its server process to
 * others between two transactions, every statement gets its settings for its own transaction only
 * (`guestWith`).
 */
export class KeelClient extends pg.Client {
  /** False while its work must not be interrupted: a COMMIT, or the cleanup after a failure. */
  interruptible = true;
  /** What can be relied on if nothing specific to PostgreSQL, such as binary COPY, is used. */
  portable: PortableTraits | undefined;
  /**
   * Another connection to the same target with the same name. The caller ends it. Throws if that is not
   * possible.
   */
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
    // one function for all the forms in which the driver accepts a query
    Object.assign(this, { query: (...parameters: unknown[]) => this.#query(parameters) });
    this.once('end', () => this.#rest());
  }

  /** The server's id of the connection, and what it waits for: a different object for each statement. */
  get state(): { readonly processId: number | null; readonly waitsFor: unknown } {
    const { processID, _activeQuery } = this as unknown as DriverState;
    return { processId: processID, waitsFor: _activeQuery ?? undefined };
  }

  /** Whether another client may get its server process after each transaction. */
  get isGuest(): boolean {
    return this.#settings !== undefined;
  }

  /** From now on each transaction gets these settings, and the session none. */
  guestWith(settings: readonly Setting[]): void {
    this.#settings = settings;
  }

  /** From now on limits every COPY by what the database can contain, which is queried once. */
  boundCopies(): Promise<void> {
    const bound = async () => {
      const { rows } = await this.query<[string | null]>({ text: databaseSize, rowMode: 'array' });
      const size = rows[0]?.[0] ?? null;
      if (size !== null) this.#guard.maxCopied = Number(size) * maxUnpacked;
    };
    return (this.#copyBound ??= bound());
  }

  /** Whether rows of a SELECT are processed as they arrive and not kept. */
  streamRows(isStreamed: boolean): void {
    this.#guard.isStreamed = isStreamed;
  }

  /** Cuts the connection: whatever waits fails at once, and the server rolls back. */
  cut(code: 'ECONNRESET' | 'KEEL_INTERRUPTED' = 'ECONNRESET'): void {
    this.connection.stream.destroy(Object.assign(new Error('the connection was lost'), { code }));
  }

  /**
   * Makes the server stop what this waits for, now or from the next moment on, and cuts the connection if it
   * does not.
   */
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

  /** Watches the connection until it ends. */
  watch(watch: ServerWatch): void {
    this.#watch = watch;
    const stream = this.connection.stream as Socket;
    let traffic = -1;
    let since = Date.now();
    let asking = false;
    let doubts = 0;
    const look = () => {
      const { waitsFor } = this.state;
      const moved = this.#guard.advanced + stream.bytesWritten;
      // a pause here makes the server wait, not us
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
          // the response may be on its way, or this machine may be busy: query twice
          doubts = isServed || this.state.waitsFor !== waitsFor ? 0 : doubts + 1;
          since = Date.now() - (doubts > 0 ? watch.silenceMs - lookEveryMs : 0);
          if (doubts > 1) this.cut();
        };
        watch.isServed(this).then(judge, () => judge(false));
      }
    };
    this.#keep(setInterval(look, lookEveryMs));
  }

  /** Disconnects from the server, which may be unable to react to that. */
  override async end(): Promise<void> {
    this.#rest();
    if ((this as unknown as DriverState)._ended) return;
    const impatience = setTimeout(() => this.connection.stream.destroy(), leaveMs);
    await super.end().finally(() => clearTimeout(impatience));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  /**
   * A program that merely answers on that port must not get the password: in plain text it is sent only over
   * TLS, or if the admin allows it without.
   */
  #keepPassword(): void {
    const driver = this as unknown as { _handleAuthCleartextPassword: (message: unknown) => void };
    const tell = driver._handleAuthCleartextPassword.bind(this);
    driver._handleAuthCleartextPassword = (message) => {
      if (this.connection.stream instanceof TLSSocket) return tell(message);
      const error = new Error(
        'the server asks for the password in plain text, over a connection without TLS',
      );
      this.connection.stream.destroy(Object.assign(error, { code: 'KEEL_CLEAR_PASSWORD' }));
    };
  }

  /**
   * The driver's parser gets only messages that a PostgreSQL server may send, and no more than there is room
   * for.
   */
  #guardMessages(): MessageGuard {
    const connection = this.connection as unknown as { attachListeners: (stream: Readable) => void };
    const attach = connection.attachListeners.bind(connection);
    const guard = new MessageGuard(() => {
      const { readyForQuery, _sentQueryQueue } = this as unknown as DriverState;
      // for the driver, a failed statement is over before the server has said that it is ready again
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

  /** It is unknown whether a COMMIT took effect that was interrupted. */
  async #commit(parameters: unknown[]): Promise<unknown> {
    const before = this.interruptible;
    this.interruptible = false;
    this.#inTransaction = false;
    try {
      return await countingCommit(async () => this.#send(...parameters));
    } finally {
      this.interruptible = before;
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
    // if a pooler refuses the transaction, that is reported rather than what followed from it
    return begun.then(() => result).finally(() => committed);
  }
}

/** The query object that the driver is to run; undefined if it runs itself. */
function textOf(query: unknown): string {
  if (typeof query === 'string') return query;
  const { text } = (query ?? {}) as { text?: unknown };
  return typeof text === 'string' ? text : '';
}
