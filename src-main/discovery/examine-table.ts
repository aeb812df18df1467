import type { EncryptedColumn } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { looksLikeNoise } from '#evidence/looks-encrypted';
import { defaultLayout, formatLayout } from '#forms/layout';
import type { CatalogTable } from '#postgres/catalog';
import type { Sample } from '#postgres/sample';
import { doubtInWords } from './doubt.ts';
import { isExplained, withoutExplainedIvs } from './explained-ivs.ts';
import { findConflicts } from './conflicts.ts';
import type { Candidate, Finding } from './finding.ts';
import { type AssumedCandidate, type Describe, describer, describeFound } from './describe-found.ts';
import { splitGenerations } from './generations.ts';
import { foreignCandidate, likelyLayout } from './examine-looks.ts';
import { withoutOverlaps } from './overlapping-places.ts';
import { type ExaminedPlace, recognise } from './recognise.ts';
import { meansTheSame, withoutRepeats } from './same-place.ts';
import { groupTexts, type TextGroup } from './texts.ts';

export interface ExaminedTable {
  readonly candidates: readonly Candidate[];
  readonly conflicts: readonly Finding[];
  readonly further: readonly Finding[];
  /** Values of candidates whose IV is assumed, which other tables may contradict. */
  readonly assumed: readonly AssumedCandidate[];
}

/** What the key opens of a table's sample, place by place; and where that contradicts entries of an inventory. */
export async function examineTable(
  table: Pick<CatalogTable, 'schema' | 'name'>,
  sample: Sample,
  key: EncryptionKey,
  listed: readonly EncryptedColumn[],
): Promise<ExaminedTable> {
  const groups = sample.columns.flatMap((column, i) =>
    groupTexts(
      column,
      sample.rows.map((row) => row[i] ?? null),
    ),
  );
  const recognised: ExaminedPlace[] = [];
  const examined: ExaminedPlace[] = [];
  try {
    for (const group of groups) {
      if (group.column.shape.kind === 'uuid') continue;
      const recognition = await recognise(group, groups, key);
      if (!recognition.form && !recognition.tails) continue;
      const place = { group, recognition };
      recognised.push(place);
      examined.push(...(await splitGenerations(place, groups, key)));
    }
    return await describeExamined(table, { sample, groups, examined, key, listed });
  } finally {
    wipe([...recognised, ...examined]);
  }
}

interface ExaminedSample {
  readonly sample: Sample;
  readonly groups: readonly TextGroup[];
  readonly examined: readonly ExaminedPlace[];
  readonly key: EncryptionKey;
  readonly listed: readonly EncryptedColumn[];
}

async function describeExamined(
  table: Pick<CatalogTable, 'schema' | 'name'>,
  { sample, groups, examined, key, listed }: ExaminedSample,
): Promise<ExaminedTable> {
  const chosen = withoutOverlaps(withoutExplainedIvs(examined));
  const explained = new Set(chosen.flatMap(({ recognition }) => recognition.form?.ivGroup ?? []));
  const describe = describer(table);
  const candidates: Candidate[] = [];
  const assumed: AssumedCandidate[] = [];
  for (const one of chosen) {
    const around = groups.filter((group) => group !== one.within);
    const found = await describeFound(one, { groups: around, explained, describe, key, sample });
    candidates.push(...found.candidates);
    assumed.push(...found.assumed);
  }
  candidates.push(...lookAlikes(groups, candidates, explained, describe));
  const denials = findConflicts(
    sample,
    listed,
    candidates.filter(({ status }) => status === 'proven'),
  );
  return { candidates, ...denials, assumed };
}

/** Places that look encrypted and that the key does not open. */
function lookAlikes(
  groups: readonly TextGroup[],
  found: readonly Candidate[],
  explained: ReadonlySet<TextGroup>,
  describe: Describe,
): Candidate[] {
  const alike = groups.flatMap((group): Candidate[] => {
    if (group.column.shape.kind === 'uuid' || isExplained(group, explained)) return [];
    const isFound = found.some(({ entry }) => meansTheSame(entry, describe(group, { layout: 'base64' })));
    const foreign = isFound
      ? undefined
      : foreignCandidate(group, true, (layout) => describe(group, { layout }));
    if (foreign) return [foreign];
    const isNoise = () => looksLikeNoise([...new Set(group.texts.map(({ text }) => text))]);
    const layout = isFound ? undefined : (likelyLayout(group) ?? (isNoise() ? defaultLayout : undefined));
    if (!layout) return [];
    const entry = describe(group, { layout: formatLayout(layout) });
    const doubt = { of: 'unopened', sampled: group.texts.length } as const;
    return [{ status: 'unopened' as const, entry, why: doubtInWords(doubt), doubt }];
  });
  return withoutRepeats(alike);
}

function wipe(examined: readonly ExaminedPlace[]): void {
  for (const { recognition } of examined)
    for (const secret of recognition.form?.secrets ?? []) secret.fill(0);
}
