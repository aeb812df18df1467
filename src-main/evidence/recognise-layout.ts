import type { EncryptionKey } from '#crypto/encryption-key';
import { type EnvelopeName, envelopes } from '#crypto/envelopes';
import { defaultLayout, type Layout, readCell } from '#crypto/layouts';
import { type AssayResult, ColumnAssay } from './column-assay.ts';
import { countInto, judgeCells } from './judge-cells.ts';

/** A layout under which a key opens a sample, with the evidence for it. */
export interface RecognisedLayout {
  readonly layout: Layout;
  readonly assay: AssayResult;
  /** A few of the opened secrets, to tell their kind. The caller wipes them. */
  readonly secrets: readonly Uint8Array[];
}

/** The freedom to try so many layouts costs evidence: log₂ of the number of combinations, rounded up. */
const searchBits = 7;
const secretsKept = 20;

/** Settings of cipher and plaintext that occur, for any envelope; Grafana's have their own key derivation. */
const variants: readonly Partial<Layout>[] = [
  {},
  { segment: 'cfb8' },
  { innerBase64: true },
  { pkcs7: true },
  { segment: 'cfb8', pkcs7: true },
  { segment: 'cfb8', innerBase64: true },
];
const saltedVariants: readonly Partial<Layout>[] = [{}, { rawSecret: true }];
/** PBKDF2 costs milliseconds a value, so salted layouts are tried on few. */
const saltedSample = 12;
const beyondDoubtBits = 128;

/**
 * Tries every known layout on a sample of cells and returns the one that the evidence for `key` is strongest for, or
 * undefined. Bits are already reduced for the search.
 */
export async function recogniseLayout(
  texts: readonly Buffer[],
  key: EncryptionKey,
): Promise<RecognisedLayout | undefined> {
  let best: RecognisedLayout | undefined;
  const shapes = matchingShapes(texts);
  for (const shape of [...shapes.filter((one) => !isSalted(one)), ...shapes.filter(isSalted)]) {
    const salted = isSalted(shape);
    if (salted && best && opensBeyondDoubt(best.assay)) continue;
    const sample = salted ? texts.slice(0, saltedSample) : texts;
    for (const variant of salted ? saltedVariants : variants) {
      const candidate = await tryLayout({ ...shape, ...variant }, key, sample);
      if (candidate.assay.bits > (best?.assay.bits ?? 0)) {
        wipeAll(best?.secrets);
        best = candidate;
      } else wipeAll(candidate.secrets);
    }
  }
  return best;
}

function isSalted({ envelope }: Layout): boolean {
  return envelope.startsWith('grafana');
}

/** Every value opens, with evidence that no few salted values could outdo. */
function opensBeyondDoubt({ contradicted, unrecognised, bits }: AssayResult): boolean {
  return contradicted + unrecognised === 0 && bits >= beyondDoubtBits;
}

/** Layouts, but for cipher and plaintext settings, that at least a third of the cells have to the letter. */
export function matchingShapes(texts: readonly Buffer[]): Layout[] {
  const shapes: Layout[] = [];
  for (const prefix of ['', ...commonPrefixes(texts)]) {
    for (const envelope of Object.keys(envelopes) as EnvelopeName[]) {
      const layout = { ...defaultLayout, prefix, envelope };
      const fits = texts.filter((text) => readCell(layout, text)).length;
      if (fits * 3 >= texts.length && fits > 0) shapes.push(layout);
    }
  }
  return shapes;
}

/**
 * Literal prefixes that a third of the cells share, like `ENC:`, `<enc-v1>` or `v2:`: up to 24 characters, ending in
 * something that base64 and hex do not have, or in `_` or `-`.
 */
function commonPrefixes(texts: readonly Buffer[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) {
    const head = text.subarray(0, 24).toString('latin1');
    for (const { index } of head.matchAll(/[^A-Za-z0-9+/=\s]/g)) {
      const prefix = head.slice(0, index + 1);
      counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
    }
  }
  return [...counts].filter(([, count]) => count * 3 >= texts.length).map(([prefix]) => prefix);
}

async function tryLayout(
  layout: Layout,
  key: EncryptionKey,
  texts: readonly Buffer[],
): Promise<RecognisedLayout> {
  const assay = new ColumnAssay(layout);
  using judged = await judgeCells(layout, key, texts);
  countInto(assay, judged.cells);
  const result = assay.result();
  const secrets = judged.cells
    .filter((cell) => cell && cell.evidence.verdict !== 'contradicted' && cell.plaintext.length > 0)
    .slice(0, secretsKept)
    .map((cell) => Uint8Array.from(cell?.plaintext ?? []));
  return { layout, secrets, assay: { ...result, bits: Math.max(0, result.bits - searchBits) } };
}

function wipeAll(secrets: readonly Uint8Array[] = []): void {
  for (const secret of secrets) secret.fill(0);
}
