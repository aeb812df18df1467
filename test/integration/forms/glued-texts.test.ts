import { beforeAll, describe, expect, test } from 'vitest';
import { outcomesOf } from '#test/support/forms/written-batch';
import type { Outcome } from '#test/support/forms/written-rotation';

/** Words right before or after an encoded run, in characters that the run may have too: nothing shows where it begins. */
const forms: Readonly<Record<string, string>> = {
  '0x before an IV in base64url': '0x«iv:base64url».«body:base64url»',
  'a version before an IV in base64url': 'v1«iv:base64url».«body:hex»',
  'a word before an IV in hex': 'ENC«iv:hex»:«body:base64»',
  'hex letters before an IV in hex': 'ae«iv:hex»:«body:base64»',
  'a version before an IV in base64': 'v1«iv:base64»:«body:hex»',
  'a word before an IV in base32': 'AES«iv:base32»-«body:base64»',
  'an id before an IV in base64url': 'k7-«iv:base64url».«body:base64»',
  'a version and an underscore before an IV in base64url': 'v1_«iv:base64url-padded»:«body:base64url»',
  'a word before a body whose IV is after it': 'ENC«body:base64-unpadded».«iv:hex»',
  'a word before an IV that is after its body': '«body:hex».iv«iv:base64url»',
  'a word after an IV': '«body:base64».«iv:base64url»k2',
  'a word after an IV that is first': '«iv:base64url»k2.«body:base64»',
  'a word before IV and body in one run': 'ENC«iv+body:base64url»',
  'a word before body and IV in one run': '0x«body+iv:base64url»',
};
const columns = (text: string) => ({ columns: { secret: text } });

describe('a text with', () => {
  let outcomes: ReadonlyMap<string, Outcome>;
  const tableOf = (name: string) => `form_${Object.keys(forms).indexOf(name)}`;
  beforeAll(async () => {
    const named = Object.entries(forms).map(([name, text]) => [`${tableOf(name)}_`, columns(text)]);
    outcomes = await outcomesOf(Object.fromEntries(named));
  }, 300_000);

  test.for(Object.keys(forms))('%s is rotated', (name) => {
    const { verdict, why } = outcomes.get(`${tableOf(name)}_`) as Outcome;
    expect(verdict, why).toBe('rotated');
  });
});
