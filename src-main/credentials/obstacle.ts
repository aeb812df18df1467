/**
 * Why an archived credential cannot be written into a row that is there. `foreign-key`: one holds its column; `no-document`: its
 * cell holds no document; `no-place`: nor does its document hold what it was in, or not once only, or it was in no document but in
 * an array, an hstore or a row value; `array-changed`: the elements of its array are not the archived ones, so that its index names
 * another; `several-forms`: the column's values do not say how to write it; `no-iv`: the IV that it would be encrypted under stands
 * apart from it, and is missing; `iv-apart`: that IV is in another column, or that of other values too, and a new secret under the
 * same key needs a new one.
 */
export const obstacles = [
  'foreign-key',
  'no-document',
  'no-place',
  'array-changed',
  'several-forms',
  'no-iv',
  'iv-apart',
] as const;
export type Obstacle = (typeof obstacles)[number];
