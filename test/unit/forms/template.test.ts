import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatTemplate, parseTemplate, type Template } from '#forms/template';
import { anyTemplate } from './any-template.ts';
import { latin1 } from '#test/support/forms/columns';

const joined: Template = [{ span: { encoding: 'base64', parts: ['iv', 'body'] } }];

describe('the text form of a template', () => {
  test('is read back as the same template, whatever the template', () => {
    fc.assert(
      fc.property(anyTemplate, (template) => {
        expect(parseTemplate(formatTemplate(template))).toEqual(template);
      }),
      { numRuns: 1_000 },
    );
  });

  test('is well-formed text, whatever bytes stand in the template', () => {
    fc.assert(
      fc.property(anyTemplate, (template) => {
        expect(formatTemplate(template)).not.toMatch(/\ufffd|[\ud800-\udfff](?![\udc00-\udfff])/);
      }),
    );
  });

  test.for<[string, Template]>([
    ['{iv+body base64}', joined],
    ['ENC:{iv+body base64}', [{ literal: 'ENC:' }, ...joined]],
    [
      'secret={iv hex}.{body base64url};{*}',
      [
        { literal: 'secret=' },
        { span: { encoding: 'hex', parts: ['iv'] } },
        { literal: '.' },
        { span: { encoding: 'base64url', parts: ['body'] } },
        { literal: ';' },
        'any',
      ],
    ],
    ['{*}{body+iv raw}', ['any', { span: { encoding: 'raw', parts: ['body', 'iv'] } }]],
    ['{4+iv+body raw}', [{ span: { encoding: 'raw', parts: [{ keep: 4 }, 'iv', 'body'] } }]],
    [
      '{[2a61]+salt+iv+body base32}',
      [{ span: { encoding: 'base32', parts: [{ optional: '*a' }, 'salt', 'iv', 'body'] } }],
    ],
    ['{{{iv+body base64}}}', [{ literal: '{' }, ...joined, { literal: '}' }]],
    ['{{iv+body base64}}', [{ literal: '{iv+body base64}' }]],
    ['clé🔑{iv+body base64}', [{ literal: latin1('clé🔑') }, ...joined]],
    ['{[ff00]}\u0001{iv+body base64}', [{ literal: '\xff\0\x01' }, ...joined]],
    ['', []],
  ])('%j is read', ([text, template]) => {
    expect(parseTemplate(text)).toEqual(template);
  });

  test('has bytes that are no UTF-8 in hex, and others as text', () => {
    expect(formatTemplate([{ literal: `\xff${latin1('é')}\xc3` }, ...joined])).toBe(
      '{[ff]}é{[c3]}{iv+body base64}',
    );
  });

  test.for([
    ['{', '{'],
    ['}', '}'],
    ['a}b', '}'],
    ['{iv+body}', '{iv+body}'],
    ['{iv+body base65}', '{iv+body base65}'],
    ['{iv+body toString}', '{iv+body toString}'],
    ['{ base64}', '{ base64}'],
    ['{iv body base64}', '{iv body base64}'],
    ['{IV+body base64}', '{IV+body base64}'],
    ['{tag+body base64}', '{tag+body base64}'],
    ['{0+iv+body base64}', '{0+iv+body base64}'],
    ['{12345+body base64}', '{12345+body base64}'],
    ['{iv+[2a]+body base64}', '{iv+[2a]+body base64}'],
    ['{[2]+body base64}', '{[2]+body base64}'],
    ['{[]}', '{[]}'],
    ['{[xy]}', '{[xy]}'],
    ['{iv+body base64', '{'],
  ] as const)('%j is refused, naming what is not understood', ([text, what]) => {
    expect(() => parseTemplate(text)).toThrow(
      expect.objectContaining({
        code: 'layout-unknown',
        message: `\`${what}\` in the layout is not understood`,
        remedy: expect.stringContaining('`{iv+body base64}`'),
      }),
    );
  });

  test.for([
    ['{iv+iv+body base64}', 'iv'],
    ['{body hex}:{body hex}:{iv hex}', 'body'],
    ['{iv hex}:{iv+body hex}', 'iv'],
    ['{salt+iv hex}:{salt+body hex}', 'salt'],
  ] as const)('%j is refused: a ciphertext has one of each part', ([text, part]) => {
    expect(() => parseTemplate(text)).toThrow(
      expect.objectContaining({ code: 'layout-unknown', message: `\`${part}\` in the layout appears twice` }),
    );
  });
});
