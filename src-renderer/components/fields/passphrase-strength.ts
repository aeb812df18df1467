/** What a passphrase for a backup is worth, in words. A guide for people, no measurement. */
export interface PassphraseStrength {
  readonly tone: 'stop' | 'warn' | 'good';
  readonly words: string;
}

/** Below this, age files and sealed files refuse one. */
export const leastPassphraseLength = 12;

/** An upper bound on guessing work: repeated characters and runs like `abcd` or `1234` count once. */
export function judgePassphrase(passphrase: string): PassphraseStrength {
  const length = Array.from(passphrase).length;
  if (length < leastPassphraseLength) {
    const missing = leastPassphraseLength - length;
    return { tone: 'stop', words: `At least ${leastPassphraseLength} characters; ${missing} to go` };
  }
  const bits = effectiveLength(passphrase) * Math.log2(alphabetOf(passphrase));
  if (bits < 50) return { tone: 'warn', words: 'Long enough, but easy to guess; add unrelated words' };
  if (bits < 75) return { tone: 'warn', words: 'Fair; one or two more unrelated words would make it strong' };
  return { tone: 'good', words: 'Strong' };
}

function effectiveLength(passphrase: string): number {
  let length = 0;
  let before = Number.NaN;
  let stepBefore = Number.NaN;
  for (const character of passphrase.toLowerCase()) {
    const code = character.codePointAt(0) ?? 0;
    const step = code - before;
    const runs = step === stepBefore && Math.abs(step) <= 1;
    if (step !== 0 && !runs) length += 1;
    before = code;
    stepBefore = step;
  }
  const different = new Set(passphrase.toLowerCase()).size;
  return Math.min(length, different * 3);
}

function alphabetOf(passphrase: string): number {
  const words = passphrase.trim().split(/[\s_.-]+/).length;
  // words of a language carry far less than their letters could
  if (words > 1 && /^[a-z\s_.-]+$/i.test(passphrase)) return 8;
  let size = 0;
  if (/[a-z]/.test(passphrase)) size += 26;
  if (/[A-Z]/.test(passphrase)) size += 26;
  if (/\d/.test(passphrase)) size += 10;
  if (/[^a-zA-Z\d]/.test(passphrase)) size += 20;
  return Math.max(size, 2);
}
