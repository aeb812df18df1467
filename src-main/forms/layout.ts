import type { Segment } from '#crypto/cfb';
import { KeelError } from '#errors/keel-error';
import { cbcWithMacOf } from '#schemes/cbc-hmac';
import { parseKeyReading } from '#schemes/key-reading';
import {
  type CipherName,
  cipherNames,
  isAuthenticated,
  ivRules,
  readingOf,
  type Scheme,
} from '#schemes/scheme';
import {
  formatTemplate,
  holds,
  latin1,
  parseTemplate,
  type Part,
  type Piece,
  type Template,
} from './template.ts';
import type { EncodingName } from './encodings.ts';

/** How the plaintext is padded before it is encrypted. `one-byte` is what .NET does in CFB8: a single 0x01. */
export const paddings = ['none', 'pkcs7', 'one-byte', 'zero'] as const;
export type Padding = (typeof paddings)[number];

/** What the cipher's key is: the key itself, or one derived from its text, or from its bytes, with a salt per value (Grafana). */
export type Derivation = 'none' | 'key-text' | 'key-bytes';

/**
 * How a column writes its ciphertexts: the text around their spans, and what is unusual about the cipher or the plaintext. In an
 * inventory it is one line: `base64`, `'ENC:' hex:base64 cfb8 pkcs7`, or a template in double quotes, `"secret={iv+body
 * base64};{*}"`. Those of other applications include their cipher and how their key is read, `"{iv12 hex}:{body hex}:{tag16 hex}"
 * aes-gcm key:hex`.
 */
export interface Layout {
  readonly template: Template;
  readonly segment: Segment;
  readonly padding: Padding;
  /** The plaintext is base64 of the actual secret. */
  readonly innerBase64: boolean;
  readonly derivation: Derivation;
  /** Of another application, with another cipher or another way to read its key. Absent for Ballast's own. */
  readonly scheme?: Scheme;
}

const joined: readonly Part[] = ['iv', 'body'];
const grafanaParts: readonly Part[] = [{ optional: '*YWVzLWNmYg*' }, 'salt', 'iv', 'body'];

const span = (encoding: EncodingName, parts: readonly Part[]): Piece => ({ span: { encoding, parts } });
const separated = (iv: EncodingName, body: EncodingName): Template => [
  span(iv, ['iv']),
  { literal: ':' },
  span(body, ['body']),
];

/** Templates that have a name, because many applications use them. */
const named = {
  base64: [span('base64', joined)],
  base64url: [span('base64url', joined)],
  hex: [span('hex', joined)],
  base32: [span('base32', joined)],
  raw: [span('raw', joined)],
  'hex:base64': separated('hex', 'base64'),
  'hex:hex': separated('hex', 'hex'),
  'base64:base64': separated('base64', 'base64'),
  grafana: [span('base64', grafanaParts)],
  'grafana-raw': [span('raw', grafanaParts)],
} as const satisfies Record<string, Template>;
export type TemplateName = keyof typeof named;
export const templateNames = Object.keys(named) as TemplateName[];

export const defaultLayout: Layout = {
  template: named.base64,
  segment: 'cfb128',
  padding: 'none',
  innerBase64: false,
  derivation: 'none',
};

/** The layout with a named template, after a literal prefix. */
export function namedLayout(name: TemplateName, prefix = ''): Layout {
  const template = named[name];
  return templateLayout(prefix === '' ? template : [{ literal: latin1(prefix) }, ...template]);
}

/** The layout of a template, with nothing unusual: a salt is there to derive a key from. */
function templateLayout(template: Template): Layout {
  return { ...defaultLayout, template, derivation: holds(template, 'salt') ? 'key-text' : 'none' };
}

const words = {
  cfb8: { segment: 'cfb8' },
  pkcs7: { padding: 'pkcs7' },
  'one-byte-padding': { padding: 'one-byte' },
  'zero-padding': { padding: 'zero' },
  'inner-base64': { innerBase64: true },
  'raw-secret': { derivation: 'key-bytes' },
} as const satisfies Record<string, Partial<Layout>>;

/** Reads the one-line form; throws `layout-unknown` with the word that is not known. */
export function parseLayout(text: string): Layout {
  const template = /^"((?:[^"]|"")*)"(?:\s+|$)/.exec(text);
  if (template) {
    const written = (template[1] as string).replaceAll('""', '"');
    return modified(templateLayout(parseTemplate(written)), text.slice(template[0].length));
  }
  const quoted = /^'((?:[^']|'')*)'\s+/.exec(text);
  const rest = text.slice(quoted?.[0].length ?? 0);
  const name = /^\S*/.exec(rest)?.[0] ?? '';
  if (!Object.hasOwn(named, name)) throw unknownWord(name);
  const layout = namedLayout(name as TemplateName, quoted?.[1]?.replaceAll("''", "'"));
  return modified(layout, rest.slice(name.length).trimStart());
}

