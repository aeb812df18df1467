import type { Readable } from 'node:stream';

/**
 * Why a connection is ended: what the server sent is not, or not reasonably, PostgreSQL's side of the
 * protocol.
 */
export type ViolationCode =
  | 'KEEL_ANOTHER_PROTOCOL'
  | 'KEEL_MALFORMED'
  | 'KEEL_OVERSIZED'
  | 'KEEL_ENDLESS_ROWS'
  | 'KEEL_ENDLESS_NOTICES'
  | 'KEEL_UNASKED';

/** The connection is over; `fromDriverError` has the words for it. */
export class Violation extends Error {
  readonly code: ViolationCode;

  constructor(code: ViolationCode, options?: ErrorOptions) {
    super('the server’s side of the protocol was violated', options);
    this.code = code;
  }
}

/** Types of messages, by the letter that each starts with (PostgreSQL documentation, "Message Formats"). */
const letter = (text: string) => text.codePointAt(0) as number;
const letters = (text: string) => new Set(Buffer.from(text, 'latin1'));
const atLogin = letters('RKSENvZ');
const afterLogin = letters('123ACDEGHINSTVWZcdnst');
/** May arrive unrequested: errors and notices, changed parameters, notifications. */
const byItself = letters('ENSA');
const list = letters('EN');
/** Say nothing of how far the answer is: a server may send them for ever instead of one. */
const aside = letters('NSA');
const [copyData, dataRow, copyOut, readyForQuery] = ['d', 'D', 'H', 'Z'].map(letter) as [
  number,
  number,
  number,
  number,
];

const headLength = 5;

/*
 * What a real server sends stays far below these: it takes at most 1 GiB for a row (MaxAllocSize, utils/memutils.h), which only COPY brings,
 * and that is read in pieces; answers to other statements are catalogs, counts and single values.
 */
const longestAtLogin = 1 << 16;
const maxAtLogin = 1 << 20;
const longestCopy = 1 << 30;
const longestRow = 32 << 20;
const longestOther = 16 << 20;
/** Of all rows in the response to one statement, each including what an object of it takes here. */
const maxOfRows = 256 << 20;
const rowCost = 256;
/** Of what arrives unrequested until the next statement is answered. */
const maxByItself = 64 << 20;
const messageCost = 64;

/**
 * Inspects the messages of a connection before anybody reads them, and limits their size: of each, and of all
 * together during one statement. Reads only their headers, except for lists of fields, which the driver's
 * parser would read for ever if they do not end.
 */
export class MessageGuard {
  readonly #isWaiting: () => boolean;
  #isLoggedIn = false;
  #copying = false;
  readonly #head = Buffer.alloc(headLength);
  #headFilled = 0;
  #type = 0;
  #left = 0;
  #list: Buffer | undefined;
  #listFilled = 0;
  #login = 0;
  #rows = 0;
  #copied = 0;
  #others = 0;
  #advanced = 0;
  /** Bytes that one COPY may deliver, if that is known. */
  maxCopied = Infinity;
  /**
   * The rows of a SELECT are processed as they arrive and not kept: they are limited like those of a COPY.
   */
  isStreamed = false;

  /** `isWaiting`: whether a statement was sent that has not been answered yet. */
  constructor(isWaiting: () => boolean) {
    this.#isWaiting = isWaiting;
  }

  /** Bytes that arrived so far of messages that belong to an answer. */
  get advanced(): number {
    return this.#advanced;
  }

