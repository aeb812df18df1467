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

test('a place for a backup is for one key, and used up by the file that is written', () => {
  const chosen = createChosenFiles();
  const { assertChosen, forWriting } = chosen;
  chosen.add('/new.age', 'save-age', 'key-a');
  expect(codeOf(() => forWriting('/new.age', 'save-age', 'key-b'))).toEqual(refused);
  expect(codeOf(() => forWriting('/new.age', 'save-age'))).toEqual(refused);
  expect(codeOf(() => forWriting('/new.age', 'save-words', 'key-a'))).toEqual(refused);
  expect(codeOf(() => forWriting('/new.age', 'save-recipients', 'key-a'))).toEqual(refused);
  // what could not be written may be tried again
  forWriting('/new.age', 'save-age', 'key-a');
  const written = forWriting('/new.age', 'save-age', 'key-a');
  expect(codeOf(() => assertChosen('/new.age', 'open-age'))).toEqual(refused);
  written();
  expect(codeOf(() => forWriting('/new.age', 'save-age', 'key-a'))).toEqual(refused);
  expect(codeOf(() => assertChosen('/new.age', 'open-age'))).toBe('allowed');
});

test('a place without a key is for one file, too', () => {
  const chosen = createChosenFiles();
  const { forWriting } = chosen;
  chosen.add('/report.pdf', 'save-report-pdf');
  forWriting('/report.pdf', 'save-report-pdf')();
  expect(codeOf(() => forWriting('/report.pdf', 'save-report-pdf'))).toEqual(refused);
});
