import { expect, test } from 'vitest';
import { createChosenFiles } from '#procedures/chosen-files';

const refused = expect.objectContaining({ code: 'file-not-chosen' });

function codeOf(run: () => void): unknown {
  try {
    run();
    return 'allowed';
  } catch (error) {
    return error;
  }
}

test('a file is used for what its dialog asked, and for nothing else', () => {
  const chosen = createChosenFiles();
  const { assertChosen } = chosen;
  chosen.add('/backup.age', 'open-age');
  expect(codeOf(() => assertChosen('/backup.age', 'open-age', 'save-age'))).toBe('allowed');
  for (const purpose of ['save-activity', 'save-report-pdf', 'save-archive', 'open-env'] as const)
    expect(codeOf(() => assertChosen('/backup.age', purpose))).toEqual(refused);
  expect(codeOf(() => assertChosen('/backup.age'))).toEqual(refused);
  expect(codeOf(() => assertChosen('/./backup.age', 'open-age'))).toEqual(refused);
  chosen.add('/backup.age', 'save-activity');
  expect(codeOf(() => assertChosen('/backup.age', 'save-activity'))).toBe('allowed');
  expect(codeOf(() => assertChosen('/backup.age', 'save-age'))).toEqual(refused);
});
