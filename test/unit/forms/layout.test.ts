import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { segments } from '#crypto/cfb';
import { KeelError } from '#errors/keel-error';
import {
  defaultLayout,
  formatLayout,
  type Layout,
  namedLayout,
  paddings,
  parseLayout,
  templateNames,
} from '#forms/layout';
import { holds, type Template } from '#forms/template';
import { anyTemplate } from './any-template.ts';

const prefix = fc.oneof(
  fc.constantFrom('', 'ENC:', '<enc-v1>', 'v2:', "it's ", "'", '"', '{*}', '🔒'),
  fc.string({ unit: 'binary' }).filter((text) => !/\p{Cs}/u.test(text)),
);
const namedTemplate = fc
  .tuple(fc.constantFrom(...templateNames), prefix)
  .map(([name, prefix]) => namedLayout(name, prefix).template);

/** Any layout: one with a salt derives keys. */
const anyLayout: fc.Arbitrary<Layout> = fc
  .record({
    template: fc.oneof(namedTemplate, anyTemplate),
    segment: fc.constantFrom(...segments),
    padding: fc.constantFrom(...paddings),
    innerBase64: fc.boolean(),
    derivation: fc.constantFrom('key-text' as const, 'key-bytes' as const),
  })
  .map((layout) => (holds(layout.template, 'salt') ? layout : { ...layout, derivation: 'none' }));

const joined = defaultLayout.template;
const span = (encoding: 'base64' | 'base64url' | 'hex' | 'raw'): Template => [
  { span: { encoding, parts: ['iv', 'body'] } },
];

describe('the one line that names a layout', () => {
  test('is read back as the same layout, whatever the layout', () => {
    fc.assert(
      fc.property(anyLayout, (layout) => {
        expect(parseLayout(formatLayout(layout))).toEqual(layout);
      }),
      { numRuns: 1_000 },
    );
  });

  test('is a name with its prefix wherever there is one', () => {
    fc.assert(
      fc.property(fc.constantFrom(...templateNames), prefix, (name, prefix) => {
        const quoted = prefix === '' ? '' : `'${prefix.replaceAll("'", "''")}' `;
        expect(formatLayout(namedLayout(name, prefix))).toBe(quoted + name);
      }),
    );
  });

  test.for<[string, Partial<Layout>]>([
    ['base64', {}],
    ['raw', { template: span('raw') }],
    [
      "'ENC:' hex:base64 cfb8 pkcs7",
      {
        template: [
          { literal: 'ENC:' },
          { span: { encoding: 'hex', parts: ['iv'] } },
          { literal: ':' },
          { span: { encoding: 'base64', parts: ['body'] } },
        ],
        segment: 'cfb8',
        padding: 'pkcs7',
      },
    ],
    [
      "'<enc-v1>' base64url inner-base64",
      { template: [{ literal: '<enc-v1>' }, ...span('base64url')], innerBase64: true },
    ],
    ["'o''clock ' hex", { template: [{ literal: "o'clock " }, ...span('hex')] }],
    [
      'grafana-raw raw-secret',
      {
        template: [
          { span: { encoding: 'raw', parts: [{ optional: '*YWVzLWNmYg*' }, 'salt', 'iv', 'body'] } },
        ],
        derivation: 'key-bytes',
      },
    ],
    ['base64 cfb8 one-byte-padding', { segment: 'cfb8', padding: 'one-byte' }],
    ['hex zero-padding', { template: span('hex'), padding: 'zero' }],
    [
      '"secret={iv+body base64};{*}" cfb8',
      { template: [{ literal: 'secret=' }, ...joined, { literal: ';' }, 'any'], segment: 'cfb8' },
    ],
    ['"say ""{iv+body base64}"""', { template: [{ literal: 'say "' }, ...joined, { literal: '"' }] }],
    [
      '"{salt+iv+body base64}" raw-secret',
      {
        template: [{ span: { encoding: 'base64', parts: ['salt', 'iv', 'body'] } }],
        derivation: 'key-bytes',
      },
    ],
    ['"{body+iv hex}"', { template: [{ span: { encoding: 'hex', parts: ['body', 'iv'] } }] }],
  ])('%j is read, and written the same', ([line, layout]) => {
    expect(parseLayout(line)).toEqual({ ...defaultLayout, ...layout });
    expect(formatLayout(parseLayout(line))).toBe(line);
  });

  test('derives a key wherever there is a salt', () => {
    expect(parseLayout('grafana').derivation).toBe('key-text');
    expect(parseLayout('"{salt hex}:{iv+body hex}"').derivation).toBe('key-text');
    expect(parseLayout('"{8+iv+body hex}"').derivation).toBe('none');
  });

  test('may say `raw-secret` where it means nothing, as version 1 allowed', () => {
    expect(parseLayout('base64 raw-secret')).toEqual(defaultLayout);
  });

  test('has its modifiers in any order', () => {
    expect(parseLayout('hex inner-base64 pkcs7 cfb8')).toEqual(parseLayout('hex cfb8 pkcs7 inner-base64'));
  });

  test.for([
    ['', ''],
    ['base65', 'base65'],
    ['BASE64', 'BASE64'],
    ['cfb8', 'cfb8'],
    ['base64 cfb1', 'cfb1'],
    ['base64 hex', 'hex'],
    ['ENC: base64', 'ENC:'],
    ["'ENC: base64", "'ENC:"],
    ["'ENC:'", "'ENC:'"],
    ["'ENC:'base64", "'ENC:'base64"],
    ['toString', 'toString'],
    ['base64 constructor', 'constructor'],
    ['__proto__', '__proto__'],
    ['"{iv+body base64}', '"{iv+body'],
    ['"{iv+body base64}"cfb8', '"{iv+body'],
    ['"{iv+body base64}" cfb1', 'cfb1'],
  ] as const)('%j is refused, naming the word that is not known', ([line, word]) => {
    const refused = () => parseLayout(line);
    expect(refused).toThrow(KeelError);
    expect(refused).toThrow(
      expect.objectContaining({
        code: 'layout-unknown',
        message: `the layout word \`${word}\` is unknown`,
        remedy: expect.stringMatching(
          /base64url.*hex:base64.*grafana.*template in double quotes.*cfb8, pkcs7, .*inner-base64, raw-secret/,
        ),
      }),
    );
  });
});