function modified(layout: Layout, modifiers: string): Layout {
  let result = layout;
  const ofScheme: string[] = [];
  for (const word of modifiers === '' ? [] : modifiers.split(/\s+/)) {
    if (isSchemeWord(word)) {
      ofScheme.push(word);
      continue;
    }
    if (!Object.hasOwn(words, word)) throw unknownWord(word);
    // an inventory of version 1 may have it anywhere, where it means nothing without a salt
    if (word === 'raw-secret' && result.derivation === 'none') continue;
    result = { ...result, ...words[word as keyof typeof words] };
  }
  return ofScheme.length === 0 ? result : withScheme(result, ofScheme);
}

function isSchemeWord(word: string): boolean {
  return /^(?:keys?|aad|iv|mac):/.test(word) || cipherNames.some((name) => name === word && name !== 'cfb');
}

/** Ciphers that pad their last block. */
const padded: readonly CipherName[] = ['aes-cbc', 'fernet', 'laravel-cbc'];

function withScheme(layout: Layout, given: readonly string[]): Layout {
  const cipher = cipherNames.find((name) => given.includes(name)) ?? 'cfb';
  const [keyWord = '', ...more] = given.filter((word) => /^keys?:/.test(word));
  const key = keyWord.replace(/^keys?:/, '');
  const isList = keyWord.startsWith('keys:');
  const valueOf = (word: string) => given.find((one) => one.startsWith(`${word}:`))?.slice(word.length + 1);
  const [aad, ivWord, mac] = ['aad', 'iv', 'mac'].map(valueOf);
  const iv = ivRules.find((rule) => rule === ivWord);
  const scheme: Scheme = {
    ...{ cipher, key, isList },
    ...(aad !== undefined && { aad }),
    ...(iv && { iv }),
    ...(mac !== undefined && { mac }),
  };
  if (mac !== undefined && !(cipher === 'aes-cbc' && cbcWithMacOf(mac))) throw unknownWord(`mac:${mac}`);
  // only a value that is proven by its tag shows how its IV was made, and it has to be written with the value
  if (ivWord !== undefined && !(iv && isAuthenticated(scheme) && holds(layout.template, 'iv')))
    throw unknownWord(`iv:${ivWord}`);
  if (more.length > 0 || !parseKeyReading(key)) throw unknownWord(keyWord || 'key:');
  // with several keys, only a tag shows which one a value is encrypted with
  if (isList && !isAuthenticated(scheme)) throw unknownWord(keyWord);
  const padding = padded.includes(cipher) && layout.padding === 'none' ? 'pkcs7' : layout.padding;
  return { ...layout, derivation: 'none', padding, scheme };
}

/** More than this is slow, in microseconds. */
const slowCost = 100;

/** Whether each value has a key of its own, and one that takes a while to derive. */
export function isSlowToDerive({ scheme }: Layout): boolean {
  const reading = scheme && readingOf(scheme);
  return reading !== undefined && 'cost' in reading && reading.cost > slowCost;
}

/** Whether the IV of each value is derived from its salt, with the key. */
export function derivesIv({ scheme }: Layout): boolean {
  const reading = scheme && readingOf(scheme);
  return reading !== undefined && 'ivBytes' in reading && reading.ivBytes > 0;
}

function formatScheme({ cipher, key, isList, aad, iv, mac }: Scheme): string[] {
  return [
    ...(cipher === 'cfb' ? [] : [cipher]),
    `${isList ? 'keys' : 'key'}:${key}`,
    ...(mac === undefined ? [] : [`mac:${mac}`]),
    ...(aad === undefined ? [] : [`aad:${aad}`]),
    ...(iv === undefined ? [] : [`iv:${iv}`]),
  ];
}

/** The one-line form; `parseLayout` reads it back. */
export function formatLayout(layout: Layout): string {
  const modifiers = Object.entries(words)
    .filter(([, change]) =>
      Object.entries(change).every(([field, value]) => layout[field as keyof Layout] === value),
    )
    // a cipher in blocks says as much
    .filter(([word]) => !(word === 'pkcs7' && layout.scheme && padded.includes(layout.scheme.cipher)))
    .map(([word]) => word);
  return [
    formatNamed(layout.template) ?? `"${formatTemplate(layout.template).replaceAll('"', '""')}"`,
    ...(layout.scheme ? formatScheme(layout.scheme) : []),
    ...modifiers,
  ].join(' ');
}

/** The name of a template, with the literal before it in quotes; undefined if it has none. */
function formatNamed(template: Template): string | undefined {
  const [first] = template;
  const prefix = typeof first === 'object' && 'literal' in first ? first.literal : '';
  const rest = formatTemplate(prefix === '' ? template : template.slice(1));
  const name = templateNames.find((one) => formatTemplate(named[one]) === rest);
  if (!name || prefix === '') return name;
  const text = Buffer.from(prefix, 'latin1').toString('utf8');
  return latin1(text) === prefix ? `'${text.replaceAll("'", "''")}' ${name}` : undefined;
}

function unknownWord(word: string): KeelError {
  return new KeelError(
    'layout-unknown',
    `the layout word \`${word}\` is unknown`,
    `use one of ${templateNames.join(', ')}, or a template in double quotes; it may be followed by ${Object.keys(words).join(', ')}, and, for applications other than Ballast, by a cipher (${cipherNames.slice(1).join(', ')}) and by how its key is read, like \`key:base64\``,
  );
}
