import { randomBytes } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import type { OpenSocket } from './tls-handshake.ts';
import { finiteFieldSuites } from './tls-suites.ts';

/** Versions as they are on the wire (RFC 5246, appendix E; RFC 6101, section 5.6.1.2). */
export const versions = {
  'SSL 3.0': 0x0300,
  'TLS 1.0': 0x0301,
  'TLS 1.1': 0x0302,
  'TLS 1.2': 0x0303,
} as const;
export type WireVersion = (typeof versions)[keyof typeof versions];

/** What a server chose of what it was offered, or that it would take none of it. `unclear` is whatever is neither. */
export type HelloAnswer =
  | {
      readonly version: number;
      readonly suite: number;
      /** Bits of the prime of its Diffie-Hellman group, where it sent one. */
      readonly groupBits?: number;
    }
  | 'refused'
  | 'unclear';

/** For the answer to one greeting: what a server leaves unanswered must not hold up the rest. */
const msToAnswer = 4_000;
/** A certificate chain has its place in it, and no answer to a greeting is longer. */
const mostBytes = 64 * 1024;

/**
 * Offers a version and suites to a server and reads its choice, on a socket of its own. No handshake is finished, so that this does not
 * depend on what the TLS library of this runtime still knows. Throws the signal's reason, and what opening the socket does.
 */
export async function offer(
  open: OpenSocket,
  host: string,
  offered: { readonly version: WireVersion; readonly suites: readonly number[] },
  signal: AbortSignal,
): Promise<HelloAnswer> {
  const answer = await answerTo(open, clientHello(host, offered), readChoice, signal);
  if (typeof answer === 'string') return answer;
  // a suite that was not offered is no choice
  return offered.suites.includes(answer.suite) ? answer : 'unclear';
}

/** Whether a server greets in SSL 2.0, whose messages are of another form (draft-hickman-netscape-ssl-00). */
export async function speaksSsl2(
  open: OpenSocket,
  signal: AbortSignal,
): Promise<'yes' | 'refused' | 'unclear'> {
  const suites = Buffer.from('0100800200800300800400800500800600400700c0', 'hex');
  const challenge = randomBytes(16);
  const body = Buffer.concat([
    Buffer.from([1, 0, 2]),
    ...[suites.length, 0, challenge.length].map(uint16),
    suites,
    challenge,
  ]);
  const hello = Buffer.concat([uint16(0x8000 | body.length), body]);
  const readAnswer = (read: Buffer) => {
    if (read.length < 7) return undefined;
    // SERVER-HELLO in a record of two bytes' header; whatever is not SSL 2.0 knows none of it
    return (read.readUInt8(0) & 0x80) !== 0 && read[2] === 4 && read.readUInt16BE(5) === 2
      ? ('yes' as const)
      : ('refused' as const);
  };
  return answerTo(open, hello, readAnswer, signal);
}

/** What `read` makes of the bytes that come back; it returns undefined while there are too few. */
async function answerTo<Answer>(
  open: OpenSocket,
  hello: Buffer,
  read: (bytes: Buffer) => Answer | undefined,
  signal: AbortSignal,
): Promise<Answer | 'refused' | 'unclear'> {
  const socket = await open(signal);
  try {
    return await exchanged(socket, hello, read, signal);
  } finally {
    socket.destroy();
  }
}

function exchanged<Answer>(
  socket: Socket,
  hello: Buffer,
  read: (bytes: Buffer) => Answer | undefined,
  signal: AbortSignal,
): Promise<Answer | 'refused' | 'unclear'> {
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    // silence is no refusal
    const patience = setTimeout(() => finish('unclear'), msToAnswer);
    const abort = () => {
      clearTimeout(patience);
      socket.destroy();
      reject(signal.reason as Error);
    };
    const finish = (answer: Answer | 'refused' | 'unclear') => {
      clearTimeout(patience);
      signal.removeEventListener('abort', abort);
      resolve(answer);
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const answer = read(received);
      if (answer !== undefined) finish(answer);
      else if (received.length > mostBytes) finish('unclear');
    });
    // one that hangs up will not have it
    socket.on('error', () => finish('refused'));
    socket.on('close', () => finish(received.length === 0 ? 'refused' : 'unclear'));
    socket.write(hello);
  });
}

