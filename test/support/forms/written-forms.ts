import { createHash, randomBytes } from 'node:crypto';
import type { WrittenForm } from './written-table.ts';

/** What is wanted of a form at least: a rotation where its IV can be found, else a refusal that names it. */
export interface NamedForm extends WrittenForm {
  readonly name: string;
  readonly wanted: 'rotated' | 'refused';
  /** Not every server has it. */
  readonly extension?: string;
}

const text = (text: string) => ({ type: 'text', text });
const json = (text: string) => ({ type: 'jsonb', text });
export const rotated = (
  name: string,
  columns: WrittenForm['columns'],
  more: Omit<WrittenForm, 'columns'> & { readonly extension?: string } = {},
): NamedForm => ({
  name,
  wanted: 'rotated',
  columns,
  ...more,
});
export const refused = (...args: Parameters<typeof rotated>): NamedForm => ({
  ...rotated(...args),
  wanted: 'refused',
});

/** The first block of a hash: nothing that could be found in the row, the key or the code. */
const hashed = (algorithm: string, text: string) =>
  createHash(algorithm).update(text).digest().subarray(0, 16);
/** What Keel is never told. */
const applicationsOwn = randomBytes(32).toString('hex');

/** Where the IV is: the name goes on after "a ciphertext whose IV is". */
export const formsOfIv: readonly NamedForm[] = [
  rotated('in another column, as base64', { secret: '«body:base64»', secret_iv: '«iv:base64»' }),
  rotated('in another column, as hex', { secret: '«body:hex»', secret_iv: '«iv:hex»' }),
  rotated('in another column, both as hex after 0x', { secret: '0x«body:hex»', secret_iv: '0x«iv:hex»' }),
  rotated('in another column, in text that differs from row to row', {
    secret: '«body:base64»',
    meta: 'alg=cfb; iv=«iv:base64»; row=«i»',
  }),
  rotated('in a leaf beside it, after a word', {
    secret: json('{"body": "«body:base64»", "meta": {"params": "iv:«iv:hex»/256"}}'),
  }),
  rotated('in another column, both bytea', {
    secret: { type: 'bytea', text: '\\x«body:hex»' },
    secret_iv: { type: 'bytea', text: '\\x«iv:hex»' },
  }),
  rotated('in a bytea column beside a base64 text', {
    secret: '«body:base64»',
    secret_iv: { type: 'bytea', text: '\\x«iv:hex»' },
  }),
  rotated('in a column whose name tells nothing', { secret: '«body:base64»', x2: '«iv:base64»' }),
  rotated('in a column before it, among others that look like one', {
    digest: '«noise32:hex»',
    nonce: '«noise16:hex»',
    x2: '«iv:hex»',
    etag: '«noise16:base64»',
    secret: '«body:base64»',
  }),
  rotated('in one column, for two secrets', {
    secret: '«body#1:base64»',
    other: '«body#2:base64»',
    secret_iv: '«iv#1:hex»',
  }),
  rotated('in two columns, for two secrets', {
    user_iv: '«iv#1:base64»',
    word_iv: '«iv#2:base64»',
    secret: '«body#2:base64»',
    user_name: '«body#1:base64»',
  }),
  rotated("in a JSON text of another encoding (crypto-js's formatter)", {
    secret: '{"ct":"«body:base64»","iv":"«iv:hex»"}',
  }),
  rotated('in a jsonb member beside one of an unusual name', {
    secret: json('{"iv": "«iv:hex»", "encrypted_data": "«body:hex»"}'),
  }),
  rotated('in another branch of a document', {
    secret: json('{"meta": {"n": "«iv:base64»", "alg": "A256CFB"}, "payload": {"d": "«body:base64url»"}}'),
  }),
  rotated('first in a JSON array', { secret: json('["«iv:hex»", "«body:hex»"]') }),
  rotated('last in a JSON array', { secret: json('["«body:base64»", "«iv:base64»"]') }),
  rotated('first in a text array', { secret: { type: 'text[]', text: '{«iv:base64»,«body:base64»}' } }),
  rotated('before a dot, both hex', { secret: '«iv:hex».«body:hex»' }),
  rotated('after a dot, both hex', { secret: '«body:hex».«iv:hex»' }),
  rotated('after two dashes, as Rails writes it', { secret: '«body:base64»--«iv:base64»' }),
  rotated('fourth between dollar signs', { secret: '$ENC$k1$aes-256-cfb$«iv:base64»$«body:base64»' }),
  rotated('in hex with the base64 right behind it', { secret: '«iv:hex»«body:base64»' }),
  rotated('at the end of the bytes', { secret: '«body+iv:base64»' }),
  rotated('at the end of a bytea', { secret: { type: 'bytea', text: '\\x«body+iv:hex»' } }),
  rotated('after a key id of 4 bytes', { secret: '«0x00000001+iv+body:base64»' }),
  rotated('after a version byte', { secret: '«0x01+iv+body:base64»' }),
  rotated('after a version byte in a bytea', { secret: { type: 'bytea', text: '\\x«0x80+iv+body:hex»' } }),
  rotated(
    "the row's uuid",
    { secret: '«body:base64»' },
    {
      idType: 'uuid',
      ivOf: (id) => Buffer.from(id.replaceAll('-', ''), 'hex'),
    },
  ),
  rotated('all zero', { secret: '«body:base64»' }, { ivOf: () => Buffer.alloc(16) }),
  rotated('the first half of the key', { secret: '«body:hex»' }, { ivOf: (_id, key) => key.subarray(0, 16) }),
  refused(
    'a constant that only the application has',
    { secret: '«body:base64»' },
    { ivOf: () => hashed('sha256', applicationsOwn) },
  ),
  refused(
    'another for each row, and nowhere in the database',
    { secret: '«body:base64»' },
    { ivOf: (id) => hashed('sha256', `${applicationsOwn} ${id}`) },
  ),
  refused(
    'a hash of the row id',
    { secret: { type: 'bytea', text: '\\x«body:hex»' } },
    {
      ivOf: (id) => hashed('md5', id),
    },
  ),
];

