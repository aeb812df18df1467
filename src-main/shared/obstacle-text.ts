/** Why a credential of an archive cannot be written back, for people. */
export const obstacleWords = {
  'foreign-key': 'a foreign key holds the column',
  'no-document': 'the cell holds no JSON document',
  'no-place': 'its place is gone or there twice, or is not in a JSON document',
  'array-changed': 'the elements of its array have moved',
  'several-forms': 'the column’s values are written in several forms',
  'no-iv': 'its IV, which is stored apart from it, is missing',
  'iv-apart': 'its IV is stored apart from it, and a new secret under the same key needs a new one',
} as const;
