import type { Client, Connection, Submittable } from 'pg';
import { type CopyBatch, CopyBatches } from './copy-batches.ts';
import { type BatchSizes, usualSizes } from './rows/batch-sizes.ts';
import type { ResultSource } from './rows/result-messages.ts';
import { fromDriverError } from './connection-errors.ts';
import type { KeelClient } from './session/keel-client.ts';
import { isPortable } from './session/portable.ts';

export interface CopyOptions {
  /** Ends the reading, and with it the connection. */
  readonly signal?: AbortSignal;
  readonly sizes?: BatchSizes;
}

/**
 * The result of a SELECT through binary COPY, or in binary without one over a portable connection, read from the socket's chunks in place, with back-pressure: no object is made for a row
 * or a cell, and memory does not grow with them. A batch is valid until the next one is asked for. If the consumer stops early, by an
 * error, by choice or through `signal`, the connection is closed: it cannot be used any more. Throws KeelErrors, also for rows beyond
 * what the database can hold.
 */
export async function* readCopy(
  client: Client,
  select: string,
  { signal, sizes = usualSizes }: CopyOptions = {},
): AsyncGenerator<CopyBatch> {
  const source = isPortable(client) ? 'select' : 'copy';
  const copy = new CopyOut(select, sizes, source);
  const abort = () => copy.handleError(signal?.reason);
  try {
    signal?.throwIfAborted();
    signal?.addEventListener('abort', abort);
    await boundCopies(client);
    if (source === 'select') boundStreamed(client, true);
    client.query(copy);
    for (let batch = await copy.next(); batch; batch = await copy.next()) yield batch;
  } catch (error) {
    throw fromDriverError(error, 'reading rows');
  } finally {
    signal?.removeEventListener('abort', abort);
    if (copy.reading) client.connection.stream.destroy();
    if (source === 'select') boundStreamed(client, false);
  }
}

/** Rows of one SELECT are bounded like those of a COPY, since nobody keeps them. */
function boundStreamed(client: Client, isStreamed: boolean): void {
  (client as Partial<KeelClient>).streamRows?.(isStreamed);
}

/** Of a connection of Keel's; others are given by tests alone. */
export async function boundCopies(client: Client): Promise<void> {
  await (client as Partial<KeelClient>).boundCopies?.();
}

type Listener = (chunk: Buffer) => void;

/**
 * A query of the driver's that reads the socket itself while rows come, and hands it back with the first byte that is not theirs.
 * The driver keeps its listener of 'data' for messages; pg-copy-streams does the same.
 */
class CopyOut implements Submittable {
  readonly #select: string;
  readonly #source: ResultSource;
  readonly #batches: CopyBatches;
  #stream: Connection['stream'] | undefined;
  #driver: Listener | undefined;
  #waiting: { resolve(batch: CopyBatch | undefined): void; reject(error: unknown): void } | undefined;
  #failure: { readonly error: unknown } | undefined;
  #settled = false;

  constructor(select: string, sizes: BatchSizes, source: ResultSource) {
    this.#select = select;
    this.#source = source;
    this.#batches = new CopyBatches(sizes, (message) => this.#driver?.(message), source);
  }

  /** Whether rows may still come. After an error of the server's the session goes on. */
  get reading(): boolean {
    return this.#driver !== undefined;
  }

  next(): Promise<CopyBatch | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#serve();
      if (this.#waiting && this.#driver) this.#stream?.resume();
    });
  }

  submit(connection: Connection): Error | undefined {
    if (this.#failure) return new Error('cancelled before its turn came');
    const { stream } = connection;
    const [driver, ...others] = stream.listeners('data') as Listener[];
    if (!driver || others.length > 0) return new Error('the driver does not read its socket as it used to');
    this.#stream = stream;
    this.#driver = driver;
    stream.off('data', driver);
    stream.on('data', this.#onData);
    if (this.#source === 'copy') connection.query(`COPY (${this.#select}) TO STDOUT (FORMAT binary)`);
    else askInBinary(connection, this.#select);
    return undefined;
  }

  readonly #onData = (chunk: Buffer): void => {
    try {
      this.#batches.push(chunk);
      this.#serve();
    } catch (error) {
      this.handleError(error);
    }
    if (this.#driver && !this.#waiting) this.#stream?.pause();
  };

  /** Answers the one who waits, if there is an answer. */
  #serve(): void {
    this.#handBackIfOver();
    const waiting = this.#waiting;
    if (!waiting) return;
    const batch = this.#failure ? undefined : this.#batches.next();
    if (batch || this.#failure || this.#settled) {
      this.#waiting = undefined;
      if (this.#failure) waiting.reject(this.#failure.error);
      else waiting.resolve(batch);
    }
    this.#handBackIfOver();
  }

  #handBackIfOver(): void {
    const rest = this.#batches.handBack;
    const driver = this.#driver;
    if (rest === undefined || !driver) return;
    this.#driver = undefined;
    this.#stream?.off('data', this.#onData);
    this.#stream?.on('data', driver);
    // the driver keeps what is incomplete, and our buffer is written over
    if (rest.length > 0) driver(Buffer.from(rest));
    this.#stream?.resume();
  }

  handleError(error: unknown): void {
    this.#failure ??= { error };
    this.#serve();
  }

  handleReadyForQuery(): void {
    this.#settled = true;
    this.#serve();
  }

  handleCommandComplete(): void {
    // the rows have been counted by whoever reads them
  }
}

/** The messages of the extended protocol, which alone has results in binary. The types of the driver leave them out. */
interface ExtendedConnection {
  parse(statement: { readonly text: string }): void;
  bind(portal: { readonly binary: boolean }): void;
  execute(portal: object): void;
  sync(): void;
}

function askInBinary(connection: Connection, text: string): void {
  const extended = connection as unknown as ExtendedConnection;
  connection.stream.cork();
  extended.parse({ text });
  extended.bind({ binary: true });
  extended.execute({});
  extended.sync();
  connection.stream.uncork();
}
