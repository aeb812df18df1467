import { EncryptionKey } from '#crypto/encryption-key';

export const keyOf = (start: number) =>
  new EncryptionKey(Buffer.from(Array.from({ length: 32 }, (_, i) => start + i)));

export const [oldKey, newKey, third] = [keyOf(1), keyOf(100), keyOf(200)];
export const [old, fresh] = [oldKey.toBase64(), newKey.toBase64()];
