import fc from 'fast-check';
import type { ApplicationCipher } from './application-cipher.ts';
import { type CodecName, codecs } from './written-codecs.ts';
import { invent, jsonText, plaintextKinds } from './invented-parts.ts';
import type { WrittenForm } from './written-table.ts';

interface InventedColumn {
  readonly type: string;
  readonly text: string;
  readonly bytesOfText?: boolean;
}

/** A form as data, so that it can be printed, and copied into a test of its own. */
export interface InventedForm {
  readonly columns: Readonly<Record<string, InventedColumn>>;
  readonly cipher: ApplicationCipher;
  readonly plaintext: keyof typeof plaintextKinds;
  /** What every fourth row has in place of a value. */
  readonly gaps: 'none' | 'null' | 'empty';
}

const textCodec = fc.constantFrom<CodecName>(
  'base64',
  'base64',
  'base64-unpadded',
  'base64url',
  'base64url-padded',
  'hex',
  'hex-upper',
  'base32',
);
const header = fc.option(
  fc.uint8Array({ minLength: 1, maxLength: 4 }).map((bytes) => `0x${Buffer.from(bytes).toString('hex')}`),
  { nil: '', freq: 2 },
);
const separators = ['.', ':', '$', '|', '--', '::', ';', ',', '!', '~'];

/** IV and body in one run of text. */
const together = fc
  .record({ codec: textCodec, header, ivLast: fc.boolean() })
  .map(({ codec, header, ivLast }) => {
    const atoms = ivLast ? ['body', 'iv'] : ['iv', 'body'];
    return [`«${[header, ...atoms].filter(Boolean).join('+')}:${codec}»`];
  });
/** Two runs of text, in either order. */
const apart = fc
  .record({ iv: textCodec, body: textCodec, ivLast: fc.boolean() })
  .map(({ iv, body, ivLast }) =>
    ivLast ? [`«body:${body}»`, `«iv:${iv}»`] : [`«iv:${iv}»`, `«body:${body}»`],
  );

const prefix = fc.constantFrom(
  '',
  '',
  'enc:',
  'v1_',
  'v2.',
  'ENC',
  '{aes}',
  '$1$',
  'AES256:',
  'enc ',
  'k7-',
  '0x',
  '!',
);
const suffix = fc.constantFrom('', '', '', '@k2', '.', ' # 2024-01-01', '|end', ';');

/** Runs as one text: joined by a separator that neither encoding has. */
function separated(runs: readonly string[], n: number): string {
  const codecsOf = runs.map((run) => codecs[/:(.*)»/.exec(run)?.[1] as CodecName]);
  const isIn = (separator: string) =>
    codecsOf.some(({ letters }) => new RegExp(`[${letters}]`).test(separator));
  const fitting = separators.filter((separator) => !isIn(separator));
  return runs.join(fitting[n % fitting.length]);
}
const oneText = fc
  .record({ runs: fc.oneof(together, apart), n: fc.nat(20), prefix, suffix })
  .map(({ runs, n, prefix, suffix }) => `${prefix}${separated(runs, n)}${suffix}`);

const textType = fc.constantFrom('text', 'text', 'varchar(2000)');
const asText = fc.record({ type: textType, text: oneText });
const inLines = fc
  .constantFrom('base64-wrapped', 'base64-lines')
  .map((codec) => ({ type: 'text', text: `«iv+body:${codec}»` }));
const inFields = fc
  .record({ runs: fc.oneof(together, apart), end: fc.constantFrom(';', '&', ' ', '\n') })
  .map(({ runs, end }) => {
    const fields = ['user=svc', ...runs.map((run, n) => `p${n}=${run}`), 'host=h«i»'];
    return { type: 'text', text: fields.join(end) };
  });
const inArray = fc
  .record({
    runs: fc.oneof(together, apart),
    words: fc.array(fc.constantFrom('smtp', 'x1'), { maxLength: 2 }),
  })
  .map(({ runs, words }) => ({ type: 'text[]', text: `{${[...words, ...runs].join(',')}}` }));
