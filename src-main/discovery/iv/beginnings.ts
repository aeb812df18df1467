/**
 * What the beginnings of decrypted values tell of the frame: that they are whole, that they begin in the middle, or nothing. With
 * CFB a body that is taken for IV ‖ body opens cleanly, but for its first 16 bytes, which are then missing.
 */
export type Beginning = 'whole' | 'cut' | 'unknown';

const knownBeginnings =
  /^(?:[a-z][a-z0-9+.-]{1,15}:\/\/|-----BEGIN |xox[abps]-|xapp-|gh[opsu]_|github_pat_|glpat-|[rs]k_(?:live|test)_|sk-|ya29\.|1\/\/|A[KS]IA|AIza|SG\.|eyJ|EAA|shpat_|dop_v1_|ntn_|lin_api_)/;

/** What one value's beginning tells. */
export function beginningOf(secret: Uint8Array): Beginning {
  const text = Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength).toString('utf8').trim();
  if (isDocument(text) || knownBeginnings.test(text)) return 'whole';
  return isCut(text) ? 'cut' : 'unknown';
}

/** What the beginnings of many values tell: a tenth that are cut tell more than many that say nothing. */
export function beginningsOf(secrets: readonly Uint8Array[]): Beginning {
  const kinds = secrets.map(beginningOf);
  const cut = kinds.filter((one) => one === 'cut').length;
  const whole = kinds.filter((one) => one === 'whole').length;
  if (cut > 0 && cut >= whole && cut * 10 >= kinds.length) return 'cut';
  return whole * 4 >= kinds.length && whole > 0 ? 'whole' : 'unknown';
}

function isDocument(text: string): boolean {
  if (!/^[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isCut(text: string): boolean {
  // the end of a document whose beginning is missing: more closed than opened
  if (/[}\]]$/.test(text) && /["\d\]}el]\s*[}\]]$/.test(text) && closesMore(text)) return true;
  if (text.includes('-----END ') && !text.includes('-----BEGIN ')) return true;
  // the end of an address: `ost.example.com:5432/name`
  if (/^[\w.-]*@[\w.-]+(?::\d+)?\/[\w-]/.test(text)) return true;
  return /^[\w%.~-]*:[^\s/@]*@[\w.-]+(?::\d+)?\//.test(text);
}

function closesMore(text: string): boolean {
  let depth = 0;
  let inString = false;
  let lowest = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '\\') i++;
    else if (character === '"') inString = !inString;
    else if (!inString && (character === '{' || character === '[')) depth++;
    else if (!inString && (character === '}' || character === ']')) {
      depth -= 1;
      lowest = Math.min(lowest, depth);
    }
  }
  // a cut may fall within a string, which turns the meaning of every quotation mark around
  return lowest < 0 || inString;
}
