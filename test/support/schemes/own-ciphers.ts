import { type CipherGCMTypes, createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** A column of a row, as node-postgres takes and gives it. */
export type Cells = Record<string, string | Buffer | object>;

/**
 * Forms that no application of ours has: the same blocks, put together otherwise. They are sealed and opened with Node's own ciphers, and
 * none of Keel's code.
 */
export interface OwnCase {
  readonly name: string;
  readonly columns: Record<string, string>;
  /** As the file of an application says it. */
  readonly forms: readonly object[];
  readonly key: () => string;
  readonly seal: (secret: string, key: string) => Cells;
  /** Throws where the application would refuse the row. */
  readonly open: (cells: Cells, key: string) => string;
}

export interface Gcm {
  readonly iv: Buffer;
  readonly body: Buffer;
  readonly tag: Buffer;
}

export function sealGcm(
  key: Buffer,
  secret: string,
  { ivBytes = 12, iv = randomBytes(ivBytes), tagBytes = 16, aad = '' } = {},
): Gcm {
  const name = `aes-${8 * key.length}-gcm` as CipherGCMTypes;
  const cipher = createCipheriv(name, key, iv, { authTagLength: tagBytes }).setAAD(Buffer.from(aad));
  return { iv, body: Buffer.concat([cipher.update(secret), cipher.final()]), tag: cipher.getAuthTag() };
}

export function openGcm(key: Buffer, { iv, body, tag }: Gcm, aad = ''): string {
  const name = `aes-${8 * key.length}-gcm` as CipherGCMTypes;
  const cipher = createDecipheriv(name, key, iv, { authTagLength: tag.length }).setAAD(Buffer.from(aad));
  return Buffer.concat([cipher.setAuthTag(tag).update(body), cipher.final()]).toString('utf8');
}

export function sealCbc(key: Buffer, iv: Buffer, secret: string): Buffer {
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  return Buffer.concat([cipher.update(secret), cipher.final()]);
}

export function openCbc(key: Buffer, iv: Buffer, body: Buffer): string {
  const cipher = createDecipheriv('aes-256-cbc', key, iv);
  return Buffer.concat([cipher.update(body), cipher.final()]).toString('utf8');
}

export const base64 = (bytes: Buffer) => bytes.toString('base64');
/** A cell that is text. */
export const textOf = (cell: Cells[string] | undefined) => (typeof cell === 'string' ? cell : '');
export const from64 = (cell: Cells[string] | undefined) => Buffer.from(textOf(cell), 'base64');
export const hex = (bytes: Buffer) => bytes.toString('hex');
export const fromHex = (cell: Cells[string] | undefined) => Buffer.from(textOf(cell), 'hex');
export const sha256 = (text: string) => createHash('sha256').update(text).digest();
export const key64 = () => base64(randomBytes(32));
export const characters = () => hex(randomBytes(16));
export const documentOf = (cell: Cells[string] | undefined) =>
  typeof cell === 'string' ? JSON.parse(cell) : cell;
/** As Ruby's `[…].pack('m')`. */
export const packed = (bytes: Buffer) => base64(bytes).replace(/.{1,60}/g, '$&\n');
