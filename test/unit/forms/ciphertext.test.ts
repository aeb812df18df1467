import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Ciphertext, ciphertextReader, ivReader } from '#forms/ciphertext';
import { parseLayout, templateNames } from '#forms/layout';
import { applyEdits } from '#forms/leaf';
import { replaceValues, type RowValue } from '#forms/row-values';
import { anyTemplate, textFor } from './any-template.ts';
import { shapes, valuesIn } from '#test/support/forms/columns';
import {
  type ForeignLayout,
  type Form,
  forms,
  isDocument,
  type Parts,
  salts,
} from '#test/support/forms/foreign-cells';

const names: readonly ForeignLayout[] = [...templateNames, 'json-base64', 'json-hex'];
const iv = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
const body = Buffer.from('fbefbeff00', 'hex');

/** The one ciphertext of a cell, if it can be read. */
function valueIn(layout: ForeignLayout, cell: Buffer): (RowValue & { ciphertext: Ciphertext }) | undefined {
  const values = valuesIn(cell, isDocument(layout) ? shapes.json : shapes.bytes, { layout });
  const [value] = values;
  return value?.ciphertext && values.length === 1 ? { ...value, ciphertext: value.ciphertext } : undefined;
}

/** Two sets of parts of equal length: those in the cell, and those it is rewritten with. */
function twoParts(form: Form): fc.Arbitrary<readonly [Parts, Parts]> {
  const bytes = (length: number) =>
    fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array));
  const parts = (length: number) => fc.record({ iv: bytes(16), body: bytes(length), salt: bytes(8) });
  // an empty leaf of a document is no ciphertext
  return fc.integer({ min: isDocument(form.layout) ? 1 : 0, max: 300 }).chain((length) => {
    const old = parts(length).filter(
      (parts) => form.shown?.test(form.write(parts).toString('latin1')) ?? true,
    );
    return fc.tuple(old, parts(length));
  });
}

/** The cell with other parts in it; of a document, whose IV is kept, with another body. */
function rewrite(cell: Buffer, value: RowValue & { ciphertext: Ciphertext }, parts: Parts): Buffer {
  const sealed = Buffer.concat([parts.iv, parts.body]);
  const { ciphertext } = value;
  const edits = ciphertext.rewrite(ciphertext.salt ? { sealed, salt: parts.salt } : { sealed });
  return replaceValues(cell, 0, [{ value, edits }]);
}

test('every named layout is tested in a form that other programs write', () => {
  expect(new Set(forms.map(({ layout }) => layout))).toEqual(new Set(names));
});

describe.for(forms)('$name', (form) => {
  test('is taken apart, and written anew in the same form', () => {
    fc.assert(
      fc.property(twoParts(form), ([old, fresh]) => {
        const cell = form.write(old);
        const value = valueIn(form.layout, cell);
        const { iv, body, salt } = value?.ciphertext ?? {};
        expect(iv).toEqual(old.iv);
        expect(body).toEqual(old.body);
        expect(salt).toEqual(salts(form.layout) ? old.salt : undefined);
        const written = isDocument(form.layout) ? { ...fresh, iv: old.iv } : fresh;
        expect(value && rewrite(cell, value, fresh).toString('latin1')).toBe(
          form.write(written).toString('latin1'),
        );
      }),
    );
  });

  test('damaged anywhere is unreadable, or still read to the letter', () => {
    const unit = fc.constantFrom(...Array.from('AZaz09+/-_=:{}",* \n\0é'));
    fc.assert(
      fc.property(twoParts(form), fc.nat(), fc.nat({ max: 3 }), unit, ([old], place, gone, unit) => {
        const cell = form.write(old);
        const at = place % (cell.length + 1);
        const damaged = Buffer.concat([cell.subarray(0, at), Buffer.from(unit), cell.subarray(at + gone)]);
        // a JSON text with slashes of both kinds comes back with one kind, as the same JSON
        fc.pre(!/\\\/.*[^\\]\/|[^\\]\/.*\\\//s.test(damaged.toString()));
        const value = valueIn(form.layout, damaged);
        if (!value) return;
        expect(value.ciphertext.iv).toHaveLength(16);
        const { iv, body, salt = Buffer.alloc(0) } = value.ciphertext;
        const parts = { iv: iv as Buffer, body, salt };
        expect(rewrite(damaged, value, parts).toString('latin1')).toBe(damaged.toString('latin1'));
      }),
      { numRuns: 500 },
    );
  });

  test('cut short is unreadable, or read as the shorter value it is', () => {
    const cell = form.write({ iv, body: randomBytes(20), salt: randomBytes(8) });
    for (let length = 0; length < cell.length; length++) {
      const value = valueIn(form.layout, cell.subarray(0, length));
      if (value) expect(value.ciphertext.iv).toHaveLength(16);
    }
    expect(valueIn(form.layout, Buffer.alloc(0))).toBeUndefined();
  });
});

describe.for(names)('the layout %s', (name) => {
  const shape = isDocument(name) ? shapes.json : shapes.text;

  test('fails on no bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(() => valuesIn(Buffer.from(bytes), shape, { layout: name })).not.toThrow();
      }),
    );
  });

  test('fails on no text at all', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.base64String({ maxLength: 300 }));
    fc.assert(
      fc.property(text, (text) => {
        expect(() => valuesIn(text, shape, { layout: name })).not.toThrow();
      }),
    );
  });
});

