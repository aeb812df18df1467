import type { EncryptedColumn } from '#contract/inventory';
import { looksEncrypted } from '#evidence/looks-encrypted';
import { ciphertextReader } from '#forms/ciphertext';
import { defaultLayout, formatLayout, type Layout } from '#forms/layout';
import type { CatalogTable } from '#postgres/catalog';
import type { Sample } from '#postgres/sample';
import { counted, formatCount } from '#shared/counted';
import { commonCandidates } from './bodies.ts';
import type { Candidate } from './finding.ts';
import { foreignLook } from './foreign/foreign-look.ts';
import { withoutRepeats } from './same-place.ts';
import { describer } from './describe-found.ts';
import { groupTexts, type TextGroup } from './texts.ts';

/**
 * Columns whose values look encrypted; nothing can be said about their IV or their segment. Without a key, unless that of `application` was
 * tried in all of its forms and decrypts none of them.
 */
export function examineLooks(table: CatalogTable, sample: Sample, application?: string): Candidate[] {
  const describe = describer(table);
  return sample.columns.flatMap((column, i) => {
    if (column.shape.kind === 'uuid') return [];
    const groups = groupTexts(
      column,
      sample.rows.map((row) => row[i] ?? null),
      true,
    );
    const found = groups.flatMap((group): Candidate[] => {
      const foreign = foreignCandidate(group, application !== undefined, (layout) =>
        describe(group, { layout }),
      );
      if (foreign) return [foreign];
      // nothing of Ballast's is a document as a whole
      if (isWholeDocument(group)) return [];
      const layout = likelyLayout(group);
      if (!layout) return [];
      const why = `${formatCount(group.texts.length)} sampled values look encrypted; ${application === undefined ? 'unproven without a key' : notDecrypted(application)}`;
      return [{ entry: describe(group, { layout: formatLayout(layout) }), why, status: 'likely' }];
    });
    const document = found.find(({ entry }) => entry.path === undefined && column.shape.kind === 'json');
    return document ? [document] : withoutRepeats(found);
  });
}

/** A refused tag does not tell which of these it is. */
function notDecrypted(application: string): string {
  return `this key does not decrypt them in a format of ${application}: they are encrypted with another key, in another format, or bound to their rows by associated data, which Keel does not rotate`;
}

function isWholeDocument({ column, steps }: TextGroup): boolean {
  return column.shape.kind === 'json' && steps === undefined;
}

/** What is said of texts that another application than Ballast writes; undefined for those that may be Ballast's. `isTried`: see `foreignLook`. */
export function foreignCandidate(
  group: TextGroup,
  isTried: boolean,
  describe: (layout: string) => EncryptedColumn,
): Candidate | undefined {
  const look = foreignLook([...new Set(group.texts.map(({ text }) => text))], isTried);
  if (!look) return undefined;
  const sampled = group.texts.length;
  return {
    status: 'unopened',
    entry: describe(look.layout ?? formatLayout(defaultLayout)),
    why: `${counted(sampled, 'sampled value')} ${look.words}`,
    doubt: { of: 'unopened', sampled },
    foreign: look.names,
  };
}

/** The layout that texts seem to have, where they look encrypted. */
export function likelyLayout(group: TextGroup): Layout | undefined {
  const texts = [...new Set(group.texts.map(({ text }) => text))];
  const isText = group.column.shape.kind !== 'bytes' || group.steps !== undefined;
  return commonCandidates(texts, isText)
    .filter(({ iv }) => iv !== 'elsewhere')
    .map(({ template }): Layout => ({ ...defaultLayout, template }))
    .filter((layout) => {
      const reader = ciphertextReader(layout);
      const fits = texts.filter((text) => reader.read(text)).length;
      return fits * 3 >= texts.length && fits > 0;
    })
    .find((layout) => looksEncrypted(layout, texts));
}
