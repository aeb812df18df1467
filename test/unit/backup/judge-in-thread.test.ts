import { expect, test } from 'vitest';
import { createPassphraseJudge } from '#backup/age/judge-in-thread';
import { judgePassphrase } from '#backup/age/passphrase-strength';
import { Secret } from '#crypto/secret';

const secret = (text: string) => new Secret(Buffer.from(text, 'utf8'));

test('a passphrase is judged in a thread as it would be here, and stays the caller’s', async () => {
  const judge = createPassphraseJudge();
  for (const text of ['hunter2', 'five random words for a test', '\u{fc}ber 9000 gr\u{fc}ne B\u{e4}ume']) {
    using passphrase = secret(text);
    expect(await judge.judge(passphrase)).toEqual(await judgePassphrase(passphrase));
    expect(passphrase.bytes.toString('utf8')).toBe(text);
  }
});

test('a flood of passphrases waits for nobody: all but a few are refused at once', async () => {
  const judge = createPassphraseJudge();
  const asked = Array.from({ length: 60 }, async (_, n) => {
    using passphrase = secret(`${n} some passphrase of a page that was taken over`);
    return judge.judge(passphrase).then(
      () => 'judged',
      (error: { code: string }) => error.code,
    );
  });
  const answers = await Promise.all(asked);
  expect(answers.filter((answer) => answer === 'judged')).toHaveLength(3);
  expect(answers.filter((answer) => answer === 'request-refused')).toHaveLength(57);
});