/** The choice in a server's first messages (RFC 5246, sections 6.2.1 and 7.4); undefined while it is not complete. */
function readChoice(read: Buffer): HelloAnswer | undefined {
  const messages: Buffer[] = [];
  for (let at = 0; at + 5 <= read.length; ) {
    const type = read.readUInt8(at);
    const end = at + 5 + read.readUInt16BE(at + 3);
    if (type === alert) return messages.length === 0 ? 'refused' : 'unclear';
    if (type !== handshake || read.readUInt8(at + 1) !== 3) return 'unclear';
    messages.push(read.subarray(at + 5, Math.min(end, read.length)));
    at = end;
  }
  return choiceIn(Buffer.concat(messages));
}

const alert = 21;
const handshake = 22;
const serverHello = 2;
const serverKeyExchange = 12;
const serverHelloDone = 14;

function choiceIn(messages: Buffer): HelloAnswer | undefined {
  let chosen: { readonly version: number; readonly suite: number } | undefined;
  for (let at = 0; at + 4 <= messages.length; ) {
    const type = messages.readUInt8(at);
    const end = at + 4 + messages.readUIntBE(at + 1, 3);
    if (end > messages.length) return undefined;
    const body = messages.subarray(at + 4, end);
    if (type === serverHello) {
      const suiteAt = 35 + (body[34] ?? 0);
      if (body.length < suiteAt + 2) return 'unclear';
      chosen = { version: body.readUInt16BE(0), suite: body.readUInt16BE(suiteAt) };
      if (!finiteFieldSuites.has(chosen.suite)) return chosen;
    } else if (!chosen) {
      return 'unclear';
    } else if (type === serverKeyExchange && body.length > 2) {
      return { ...chosen, groupBits: bitsOf(body.subarray(2, 2 + body.readUInt16BE(0))) };
    } else if (type === serverHelloDone) {
      return chosen;
    }
    at = end;
  }
  return undefined;
}

function bitsOf(prime: Buffer): number {
  const first = prime.findIndex((byte) => byte !== 0);
  if (first < 0) return 0;
  return (prime.length - first - 1) * 8 + (32 - Math.clz32(prime[first] ?? 0));
}

function clientHello(
  host: string,
  { version, suites }: { readonly version: WireVersion; readonly suites: readonly number[] },
): Buffer {
  const isSsl3 = version === versions['SSL 3.0'];
  const body = Buffer.concat([
    uint16(version),
    randomBytes(32),
    Buffer.from([0]),
    sized(Buffer.concat(suites.map(uint16))),
    Buffer.from([1, 0]),
    // SSL 3.0 has no extensions, and some of its servers end at them
    isSsl3 ? Buffer.alloc(0) : sized(extensions(host, version)),
  ]);
  const message = Buffer.concat([Buffer.from([1, 0]), uint16(body.length), body]);
  return Buffer.concat([
    Buffer.from([handshake]),
    uint16(isSsl3 ? version : versions['TLS 1.0']),
    sized(message),
  ]);
}

/** By their numbers in IANA's registry of TLS extensions. */
function extensions(host: string, version: WireVersion): Buffer {
  const extension = (id: number, contents: Buffer) => Buffer.concat([uint16(id), sized(contents)]);
  const name = Buffer.from(host);
  const groups = [29, 23, 24, 25, 30, 22, 21, 19];
  const digests = [6, 5, 4, 3, 2, 1];
  const signatures = [
    ...[0x0804, 0x0805, 0x0806, 0x0807, 0x0808],
    ...digests.flatMap((digest) => [1, 3, 2].map((algorithm) => digest * 256 + algorithm)),
  ];
  return Buffer.concat([
    ...(isIP(host) === 0 ? [extension(0, sized(Buffer.concat([Buffer.from([0]), sized(name)])))] : []),
    extension(10, sized(Buffer.concat(groups.map(uint16)))),
    extension(11, Buffer.from([1, 0])),
    ...(version === versions['TLS 1.2'] ? [extension(13, sized(Buffer.concat(signatures.map(uint16))))] : []),
    extension(0xff01, Buffer.from([0])),
  ]);
}

function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

function sized(contents: Buffer): Buffer {
  return Buffer.concat([uint16(contents.length), contents]);
}
