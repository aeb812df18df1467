import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Layout, paddings, parseLayout } from '#forms/layout';
import { innerSecret, outerBytes } from '#forms/plaintext';

const words: Record<Layout['padding'], string> = {
  none: '',
  pkcs7: ' pkcs7',
  'one-byte': ' one-byte-padding',
  zero: ' zero-padding',
};

describe.for(paddings)('a secret under the padding %s', (padding) => {
  test.for(['', ' inner-base64'])('is what was put there%s', (inner) => {
    const layout = parseLayout(`base64${words[padding]}${inner}`);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (secret) => {
        // zeros at its end cannot be told from padding
        fc.pre(padding !== 'zero' || inner !== '' || secret.at(-1) !== 0);
        const outer = outerBytes(layout, secret);
        if (padding === 'pkcs7' || padding === 'zero') expect(outer.length % 16).toBe(0);
        expect(Buffer.from(innerSecret(layout, outer) ?? 'none')).toEqual(Buffer.from(secret));
      }),
    );
  });
});

describe('padding', () => {
  const outer = (line: string, secret: string) =>
    Buffer.from(outerBytes(parseLayout(line), Buffer.from(secret)));

  test('of PKCS#7 is a block where the secret fills its blocks, of zeros none', () => {
    expect(outer('base64 pkcs7', 'x'.repeat(16))).toEqual(Buffer.from('x'.repeat(16) + '\x10'.repeat(16)));
    expect(outer('base64 zero-padding', 'x'.repeat(16))).toEqual(Buffer.from('x'.repeat(16)));
    expect(outer('base64 zero-padding', 'xyz')).toEqual(Buffer.from(`xyz${'\0'.repeat(13)}`));
  });

  test('of one byte is 0x01, whatever the length', () => {
    for (const secret of ['', 'xyz', 'x'.repeat(16)]) {
      expect(outer('base64 cfb8 one-byte-padding', secret)).toEqual(Buffer.from(`${secret}\x01`));
    }
  });

  test.for([
    ['pkcs7', 'nothing', ''],
    ['pkcs7', 'no whole block', '01'],
    ['pkcs7', 'padding of zero', '00'.repeat(16)],
    ['pkcs7', 'padding beyond a block', `${'00'.repeat(15)}11`.repeat(2)],
    ['pkcs7', 'unequal padding', `${'00'.repeat(13)}020303`],
    ['one-byte-padding', 'nothing', ''],
    ['one-byte-padding', 'another byte', '616202'],
    ['one-byte-padding', 'no padding', '6162'],
    ['zero-padding', 'no whole block', '6100'],
    ['zero-padding', 'a block of zeros', '00'.repeat(16)],
    ['zero-padding', 'more zeros than a block has', `${'61'.repeat(16)}${'00'.repeat(16)}`],
  ] as const)('%s is none where it finds %s', ([padding, , hex]) => {
    expect(innerSecret(parseLayout(`base64 ${padding}`), Buffer.from(hex, 'hex'))).toBeUndefined();
  });
});

test.for(['not base64', 'YQ', 'YR==', 'YQ==\n', '\u00ff'])(
  'a secret in base64 is none where %j stands for it',
  (text) => {
    expect(innerSecret(parseLayout('base64 inner-base64'), Buffer.from(text, 'latin1'))).toBeUndefined();
  },
);
