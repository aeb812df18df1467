import type { Segment } from '#crypto/cfb';
import { ivLength } from '#crypto/cfb';
import type { EncodingName } from '#forms/encodings';
import { defaultLayout, type Layout, namedLayout, type TemplateName, templateNames } from '#forms/layout';
import type { Part, Template } from '#forms/template';
import type { Range } from '#forms/template-match';
import { ivEncodings, ivStretches } from './iv/iv-stretches.ts';
import { templateOf } from './pieces.ts';
import { spanEncodings, stretches } from './runs.ts';
import type { TailGroup } from './tails.ts';

/** A layout that texts may have. Its cipher's segment is known or not; where its IV is not in the text, it has no place for one. */
export interface BodyCandidate {
  readonly template: Template;
  readonly segment?: Segment;
  /** Where the IV is: before its body in one run, which the other blocks do not tell from the first block of a body; or known by opening it. */
  readonly iv: 'assumed' | 'in-text' | 'elsewhere';
  /** The layout needs a salt, which makes it slow to try. */
  readonly salted?: TemplateName;
}

/** Candidates from runs that are known to be encrypted with the key. */
export function candidatesFromTails(texts: readonly string[], tails: readonly TailGroup[]): BodyCandidate[] {
  return tails.slice(0, tailsFollowed).flatMap(({ encoding, segment, before, after, runs }) => {
    const keep: Part[] = before > 0 ? [{ keep: before }] : [];
    const spreads = runs.map(({ text, from, to }) => ({
      text: texts[text] as string,
      ranges: [{ from, to }],
    }));
    const single = (parts: readonly Part[]) => templateOf(spreads, [{ encoding, parts }]);
    const candidates: BodyCandidate[] = [];
    if (after > 0) candidates.push({ template: single([...keep, 'body', 'iv']), segment, iv: 'in-text' });
    else {
      candidates.push({ template: single([...keep, 'iv', 'body']), segment, iv: 'assumed' });
      candidates.push({ template: single([...keep, 'body']), segment, iv: 'elsewhere' });
      for (const parts of ivAmongKept(before))
        candidates.push({ template: single(parts), segment, iv: 'in-text' });
      for (const template of [
        ...withIvInText(spreads, { encoding, keep }),
        ...withIvInFront(spreads, encoding),
      ]) {
        candidates.push({ template, segment, iv: 'in-text' });
      }
    }
    return candidates;
  });
}

const tailsFollowed = 4;

/** Parts of a run whose IV is among the bytes before its body: what is between them is kept. */
function ivAmongKept(before: number): Part[][] {
  const kept = (count: number): Part[] => (count > 0 ? [{ keep: count }] : []);
  const places = [...Array(Math.max(0, before - ivLength + 1)).keys()];
  return places.map((from) => [...kept(from), 'iv', ...kept(before - ivLength - from), 'body']);
}

/** Templates with the IV in another run of the same text. */
function withIvInText(
  spreads: readonly { readonly text: string; readonly ranges: readonly Range[] }[],
  { encoding, keep }: { encoding: EncodingName; keep: readonly Part[] },
): Template[] {
  const templates: Template[] = [];
  for (const ivEncoding of ivEncodings) {
    const all = ivStretches(
      spreads.map(({ text }) => text),
      ivEncoding,
    );
    const found = spreads.map(({ ranges }, i) => {
      const [body] = ranges as [Range];
      return (all[i] as Range[]).filter(({ from, to }) => to <= body.from || from >= body.to);
    });
    for (const side of ['before', 'after'] as const) {
      const pairs = spreads.flatMap(({ text, ranges }, i) => {
        const [body] = ranges as [Range];
        const beside = (found[i] as Range[]).filter(({ from }) => from < body.from === (side === 'before'));
        const iv = side === 'before' ? beside.at(-1) : beside[0];
        return iv ? [{ text, ranges: side === 'before' ? [iv, body] : [body, iv] }] : [];
      });
      if (pairs.length * 2 < spreads.length || pairs.length === 0) continue;
      const ivSpan = { encoding: ivEncoding, parts: ['iv'] as const };
      const bodySpan = { encoding, parts: [...keep, 'body' as const] };
      templates.push(templateOf(pairs, side === 'before' ? [ivSpan, bodySpan] : [bodySpan, ivSpan]));
    }
  }
  return templates;
}

/** Templates with the IV right before the body, in another encoding: digits of a fixed number, so nothing has to be between them. */
function withIvInFront(
  spreads: readonly { readonly text: string; readonly ranges: readonly Range[] }[],
  encoding: EncodingName,
): Template[] {
  return fixedIvDigits.flatMap(({ encoding: ivEncoding, digits }) => {
    const split = spreads.flatMap(({ text, ranges }) => {
      const [{ from, to }] = ranges as [Range];
      const fits = to - from > digits && ivEncoding !== encoding;
      return fits
        ? [
            {
              text,
              ranges: [
                { from, to: from + digits },
                { from: from + digits, to },
              ],
            },
          ]
        : [];
    });
    if (split.length < spreads.length) return [];
    return [
      templateOf(split, [
        { encoding: ivEncoding, parts: ['iv'] },
        { encoding, parts: ['body'] },
      ]),
    ];
  });
}