test.for([
  ['base64', iv.subarray(1).toString('base64')],
  ['base64', `${iv.toString('base64')} `],
  ['base64', 'correct horse battery staple'],
  ['base64', `${Buffer.concat([iv, body]).toString('base64').slice(0, -4)}/_==`],
  ['base64url', `${iv.toString('base64url').slice(0, -2)}+g`],
  ['hex', iv.subarray(1).toString('hex')],
  ['hex', `${iv.toString('hex')}f`],
  ['hex', `${iv.toString('hex')}aB`],
  ['hex', `0x${iv.toString('hex')}`],
  ['raw', 'fifteen bytes..'],
  ['base32', 'MZXW6YTBOI======'],
  ['hex:base64', iv.toString('hex') + body.toString('base64')],
  ['hex:base64', `${iv.toString('hex')}:${body.toString('base64')}:`],
  ['hex:base64', `${iv.subarray(1).toString('hex')}:${body.toString('base64')}`],
  ['hex:base64', `${iv.toString('hex')}00:${body.toString('base64')}`],
  ['hex:base64', `${iv.toString('hex')}:${body.toString('base64').slice(1)}`],
  ['hex:base64', `${iv.toString('base64')}:${body.toString('base64')}`],
  ['hex:hex', `${iv.toString('hex')}:zz`],
  ['hex:hex', `:${body.toString('hex')}`],
  ['base64:base64', `${iv.toString('base64')}:*`],
  ['grafana', Buffer.concat([iv, body]).toString('base64')],
  ['grafana-raw', 'twenty-three bytes only'],
  ['"{body+iv hex}"', body.toString('hex')],
  ['"{4+iv+body hex}"', `00000001${iv.subarray(1).toString('hex')}`],
  ['"{*}k={iv+body hex};{*}"', `k=${iv.toString('hex')}ff;k=${iv.toString('hex')}ff;`],
] as const)('%s is not read from %j', ([line, cell]) => {
  expect(ciphertextReader(parseLayout(line)).read(cell)).toBeUndefined();
});

test.for(['', 'EN', 'ENC:', 'enc:', ' ENC:'])(
  'a text is unreadable after %j instead of its prefix',
  (prefix) => {
    const text = randomBytes(40).toString('base64');
    const reader = ciphertextReader(parseLayout("'ENC:' base64"));
    expect(reader.read(prefix + text) !== undefined).toBe(prefix === 'ENC:');
    expect(reader.read(prefix)).toBeUndefined();
  },
);

