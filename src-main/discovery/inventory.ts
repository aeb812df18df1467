import type { EncryptedColumn, Inventory } from '#contract/inventory';

/** An inventory of the lowest version that can say it, so that an older Keel reads it if it can. */
export function inventoryOf(columns: EncryptedColumn[]): Inventory {
  const isOld = ({ layout, iv, path }: EncryptedColumn) =>
    iv === undefined &&
    !/^"|^('(?:[^']|'')*'\s+)?base32\b|-padding\b/.test(layout) &&
    path !== '$' &&
    !/\[\d+\]/.test(path ?? '');
  const isOfScheme = ({ layout }: EncryptedColumn) => /(?:^|\s)keys?:\S+/.test(layout);
  return { version: columns.some(isOfScheme) ? 3 : columns.every(isOld) ? 1 : 2, columns };
}
