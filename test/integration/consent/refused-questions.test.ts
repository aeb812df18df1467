import { test } from 'vitest';
import { type LongName, procedures, type QuickName } from '#contract/procedures';
import type { AskedWindow } from '#test/support/consent/asked-window';
import { refuseEveryQuestion } from '#test/support/consent/refuse-every-question';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { openTestWindow, type TestWindow } from '#test/support/window';

test('what the admin does not agree to is not done, for every procedure that asks', {
  timeout: 240_000,
}, async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  await refuseEveryQuestion(asked(window), database);
});

function asked(window: TestWindow): AskedWindow {
  const { desk } = window;
  return {
    home: window.home,
    folder: window.home,
    must: (name, input) => window.must(name, input as never),
    async attempt(name, input) {
      const outcome = procedures[name].long
        ? await window.run(name as LongName, input as never)
        : await window.call(name as QuickName, input as never);
      return outcome.ok ? 'done' : outcome.error.code;
    },
    async choose(path, purpose, fingerprint) {
      desk.nextFile = path;
      await window.must('files.choose', { purpose: purpose as never, fingerprint });
    },
    async answer(agrees) {
      desk.agrees = agrees;
    },
    questions: async () => desk.questions,
  };
}
