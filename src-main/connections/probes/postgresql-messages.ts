import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type pg from 'pg';
import { ProbeEnded } from '#connections/verdict';

const headLength = 5;
const longestMessage = 1 << 20;
/** ErrorResponse and NoticeResponse, which are lists of fields (PostgreSQL documentation, "Message Formats"). */
const listCodes = new Set([0x45, 0x4e]);

interface Connection {
  attachListeners(stream: EventEmitter): void;
}

/**
 * Lets whole messages of good form reach the driver, and none else: its parser never comes back from a list of fields that has no
 * end, and what it throws nobody hears. Ends the probe with `another-protocol` instead.
 */
export function guardMessages(client: pg.Client, socket: Socket): void {
  const { connection } = client as unknown as { connection: Connection };
  const attach = connection.attachListeners.bind(connection);
  connection.attachListeners = (stream) => {
    const feed = new EventEmitter();
    attach(feed);
    let rest = Buffer.alloc(0);
    stream.on('data', (part: Buffer) => {
      try {
        rest = Buffer.concat([rest, part]);
        for (let message = firstMessage(rest); message; message = firstMessage(rest)) {
          rest = rest.subarray(message.length);
          feed.emit('data', Buffer.from(message));
        }
      } catch {
        socket.destroy(new ProbeEnded('another-protocol'));
      }
    });
    stream.on('end', () => feed.emit('end'));
  };
}

/** Undefined where it is not there yet. Throws for one that is malformed. */
function firstMessage(bytes: Buffer): Buffer | undefined {
  if (bytes.length < headLength) return undefined;
  const length = bytes.readUInt32BE(1) + 1;
  if (length < headLength || length > longestMessage) throw new ProbeEnded('another-protocol');
  if (bytes.length < length) return undefined;
  const message = bytes.subarray(0, length);
  if (listCodes.has(message[0] ?? 0)) assertList(message);
  return message;
}

/** Each field is a letter and a text that ends in zero; another zero ends the list, and with it the message. */
function assertList(message: Buffer): void {
  let at = headLength;
  while (at < message.length && message[at] !== 0) {
    const end = message.indexOf(0, at + 1);
    if (end < 0) break;
    at = end + 1;
  }
  if (at !== message.length - 1 || message[at] !== 0) throw new ProbeEnded('another-protocol');
}
