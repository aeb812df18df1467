/** −log2 of the chance that a given character is at a given place of random clean text. */
const bitsPerCharacter = Math.log2(98);

const tokenPrefixes = [
  'xoxb-',
  'xoxp-',
  'xapp-',
  'ghp_',
  'gho_',
  'github_pat_',
  'glpat-',
  'sk_live_',
  'sk_test_',
  'rk_live_',
  'sk-',
  'secret_',
  'ntn_',
  'ya29.',
  '1//',
  'AKIA',
  'ASIA',
  'AIza',
  'SG.',
  'eyJ',
  'EAA',
  'shpat_',
  'dop_v1_',
  'pat-',
  'lin_api_',
  '-----BEGIN ',
];

/**
 * Further bits from the shape of text already known to be clean: a JSON document, a URL, the prefix of a known kind of
 * token. Each is a lower bound of −log2 of the chance that random clean text has that shape.
 */
export function structureBits(text: string): number {
  // one bit less, since `{}` and `[]` are two of the few clean texts of two bytes
  if (/^\s*[{[]/.test(text) && isJson(text)) return 2 * bitsPerCharacter - 1;
  // `://` after at most 16 characters of scheme
  if (/^[a-z][a-z0-9+.-]{0,15}:\/\//i.test(text)) return 3 * bitsPerCharacter - 4;
  const prefix = tokenPrefixes.find((known) => text.startsWith(known));
  return prefix ? prefix.length * bitsPerCharacter - Math.log2(tokenPrefixes.length) : 0;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