const inBytes = fc.record({ header, ivLast: fc.boolean() }).map(({ header, ivLast }) => {
  const atoms = [header, ...(ivLast ? ['body', 'iv'] : ['iv', 'body'])].filter(Boolean);
  return { type: 'bytea', text: `\\x«${atoms.join('+')}:hex»` };
});
const inBytesOfText = oneText.map((text) => ({ type: 'bytea', text, bytesOfText: true }));
const inDocument = fc
  .record({
    runs: fc.oneof(
      together,
      apart,
      oneText.map((text) => [text]),
    ),
    type: fc.constantFrom('json', 'jsonb', 'jsonb', 'text'),
    shape: invent.shape,
    within: fc.boolean(),
  })
  .map(({ runs, type, shape, within }) => {
    const document = invent.document(shape, runs);
    const nested = within ? { name: 'n«i»', config: JSON.stringify(document) } : document;
    return { type, text: jsonText(nested, type === 'jsonb') };
  });

const ivColumn = fc.oneof(
  textCodec.map((codec) => ({ type: 'text', text: `«iv:${codec}»` })),
  fc.constant({ type: 'bytea', text: '\\x«iv:hex»' }),
);
const bodyColumn = fc.oneof(
  fc
    .record({ prefix, codec: textCodec })
    .map(({ prefix, codec }) => ({ type: 'text', text: `${prefix}«body:${codec}»` })),
  fc.constant({ type: 'bytea', text: '\\x«body:hex»' }),
);
const ivName = fc.constantFrom('secret_iv', 'x2', 'nonce');

const oneColumn = fc
  .oneof(asText, inLines, inFields, inArray, inBytes, inBytesOfText, inDocument, inDocument)
  .map((secret) => ({ secret }));
const twoColumns = fc
  .record({ name: ivName, iv: ivColumn, secret: bodyColumn, ivFirst: fc.boolean() })
  .map(({ name, iv, secret, ivFirst }) => (ivFirst ? { [name]: iv, secret } : { secret, [name]: iv }));
const others = fc.subarray(['digest', 'etag', 'label']).map((names) =>
  Object.fromEntries(
    names.map((name) => [
      name,
      {
        type: 'text',
        text: { digest: '«noise32:hex»', etag: '«noise16:base64»', label: 'row «i»' }[name] as string,
      },
    ]),
  ),
);

/** Whatever an application may have thought of. */
export const inventedForm: fc.Arbitrary<InventedForm> = fc.record({
  columns: fc
    .tuple(others, fc.oneof({ arbitrary: oneColumn, weight: 3 }, { arbitrary: twoColumns, weight: 1 }))
    .map(([beside, columns]) => ({ ...beside, ...columns })),
  cipher: fc.record({
    algorithm: fc.constantFrom('aes-256-cfb', 'aes-256-cfb', 'aes-256-cfb8'),
    padding: fc.constantFrom('none', 'none', 'pkcs7'),
    text: fc.constant('utf8'),
  }) as fc.Arbitrary<ApplicationCipher>,
  plaintext: fc.constantFrom(...(Object.keys(plaintextKinds) as (keyof typeof plaintextKinds)[])),
  gaps: fc.constantFrom('none', 'null', 'empty'),
});

/** The form with its gaps: a row without a value has neither IV nor body. */
export function writtenFormOf({ columns, cipher, plaintext, gaps }: InventedForm): WrittenForm {
  const withGaps = Object.entries(columns).map(([name, column]) => {
    const empty = gaps === 'empty' ? emptyOf(column) : null;
    const hasValue = /«[^»]*\b(iv|body)\b/.test(column.text);
    const text = (i: number) => (hasValue && gaps !== 'none' && i % 4 === 3 ? empty : column.text);
    return [name, { ...column, text }] as const;
  });
  return { columns: Object.fromEntries(withGaps), cipher, plaintext: plaintextKinds[plaintext], rows: 32 };
}

/** NULL where the type has nothing that is empty. */
function emptyOf({ type, bytesOfText }: InventedColumn): string | null {
  if (type === 'bytea') return bytesOfText ? '' : '\\x';
  return type === 'text' || type.startsWith('varchar') ? '' : null;
}