/** What is around a ciphertext, and in which type of column: the name goes on after "a ciphertext". */
export const formsOfFrame: readonly NamedForm[] = [
  rotated('in a field of key=value text', { secret: 'user=svc;secret=«iv+body:base64»;host=h«i»' }),
  rotated('in a field of a connection string', {
    secret: text('Server=h«i»;Uid=svc;Pwd={«iv+body:base64»}'),
  }),
  rotated('in an element of XML', {
    secret: { type: 'xml', text: '<c><u>svc</u><p>«iv+body:base64»</p></c>' },
  }),
  rotated('in an attribute of XML as text', { secret: '<source n="«i»" pass="«iv+body:hex»"/>' }),
  rotated(
    'in a value of an hstore',
    {
      secret: { type: 'hstore', text: '"user"=>"svc", "secret"=>"«iv+body:base64»"' },
    },
    { extension: 'hstore' },
  ),
  rotated('in each element of a text array', {
    secret: { type: 'text[]', text: '{«iv#1+body#1:base64»,«iv#2+body#2:base64»}' },
  }),
  rotated('in an array of two dimensions', {
    secret: { type: 'text[]', text: '{{smtp,«iv#1+body#1:base64»},{imap,«iv#2+body#2:base64»}}' },
  }),
  rotated('in each element of a bytea array', {
    secret: { type: 'bytea[]', text: '{"\\\\x«iv#1+body#1:hex»","\\\\x«iv#2+body#2:hex»"}' },
  }),
  rotated(
    'in a field of a composite',
    { secret: { type: 'cred', text: '(svc,«iv+body:base64»)' } },
    {
      before: 'CREATE TYPE cred AS (u text, p text)',
    },
  ),
  rotated('in documents in an array', {
    secret: { type: 'jsonb[]', text: '{"{\\"p\\": \\"«iv+body:base64»\\"}"}' },
  }),
  rotated('in a jsonb that is a string', { secret: json('"«iv+body:base64»"') }),
  rotated('in JSON in a string of JSON', {
    secret: json('{"config": "{\\"user\\":\\"svc\\",\\"pass\\":\\"«iv+body:base64»\\"}"}'),
  }),
  rotated('in a JSON text with escaped slashes', {
    secret: '{"user":"svc«i»","pass":"«iv+body:base64-slashed»"}',
  }),
  rotated('in a map by ids, deep in a document', {
    secret: json('{"accounts": {"acc-«i»": [{"kind": "smtp", "token": "«iv+body:base64url»"}]}}'),
  }),
  rotated('in base32', { secret: '«iv+body:base32»' }),
  rotated('in base32, lower case, without padding', { secret: '«iv+body:base32-lower»' }),
  rotated('in base64 in lines', { secret: '«iv+body:base64-lines»' }),
  rotated('in base64 in a query parameter', { secret: 'https://h/cb?t=«iv+body:base64-percent»&n=«i»' }),
  rotated('in base64 in a bytea', { secret: { type: 'bytea', text: '\\x«iv+body:hex-of-base64»' } }),
  rotated('in JSON in a bytea', {
    secret: { type: 'bytea', text: '{"iv":"«iv:base64»","p":"«body:base64»"}', bytesOfText: true },
  }),
  rotated('after a prefix that ends as base64url does', { secret: 'v1_«iv+body:base64»' }),
  rotated('after a prefix that could be base64 itself', { secret: 'enc1«iv+body:base64»' }),
  rotated('after a prefix with a colon', { secret: 'enc:«iv+body:base64-unpadded»' }),
  rotated('in hex with 0x in front', { secret: '0x«iv+body:hex»' }),
  rotated('before a suffix', { secret: '«iv+body:base64url»@k2' }),
  rotated('between braces and words', { secret: 'ENC(«iv+body:hex-upper») # rotated 2024-01-«i»' }),
  rotated(
    'in a domain over an array',
    { secret: { type: 'secrets', text: '{«iv+body:base64»}' } },
    {
      before: 'CREATE DOMAIN secrets AS text[]',
    },
  ),
  rotated(
    'in a citext',
    { secret: { type: 'citext', text: '«iv+body:base64»' } },
    {
      extension: 'citext',
    },
  ),
  rotated('in a char(300)', { secret: { type: 'char(300)', text: '«iv+body:base64»' } }),
  refused('beside another in one text', { secret: '«iv#1+body#1:base64»,«iv#2+body#2:base64»' }),
  rotated('in a line of YAML', { secret: 'user: svc\npass: !enc |\n  «iv+body:base64»\nport: 54«i»\n' }),
];
