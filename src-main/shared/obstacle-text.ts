/** Why a credential of an archive cannot be written back, for people. */
export const obstacleWords = {
  'foreign-key': 'the column is part of a foreign key',
  'no-document': 'the cell is not a JSON document',
  'no-place': 'its place no longer exists, exists twice, or is not in a JSON document',
  'array-changed': 'the elements of its array have moved',
  'several-forms': 'the column’s values are in several formats',
  'no-iv': 'its separately stored IV is missing',
  'iv-apart': 'its IV is stored separately, and a new secret encrypted with the same key needs a new one',
} as const;
