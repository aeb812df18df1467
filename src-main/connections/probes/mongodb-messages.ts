import { createRequire } from 'node:module';

/** Of the standard message header (MongoDB wire protocol, "Standard Message Header"). */
const headLength = 16;
/** Answers to a login and a ping are far shorter; the driver itself would gather 64 MB. */
const longestMessage = 1 << 20;
/** BSON: a length of four bytes, and the zero at the end. */
const shortestDocument = 5;

type Method<Owner, Result> = (this: Owner) => Result;
interface Pool {
  getInt32: Method<Pool, number | null>;
}
interface Driver {
  readonly BufferPool: { prototype: Pool };
  readonly OpReply: { prototype: Response };
  readonly OpMsgResponse: { prototype: Response };
}
interface Response {
  /** Without the header. */
  readonly data: Buffer;
  parse: Method<Response, unknown>;
}

let isGuarded = false;

/**
 * Makes the driver refuse messages from whose reading it never comes back (7.9.0: lengths of zero, and more documents than there are bytes), taking
 * memory until there is none. What these throw the driver hears, as it does for what it refuses itself.
 */
export function guardMongodbMessages(): void {
  if (isGuarded) return;
  isGuarded = true;
  const require = createRequire(import.meta.url);
  const { BufferPool } = require('mongodb/lib/utils') as Pick<Driver, 'BufferPool'>;
  const { OpReply, OpMsgResponse } = require('mongodb/lib/cmap/commands') as Omit<Driver, 'BufferPool'>;
  const { getInt32 } = BufferPool.prototype;
  // a negative length is what the driver refuses
  BufferPool.prototype.getInt32 = function getLength(): number | null {
    const length = getInt32.call(this);
    return length !== null && (length < headLength || length > longestMessage) ? -1 : length;
  };
  guardParse(OpReply.prototype, assertReply);
  guardParse(OpMsgResponse.prototype, assertMessage);
}

function guardParse(prototype: Response, assertForm: (data: Buffer) => void): void {
  const { parse } = prototype;
  prototype.parse = function parseGuarded(this: Response): unknown {
    assertForm(this.data);
    return parse.call(this);
  };
}

/** OP_REPLY: flags, cursor, start, the number of documents, and these. */
function assertReply(data: Buffer): void {
  const count = data.length < 20 ? -1 : data.readInt32LE(16);
  if (count < 0 || count * shortestDocument > data.length - 20) throw malformed();
  let at = 20;
  for (let i = 0; i < count; i++) at += documentAt(data, at);
}

/** OP_MSG: flags, and sections of one document each. Answers have no other kind of section. */
function assertMessage(data: Buffer): void {
  if (data.length < 4) throw malformed();
  let at = 4;
  while (at < data.length) {
    if (data[at] !== 0) throw malformed();
    at += 1 + documentAt(data, at + 1);
  }
}

/** The length of the document there. */
function documentAt(data: Buffer, at: number): number {
  const length = at + 4 <= data.length ? data.readInt32LE(at) : 0;
  if (length < shortestDocument || at + length > data.length) throw malformed();
  return length;
}

function malformed(): RangeError {
  return new RangeError('the message is malformed');
}
