import { isUtf8 } from 'node:buffer';
import { findNodeAtLocation, type Node } from 'jsonc-parser';
import { blockLength } from './aes-ecb.ts';
import { type Encoding, type EncodingName, encodings, type Manner } from './encodings.ts';
import { parseDocument } from './json-document.ts';

/** What an envelope holds: the parts of one ciphertext, and how to write such parts in the same form again. */
export interface Opened {
  readonly iv: Buffer;
  readonly body: Buffer;
  /** Of layouts that derive a key for each value. */
  readonly salt?: Buffer;
  rewrite(fresh: Fresh): Buffer;
}

/** A new ciphertext: IV ‖ body, and the salt of layouts that derive a key for each value. */
export interface Fresh {
  readonly sealed: Buffer;
  readonly salt?: Buffer;
}

/** Reads one written form; undefined where the cell does not have it to the letter. */
export type Envelope = (cell: Buffer) => Opened | undefined;

/** IV ‖ ciphertext as raw bytes. */
const raw: Envelope = (cell) => {
  if (cell.length < blockLength) return undefined;
  return {
    iv: cell.subarray(0, blockLength),
    body: cell.subarray(blockLength),
    rewrite: ({ sealed }) => sealed,
  };
};

/** IV ‖ ciphertext in one encoding. A class, since a rotation makes one for every value. */
class Joined implements Opened {
  readonly iv: Buffer;
  readonly body: Buffer;
  readonly #encoding: Encoding;
  readonly #manner: Manner;

  constructor(encoding: Encoding, bytes: Buffer, manner: Manner) {
    this.iv = bytes.subarray(0, blockLength);
    this.body = bytes.subarray(blockLength);
    this.#encoding = encoding;
    this.#manner = manner;
  }

  rewrite({ sealed }: Fresh): Buffer {
    return Buffer.from(this.#encoding.write(sealed, this.#manner), 'latin1');
  }
}

function joined(name: EncodingName): Envelope {
  const encoding = encodings[name];
  return (cell) => {
    const read = encoding.read(cell.toString('latin1'));
    return read && read.bytes.length >= blockLength
      ? new Joined(encoding, read.bytes, read.manner)
      : undefined;
  };
}

/** `IV:ciphertext`, each in its own encoding. */
function separated(ivName: EncodingName, bodyName: EncodingName): Envelope {
  return (cell) => {
    const [ivText, bodyText, ...more] = cell.toString('latin1').split(':');
    if (ivText === undefined || bodyText === undefined || more.length > 0) return undefined;
    const iv = encodings[ivName].read(ivText);
    const body = encodings[bodyName].read(bodyText);
    if (iv?.bytes.length !== blockLength || !body) return undefined;
    return {
      iv: iv.bytes,
      body: body.bytes,
      rewrite: ({ sealed }) => {
        const freshIv = encodings[ivName].write(sealed.subarray(0, blockLength), iv.manner);
        const freshBody = encodings[bodyName].write(sealed.subarray(blockLength), body.manner);
        return Buffer.from(`${freshIv}:${freshBody}`, 'latin1');
      },
    };
  };
}

const ivNames = ['iv', 'IV', 'nonce'];
const bodyNames = ['data', 'ciphertext', 'content', 'value', 'encrypted', 'encryptedData', 'ct'];

/** A JSON object `{ "iv": …, "data": … }` (or a usual synonym); whatever else stands in it stays to the letter. */
function jsonObject(name: EncodingName): Envelope {
  return (cell) => {
    // what is not UTF-8 would not come back as it was
    if (!isUtf8(cell)) return undefined;
    const text = cell.toString('utf8');
    const tree = text.trimStart().startsWith('{') ? parseDocument(text) : undefined;
    const iv = tree && readMember(text, tree, ivNames, name);
    const body = tree && readMember(text, tree, bodyNames, name);
    if (iv?.bytes.length !== blockLength || !body) return undefined;
    return {
      iv: iv.bytes,
      body: body.bytes,
      rewrite: ({ sealed }) => {
        const edits = [
          { at: iv, literal: iv.literal(sealed.subarray(0, blockLength)) },
          { at: body, literal: body.literal(sealed.subarray(blockLength)) },
        ].sort((a, b) => b.at.offset - a.at.offset);
        let result = text;
        for (const { at, literal } of edits) {
          result = result.slice(0, at.offset) + literal + result.slice(at.offset + at.length);
        }
        return Buffer.from(result, 'utf8');
      },
    };
  };
}

interface Member {
  readonly bytes: Buffer;
  readonly offset: number;
  readonly length: number;
  literal(bytes: Buffer): string;
}

function readMember(
  text: string,
  tree: Node,
  names: readonly string[],
  encoding: EncodingName,
): Member | undefined {
  const found = names
    .map((name) => findNodeAtLocation(tree, [name]))
    .filter((node) => node?.type === 'string');
  const node = found.length === 1 ? found[0] : undefined;
  const read = node && encodings[encoding].read(node.value as string);
  if (!read) return undefined;
  const { bytes, manner } = read as { bytes: Buffer; manner: Manner };
  const slashesEscaped = text.slice(node.offset, node.offset + node.length).includes('\\/');
  return {
    bytes,
    offset: node.offset,
    length: node.length,
    literal: (fresh) => {
      const literal = JSON.stringify(encodings[encoding].write(fresh, manner));
      return slashesEscaped ? literal.replaceAll('/', '\\/') : literal;
    },
  };
}

const grafanaTag = Buffer.from('*YWVzLWNmYg*', 'latin1');
const saltLength = 8;

/** Grafana's `util.Encrypt`: salt ‖ IV ‖ ciphertext, with the algorithm's name in base64 between stars before it or not. */
const salted: Envelope = (cell) => {
  const tag = cell.subarray(0, grafanaTag.length).equals(grafanaTag) ? grafanaTag : Buffer.alloc(0);
  const salt = cell.subarray(tag.length, tag.length + saltLength);
  const parts = raw(cell.subarray(tag.length + saltLength));
  if (!parts) return undefined;
  return {
    ...parts,
    salt,
    rewrite: (fresh) => Buffer.concat([tag, fresh.salt as Buffer, fresh.sealed]),
  };
};

const saltedBase64: Envelope = (cell) => {
  const read = encodings.base64.read(cell.toString('latin1'));
  const parts = read && salted(read.bytes);
  if (!parts) return undefined;
  return {
    ...parts,
    rewrite: (fresh) => Buffer.from(encodings.base64.write(parts.rewrite(fresh), read.manner), 'latin1'),
  };
};

/** Every written form that public code uses, by the name it has in an inventory. */
export const envelopes = {
  base64: joined('base64'),
  base64url: joined('base64url'),
  hex: joined('hex'),
  raw,
  'hex:base64': separated('hex', 'base64'),
  'hex:hex': separated('hex', 'hex'),
  'base64:base64': separated('base64', 'base64'),
  'json-base64': jsonObject('base64'),
  'json-hex': jsonObject('hex'),
  grafana: saltedBase64,
  'grafana-raw': salted,
} as const satisfies Record<string, Envelope>;
export type EnvelopeName = keyof typeof envelopes;
