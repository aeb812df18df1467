import { createCipheriv, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { openFirsts } from '#discovery/iv/first-blocks';

for (const [segment, cipher] of [
  ['cfb128', 'aes-256-cfb'],
  ['cfb8', 'aes-256-cfb8'],
] as const) {
  test(`each value is decrypted by its own IV among many, in ${segment}, as Node encrypted it`, () => {
    const key = randomBytes(32);
    const ivs = [...Array(500)].map(() => randomBytes(16));
    const texts = [...Array(20)].map((_, i) => `tøken ${i} ${randomBytes(9).toString('hex')}`);
    const firsts = texts.map((text, i) =>
      createCipheriv(cipher, key, ivs[i * 20] as Buffer)
        .update(text, 'utf8')
        .subarray(0, 16),
    );
    const hits = [...openFirsts(key, segment, firsts, Buffer.concat(ivs))];
    for (const [first, text] of texts.entries()) {
      const own = hits.find((hit) => hit.first === first && hit.iv === first * 20);
      expect(Buffer.from(own?.plaintext ?? [])).toEqual(Buffer.from(text).subarray(0, 16));
    }
    // a wrong IV gives clean text once in some thousand times
    expect(hits.length).toBeLessThan(texts.length + 60);
  });
}