const fixedIvDigits = [
  { encoding: 'hex', digits: 32 },
  { encoding: 'raw', digits: 16 },
] as const;

/** Candidates for texts whose runs are too short to tell by themselves: layouts that many applications use, and pairs of runs. */
export function commonCandidates(texts: readonly string[], isText: boolean): BodyCandidate[] {
  const candidates: BodyCandidate[] = [];
  for (const prefix of ['', ...commonPrefixes(texts)]) {
    for (const name of templateNames) {
      if (isText && (name === 'raw' || name === 'grafana-raw')) continue;
      const { template } = namedLayout(name, prefix);
      const salted = name.startsWith('grafana') ? { salted: name } : {};
      candidates.push({ template, iv: name.includes(':') ? 'in-text' : 'assumed', ...salted });
    }
  }
  if (!isText) candidates.push({ template: bodyOnly('raw'), iv: 'elsewhere' });
  for (const encoding of spanEncodings) candidates.push({ template: bodyOnly(encoding), iv: 'elsewhere' });
  for (const template of pairedRuns(texts)) candidates.push({ template, iv: 'in-text' });
  return candidates;
}

/** Base64 that is escaped for a URL, of which the runs between the escapes tell too little. */
export function percentCandidates(texts: readonly string[]): BodyCandidate[] {
  const escaped = texts.filter((text) => /^[A-Za-z0-9]*%(?:2[bf]|3d)/i.test(text));
  if (escaped.length < 2) return [];
  const encoding = 'base64percent';
  return [
    { template: [{ span: { encoding, parts: ['iv', 'body'] } }], iv: 'assumed' },
    { template: bodyOnly(encoding), iv: 'elsewhere' },
  ];
}

function bodyOnly(encoding: EncodingName): Template {
  return [{ span: { encoding, parts: ['body'] } }];
}

/**
 * Literal prefixes that many texts share, like `ENC:`, `<enc-v1>` or `v2:`: up to 24 characters, ending in something that base64
 * and hex do not have, or in `_` or `-`.
 */
function commonPrefixes(texts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) {
    const head = text.slice(0, 24);
    for (const { index } of head.matchAll(/[^A-Za-z0-9+/=\s]/g)) {
      const prefix = head.slice(0, index + 1);
      counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
    }
  }
  const enough = Math.max(2, texts.length / 5);
  return [...counts]
    .filter(([, count]) => count >= enough || count === texts.length)
    .map(([prefix]) => Buffer.from(prefix, 'latin1').toString('utf8'));
}

/** Two runs of a text, one of them 16 bytes: an IV and a body in either order, between what else is there. */
function pairedRuns(texts: readonly string[]): Template[] {
  const templates: Template[] = [];
  for (const ivEncoding of ivEncodings) {
    const all = ivStretches(texts, ivEncoding);
    const withIv = texts.flatMap((text, i) => {
      const [iv, ...more] = all[i] as Range[];
      return iv && more.length === 0 ? [{ text, iv }] : [];
    });
    if (withIv.length < 2) continue;
    for (const encoding of spanEncodings) {
      for (const side of ['before', 'after'] as const) {
        const spreads = withIv.flatMap(({ text, iv }) => {
          const others = stretches(text, encoding).filter(({ from, to }) =>
            side === 'before' ? from > iv.to : to < iv.from,
          );
          const body = side === 'before' ? others[0] : others.at(-1);
          return body ? [{ text, ranges: side === 'before' ? [iv, body] : [body, iv] }] : [];
        });
        if (spreads.length < 2) continue;
        const ivSpan = { encoding: ivEncoding, parts: ['iv'] as const };
        const bodySpan = { encoding, parts: ['body'] as const };
        templates.push(templateOf(spreads, side === 'before' ? [ivSpan, bodySpan] : [bodySpan, ivSpan]));
      }
    }
  }
  return templates;
}

/** Settings of the cipher that occur, or for a salted layout of its derivation, each with those of the plaintext. */
export function variantsOf({ template, segment, salted }: BodyCandidate): [Layout, ...Layout[]][] {
  if (salted) {
    const layout = { ...namedLayout(salted), template };
    return [[layout], [{ ...layout, derivation: 'key-bytes' }]];
  }
  const segments: readonly Segment[] = segment ? [segment] : ['cfb128', 'cfb8'];
  return segments.map((segment) => {
    const layout = { ...defaultLayout, template, segment };
    return [layout, ...plaintextVariants.map((variant) => ({ ...layout, ...variant }))];
  });
}

/** Beside a plaintext that is the secret as it is. */
const plaintextVariants: readonly Partial<Layout>[] = [
  { innerBase64: true },
  { padding: 'pkcs7' },
  { padding: 'pkcs7', innerBase64: true },
  { padding: 'one-byte' },
  { padding: 'zero' },
];
