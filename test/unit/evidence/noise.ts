import { createCipheriv } from 'node:crypto';

/** Bytes as even as a wrong key's, the same in every run: AES-256-CTR over zeros under a key made of the seed. */
export function noise(seed: number, length: number): Buffer {
  return createCipheriv('aes-256-ctr', Buffer.alloc(32, seed), Buffer.alloc(16)).update(Buffer.alloc(length));
}

/** `count` values of `length` bytes of noise. */
export function noiseValues(seed: number, count: number, length: number): Buffer[] {
  const bytes = noise(seed, count * length);
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * length, (i + 1) * length));
}
