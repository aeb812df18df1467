import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EnvelopeName, envelopes, type Opened } from '#crypto/envelopes';
import { type Form, forms, type Parts, salts } from '#test/unit/crypto/foreign-cells';

const names = Object.keys(envelopes) as EnvelopeName[];
const iv = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
const body = Buffer.from('fbefbeff00', 'hex');

/** Two sets of parts of equal length: those in the cell, and those it is rewritten with. */
function twoParts(form: Form): fc.Arbitrary<readonly [Parts, Parts]> {
  const bytes = (length: number) =>
    fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array));
  const parts = (length: number) => fc.record({ iv: bytes(16), body: bytes(length), salt: bytes(8) });
  return fc.integer({ min: 0, max: 300 }).chain((length) => {
    const old = parts(length).filter(
      (parts) => form.shown?.test(form.write(parts).toString('latin1')) ?? true,
    );
    return fc.tuple(old, parts(length));
  });
}

function rewrite(opened: Opened, { iv, body, salt }: Parts): Buffer {
  const sealed = Buffer.concat([iv, body]);
  return opened.rewrite(opened.salt ? { sealed, salt } : { sealed });
}

test('every envelope is tested in a form that other programs write', () => {
  expect(new Set(forms.map(({ envelope }) => envelope))).toEqual(new Set(names));
});

describe.for(forms)('$name', (form) => {
  const envelope = envelopes[form.envelope];

  test('is taken apart, and written anew in the same form', () => {
    fc.assert(
      fc.property(twoParts(form), ([old, fresh]) => {
        const opened = envelope(form.write(old)) as Opened;
        expect(opened.iv).toEqual(old.iv);
        expect(opened.body).toEqual(old.body);
        expect(opened.salt).toEqual(salts(form.envelope) ? old.salt : undefined);
        expect(rewrite(opened, fresh).toString('latin1')).toBe(form.write(fresh).toString('latin1'));
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
        const opened = envelope(damaged);
        if (!opened) return;
        expect(opened.iv).toHaveLength(16);
        const { iv, body, salt = Buffer.alloc(0) } = opened;
        expect(rewrite(opened, { iv, body, salt }).toString('latin1')).toBe(damaged.toString('latin1'));
      }),
      { numRuns: 500 },
    );
  });

  test('cut short is unreadable, or read as the shorter value it is', () => {
    const cell = form.write({ iv, body: randomBytes(20), salt: randomBytes(8) });
    for (let length = 0; length < cell.length; length++) {
      const opened = envelope(cell.subarray(0, length));
      if (opened) expect(opened.iv).toHaveLength(16);
    }
    expect(envelope(Buffer.alloc(0))).toBeUndefined();
  });
});

describe.for(names)('the envelope %s', (name) => {
  test('fails on no bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(() => envelopes[name](Buffer.from(bytes))).not.toThrow();
      }),
    );
  });

  test('fails on no text at all', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.base64String({ maxLength: 300 }));
    fc.assert(
      fc.property(text, (text) => {
        expect(() => envelopes[name](Buffer.from(text))).not.toThrow();
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
] as const)('%s is not read from %j', ([name, cell]) => {
  expect(envelopes[name](Buffer.from(cell))).toBeUndefined();
});

describe('a JSON cell', () => {
  const ivText = iv.toString('base64');
  const bodyText = body.toString('base64');

  test.for(['data', 'ciphertext', 'content', 'value', 'encrypted', 'encryptedData', 'ct'])(
    'may call its ciphertext %j',
    (name) => {
      const opened = envelopes['json-base64'](Buffer.from(JSON.stringify({ IV: ivText, [name]: bodyText })));
      expect(opened?.body).toEqual(body);
    },
  );

  test.for([
    ['a list', [ivText, bodyText]],
    ['a text', ivText],
    ['without IV', { data: bodyText }],
    ['without ciphertext', { iv: ivText }],
    ['with two ciphertexts', { iv: ivText, data: bodyText, value: bodyText }],
    ['with two IVs', { iv: ivText, nonce: ivText, data: bodyText }],
    ['with a number for ciphertext', { iv: ivText, data: 1 }],
    ['with a short IV', { iv: iv.subarray(1).toString('base64'), data: bodyText }],
    ['with a long IV', { iv: Buffer.alloc(17).toString('base64'), data: bodyText }],
    ['with its parts one level down', { sealed: { iv: ivText, data: bodyText } }],
    ['in another encoding', { iv: iv.toString('hex'), data: body.toString('hex') }],
    ['with letters of another alphabet', { iv: ivText, data: bodyText.replace('/', 'į') }],
  ] as const)('%s is unreadable', ([, value]) => {
    expect(envelopes['json-base64'](Buffer.from(JSON.stringify(value)))).toBeUndefined();
  });

  test.for(['{"iv":', '{"iv":"', '{]', '{"iv":"AA", "data":"AA"} more', '{"iv":"AA",}'])(
    'that is not JSON is unreadable: %j',
    (text) => {
      expect(envelopes['json-base64'](Buffer.from(text))).toBeUndefined();
    },
  );

  test('keeps every other byte as it stands', () => {
    const around = [
      '{ "é":"\\u00e9\\/🔑" ,\t"n":1.50e+2, "iv" : "',
      '" , "data":"',
      '",\n"z":[ ] }  ',
    ] as const;
    const cell = (iv: string, data: string) => Buffer.from(around[0] + iv + around[1] + data + around[2]);
    const opened = envelopes['json-base64'](cell(ivText, bodyText)) as Opened;
    const fresh = { iv: randomBytes(16), body: randomBytes(5), salt: Buffer.alloc(0) };
    expect(rewrite(opened, fresh).toString()).toBe(
      cell(fresh.iv.toString('base64'), fresh.body.toString('base64')).toString(),
    );
  });

  test('that is not UTF-8 is unreadable: its other members could not be kept', () => {
    const note = Buffer.from('{"note":"caf\u00e9","iv":"', 'latin1');
    const cell = Buffer.concat([note, Buffer.from(`${ivText}","data":"${bodyText}"}`)]);
    expect(envelopes['json-base64'](cell)).toBeUndefined();
  });

  test('nested without end is unreadable', () => {
    const cell = Buffer.from(`{"iv":"${ivText}","data":"${bodyText}","deep":${'['.repeat(200_000)}`);
    expect(envelopes['json-base64'](cell)).toBeUndefined();
  });
});