  /** Inspects what arrived; throws a `Violation`. */
  take(chunk: Buffer): void {
    // what follows in the same chunk may answer a statement that is sent once the first is answered
    let mayBeUnasked = this.#isLoggedIn && this.#left === 0 && this.#headFilled === 0 && !this.#isWaiting();
    for (let at = 0; at < chunk.length; ) {
      if (this.#left > 0) {
        at = this.#passBody(chunk, at);
        continue;
      }
      const taken = Math.min(headLength - this.#headFilled, chunk.length - at);
      chunk.copy(this.#head, this.#headFilled, at, at + taken);
      at += taken;
      this.#headFilled += taken;
      if (!this.#isLoggedIn && !atLogin.has(this.#head[0] as number))
        throw new Violation('KEEL_ANOTHER_PROTOCOL');
      if (this.#headFilled < headLength) return;
      this.#headFilled = 0;
      this.#begin(this.#head[0] as number, this.#head.readUInt32BE(1), mayBeUnasked);
      mayBeUnasked = false;
    }
  }

  #begin(type: number, length: number, mayBeUnasked: boolean): void {
    if (length < 4) throw new Violation('KEEL_MALFORMED');
    const body = length - 4;
    if (this.#isLoggedIn) this.#judge(type, body, mayBeUnasked);
    else this.#judgeAtLogin(body);
    this.#type = type;
    this.#left = body;
    this.#count(headLength);
    if (list.has(type)) {
      this.#list = Buffer.allocUnsafeSlow(body);
      this.#listFilled = 0;
    }
    if (body === 0) this.#end();
  }

  #judgeAtLogin(body: number): void {
    this.#login += headLength + body;
    // an answer in another protocol looks like a message of an absurd length
    if (body > longestAtLogin)
      throw new Violation(this.#login === headLength + body ? 'KEEL_ANOTHER_PROTOCOL' : 'KEEL_OVERSIZED');
    if (this.#login > maxAtLogin) throw new Violation('KEEL_ENDLESS_NOTICES');
  }

  #judge(type: number, body: number, mayBeUnasked: boolean): void {
    if (!afterLogin.has(type)) throw new Violation('KEEL_MALFORMED');
    if (mayBeUnasked && !byItself.has(type)) throw new Violation('KEEL_UNASKED');
    if (type === copyData || (type === dataRow && this.isStreamed)) {
      if (type === copyData && !this.#copying) throw new Violation('KEEL_UNASKED');
      if (body > longestCopy) throw new Violation('KEEL_OVERSIZED');
      this.#copied += body + headLength;
      if (this.#copied > this.maxCopied) throw new Violation('KEEL_ENDLESS_ROWS');
      return;
    }
    this.#copying = type === copyOut || (this.#copying && byItself.has(type) && type !== letter('E'));
    if (body > (type === dataRow ? longestRow : longestOther)) throw new Violation('KEEL_OVERSIZED');
    if (type === readyForQuery) {
      this.#rows = 0;
      this.#copied = 0;
      this.#others = 0;
    } else if (type === dataRow) {
      this.#rows += body + rowCost;
      if (this.#rows > maxOfRows) throw new Violation('KEEL_ENDLESS_ROWS');
    } else {
      this.#others += body + messageCost;
      if (this.#others > maxByItself) throw new Violation('KEEL_ENDLESS_NOTICES');
    }
  }

  /** Skips what has arrived of the message; returns where it ends. */
  #passBody(chunk: Buffer, at: number): number {
    const passed = Math.min(this.#left, chunk.length - at);
    if (this.#list) this.#listFilled += chunk.copy(this.#list, this.#listFilled, at, at + passed);
    this.#left -= passed;
    this.#count(passed);
    if (this.#left === 0) this.#end();
    return at + passed;
  }

  #count(bytes: number): void {
    if (!aside.has(this.#type)) this.#advanced += bytes;
  }

  #end(): void {
    if (this.#type === readyForQuery) this.#isLoggedIn = true;
    if (this.#list && !isList(this.#list)) throw new Violation('KEEL_MALFORMED');
    this.#list = undefined;
  }
}

/** Each field is a letter and a zero-terminated text; another zero ends the list, and with it the message. */
function isList(body: Buffer): boolean {
  let at = 0;
  while (at < body.length && body[at] !== 0) {
    const end = body.indexOf(0, at + 1);
    if (end < 0) return false;
    at = end + 1;
  }
  return at === body.length - 1;
}

/**
 * Lets the readers of a socket see only what the guard has inspected. Readers come and go (COPY), so it is in
 * front of all of them. If a reader throws, that is the message's fault, and ends the connection too;
 * uncaught, it would end the process.
 */
export function guardStream(stream: Readable, guard: MessageGuard): void {
  const emit = stream.emit.bind(stream) as (event: string | symbol, ...parameters: unknown[]) => boolean;
  Object.assign(stream, {
    emit: (event: string | symbol, ...parameters: unknown[]) => {
      if (event !== 'data') return emit(event, ...parameters);
      if (stream.destroyed) return true;
      try {
        guard.take(parameters[0] as Buffer);
        return emit(event, ...parameters);
      } catch (error) {
        stream.destroy(
          error instanceof Violation ? error : new Violation('KEEL_MALFORMED', { cause: error }),
        );
        return true;
      }
    },
  });
}