describe('a template', () => {
  const fresh = { sealed: Buffer.concat([Buffer.alloc(16, 0xaa), Buffer.alloc(5, 0xbb)]) };
  const [hexIv, hexBody] = [iv.toString('hex'), body.toString('hex')];
  const [freshIv, freshBody] = ['aa'.repeat(16), 'bb'.repeat(5)];

  test.for([
    ['{body+iv hex}', hexBody + hexIv, freshBody + freshIv],
    ['{4+iv+body hex}', `00000001${hexIv}${hexBody}`, `00000001${freshIv}${freshBody}`],
    ['{1+iv+2+body+3 hex}', `f0${hexIv}f1f2${hexBody}f3f4f5`, `f0${freshIv}f1f2${freshBody}f3f4f5`],
    ['{[7631]+iv+body hex}', `7631${hexIv}${hexBody}`, `7631${freshIv}${freshBody}`],
    ['{[7631]+iv+body hex}', `${hexIv}${hexBody}`, `${freshIv}${freshBody}`],
    ['{body hex}.{iv hex}', `${hexBody}.${hexIv}`, `${freshBody}.${freshIv}`],
    ['{1+iv hex}.{body hex}', `01${hexIv}.${hexBody}`, `01${freshIv}.${freshBody}`],
    [
      '{*}k={iv hex},{*}v={body hex};{*}',
      `a=1;k=${hexIv},\xff, v=${hexBody};`,
      `a=1;k=${freshIv},\xff, v=${freshBody};`,
    ],
  ] as const)('%s takes %s apart, and keeps what is no part', ([template, text, expected]) => {
    const ciphertext = ciphertextReader(parseLayout(`"${template}"`)).read(text);
    expect(ciphertext).toMatchObject({ iv, body, keepsIv: false });
    expect(applyEdits(text, ciphertext?.rewrite(fresh) ?? [])).toBe(expected);
  });

  test('without a place for the IV is read with one from elsewhere, which is kept', () => {
    const reader = ciphertextReader(parseLayout('"k={body hex}"'));
    expect(reader.read(`k=${hexBody}`)).toBeUndefined();
    const ciphertext = reader.read(`k=${hexBody}`, iv);
    expect(ciphertext).toMatchObject({ iv, body, keepsIv: true });
    expect(applyEdits(`k=${hexBody}`, ciphertext?.rewrite(fresh) ?? [])).toBe(`k=${freshBody}`);
    expect(reader.read(`k=${hexBody}`, 'key-start')).toMatchObject({ iv: 'key-start', keepsIv: true });
  });

  test('of an IV alone reads its sixteen bytes', () => {
    const read = (template: string, text: string) => ivReader(parseLayout(`"${template}"`))(text);
    expect(read('{iv hex}', hexIv)).toEqual(iv);
    expect(read('{iv base64}', iv.toString('base64'))).toEqual(iv);
    expect(read('{iv uuid}', '00010203-0405-0607-0809-0a0b0c0d0e0f')).toEqual(iv);
    expect(read('{iv raw}', iv.toString('latin1'))).toEqual(iv);
    expect(read('v1.{iv hex}', `v1.${hexIv}`)).toEqual(iv);
    for (const text of ['', hexIv.slice(2), `${hexIv}00`, `v1.${hexIv}`])
      expect(read('{iv hex}', text)).toBeUndefined();
  });

  test('reads nothing that it would not write again to the letter', () => {
    const seed = fc.uint8Array({ minLength: 1, maxLength: 60 });
    const around = fc.constantFrom('', ' ', ', ', 'Ab1', '\xff\n');
    let read = 0;
    fc.assert(
      fc.property(anyTemplate, seed, fc.nat(40), around, fc.nat(), (template, seed, length, around, at) => {
        const written = textFor(template, seed, length, around);
        const place = at % (written.length + 1);
        const reader = ciphertextReader({ ...parseLayout('base64'), template });
        for (const text of [written, `${written.slice(0, place)}A${written.slice(place + 1)}`]) {
          const ciphertext = reader.read(text, iv);
          if (!ciphertext) continue;
          read++;
          const { iv: own, body, salt } = ciphertext;
          const sealed = Buffer.concat([own as Buffer, body]);
          expect(applyEdits(text, ciphertext.rewrite({ sealed, ...(salt && { salt }) }))).toBe(text);
        }
      }),
      { numRuns: 1_000 },
    );
    expect(read).toBeGreaterThan(100);
  });
});
