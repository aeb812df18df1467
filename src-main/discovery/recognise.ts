import type { EncryptedColumn } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { ColumnFigures } from '#evidence/column-statistics';
import type { Layout } from '#forms/layout';
import {
  type BodyCandidate,
  candidatesFromTails,
  commonCandidates,
  percentCandidates,
  variantsOf,
} from './bodies.ts';
import { cellsOf, cellsWithIvs, evaluate, type ReadText, readTexts } from './evaluate.ts';
import { type IvCandidate, ivCandidates } from './iv/iv-candidates.ts';
import { findTails, type TailGroup } from './tails.ts';
import type { TextGroup } from './texts.ts';

/** A form under which a key opens a sample, with the evidence for it. */
export interface Recognised {
  readonly layout: Layout;
  readonly iv?: EncryptedColumn['iv'];
  /** The place that `iv` names, where it is in the row, and what is there beside each text. */
  readonly ivGroup?: TextGroup;
  readonly ivValues?: IvCandidate['values'];
  readonly statistics: ColumnFigures;
  /** Some of the opened secrets. The caller wipes them. */
  readonly secrets: readonly Uint8Array[];
  /**
   * `proven`: the first block opens under the IV at its place. `assumed`: the IV is taken to be the first 16 bytes of the run, since
   * no other place opens them.
   */
  readonly frame: 'proven' | 'assumed';
}

/** What was found out about the texts at one place. */
export interface Recognition {
  /** Absent where no form opens them. */
  readonly form?: Recognised;
  /** Runs that are encrypted with the key, whatever their frame; the best proven manner. */
  readonly tails?: TailGroup;
}

/** A place and what was found out about it. */
export interface ExaminedPlace {
  readonly group: TextGroup;
  readonly recognition: Recognition;
  /** Of texts in one of several forms: all texts of the place. */
  readonly within?: TextGroup;
}

const certainBits = 128;
/** PBKDF2 costs milliseconds a value, so salted layouts are tried on few. */
const saltedSample = 12;
/** Of texts whose salts are not the letters and digits that Grafana makes them of, which may be any bytes. */
const unlikelySample = 3;
/** Texts that are opened first; where none of them does, the others are not tried. */
const firstTried = 48;

/** Finds the form that the evidence for `key` is strongest for. Bits are already reduced for the search. */
export async function recognise(
  group: TextGroup,
  groups: readonly TextGroup[],
  key: EncryptionKey,
): Promise<Recognition> {
  const isText = group.column.shape.kind !== 'bytes' || group.steps !== undefined;
  const texts = group.texts.map(({ text }) => text);
  const distinct = [...new Set(texts)];
  const tails = findTails(distinct, key, !isText);
  const known = new Set(tails.flatMap(({ runs }) => runs.map(({ text }) => distinct[text])));
  const isKnown = (text: string) => known.has(text);
  const ivs = ivCandidates(group, groups, known.size > 0 ? isKnown : undefined);
  const search = new Search(group, key, ivs, known);
  for (const candidate of percentCandidates(distinct)) await search.tryCandidate(candidate);
  for (const candidate of candidatesFromTails(distinct, tails)) await search.tryCandidate(candidate);
  if (!search.isCertain) {
    const common = commonCandidates(distinct, isText);
    for (const candidate of common.filter(({ salted }) => !salted)) await search.tryCandidate(candidate);
    if (!search.isCertain) {
      for (const candidate of common.filter(({ salted }) => salted)) await search.trySalted(candidate);
    }
  }
  const form = search.result();
  const [best] = tails;
  return { ...(form && { form }), ...(best && { tails: best }) };
}

class Search {
  readonly #key: EncryptionKey;
  readonly #ivs: readonly IvCandidate[];
  readonly #texts: readonly string[];
  /** The numbers of the texts, those first that are known to hold something encrypted with the key. */
  readonly #order: readonly number[];
  #tried = 0;
  #best: Recognised | undefined;

  constructor(
    group: TextGroup,
    key: EncryptionKey,
    ivs: readonly IvCandidate[],
    known: ReadonlySet<string | undefined>,
  ) {
    this.#key = key;
    this.#ivs = ivs;
    this.#texts = group.texts.map(({ text }) => text);
    const numbers = [...this.#texts.keys()];
    const isKnown = (number: number) => known.has(this.#texts[number]);
    this.#order = [...numbers.filter(isKnown), ...numbers.filter((number) => !isKnown(number))];
  }

  /** Every value opens, with evidence that no other layout could outdo. */
  get isCertain(): boolean {
    const { statistics, layout } = this.#best ?? {};
    return (
      statistics !== undefined &&
      layout?.padding === 'none' &&
      statistics.contradicted + statistics.unrecognised === 0 &&
      statistics.bits >= certainBits
    );
  }

  async trySalted(candidate: BodyCandidate): Promise<void> {
    const read = readTexts(candidate.template, this.#texts, this.#order);
    const isLikely = ({ ciphertext }: ReadText) =>
      ciphertext?.salt !== undefined && /^[A-Za-z0-9]+$/.test(ciphertext.salt.toString('latin1'));
    const likely = read.filter(isLikely);
    const others = read.filter((one) => one.ciphertext && !isLikely(one));
    const some = [...likely, ...others].slice(0, saltedSample);
    const first = likely.length > 0 ? saltedSample : unlikelySample;
    await this.#try(candidate, cellsOf(some), { frame: 'assumed' }, first);
  }

  async tryCandidate(candidate: BodyCandidate): Promise<void> {
    const read = readTexts(candidate.template, this.#texts, this.#order);
    if (candidate.iv !== 'elsewhere') {
      const frame = candidate.iv === 'assumed' ? 'assumed' : 'proven';
      await this.#try(candidate, cellsOf(read), { frame });
      return;
    }
    for (const { iv, values, group } of this.#ivs) {
      const place = { frame: 'proven', iv, ivValues: values, ...(group && { ivGroup: group }) } as const;
      await this.#try(candidate, cellsWithIvs(read, values), place);
    }
  }

  async #try(
    candidate: BodyCandidate,
    cells: ReturnType<typeof cellsOf>,
    place: Pick<Recognised, 'frame' | 'iv' | 'ivGroup' | 'ivValues'>,
    first = firstTried,
  ): Promise<void> {
    for (const layouts of variantsOf(candidate)) {
      this.#tried += layouts.length;
      for (const found of cells ? await evaluate(layouts, this.#key, cells, first) : []) {
        if (found.statistics.bits > (this.#best?.statistics.bits ?? 0)) {
          wipe(this.#best?.secrets);
          this.#best = { ...place, ...found };
        } else wipe(found.secrets);
      }
    }
  }

  /** The freedom to try so many forms costs evidence. */
  result(): Recognised | undefined {
    if (!this.#best) return undefined;
    const { statistics } = this.#best;
    const bits = Math.max(0, statistics.bits - Math.ceil(Math.log2(Math.max(2, this.#tried))));
    return { ...this.#best, statistics: { ...statistics, bits } };
  }
}

function wipe(secrets: readonly Uint8Array[] = []): void {
  for (const secret of secrets) secret.fill(0);
}
