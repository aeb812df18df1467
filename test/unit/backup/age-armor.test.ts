import { armor } from 'age-encryption';
import { describe, expect, test } from 'vitest';
import { dearmor, isArmored, readingsOfArmor } from '#backup/age/age-armor';

/** Not sealed by anybody: the armor is what matters here. */
const file = Buffer.concat([
  Buffer.from('age-encryption.org/v1\n-> scrypt c2FsdHNhbHRzYWx0c2Fs 18\n'),
  Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 73 + 11) % 256)),
]);
const whole = armor.encode(file);
const lines = whole.trimEnd().split('\n');
const body = lines.slice(1, -1);
const each = (change: (line: string) => string, from = lines) => from.map(change).join('\n');
const quotedPrintable = whole.replaceAll('=', '=3D').replace(/(.{60})/g, '$1=\n');

describe('an age file is read from its armor', () => {
  test.for<[string, string | Buffer]>([
    ['as it is', whole],
    ['with Windows line ends', each((line) => `${line}\r`)],
    ['with blanks at the ends', each((line) => `${line}  `)],
    ['indented', each((line) => `    ${line}`)],
    ['quoted by mail', each((line) => `> ${line}`)],
    ['quoted twice', each((line) => `>> ${line}`)],
    ['quoted in another manner', each((line) => `> > ${line}`)],
    ['as a list', each((line) => `- ${line}`, body)],
    ['with numbered lines', body.map((line, at) => `${at + 1}. ${line}`).join('\n')],
    ['on one line', lines.join('')],
    ['on one line with blanks', lines.join(' ')],
    ['wrapped anew', `${lines[0]}\n${body.join('').replace(/(.{50})/g, '$1\n')}\n${lines.at(-1)}`],
    ['with blank lines between', lines.join('\n\n')],
    ['without its first line', lines.slice(1).join('\n')],
    ['without its last line', lines.slice(0, -1).join('\n')],
    ['without both', body.join('\n')],
    ['with dashes that a phone made prettier', whole.replaceAll('-----', '——-')],
    ['with a greeting before and a signature behind', `Hi,\nhere it is:\n\n${whole}\n-- \nBob\n`],
    ['as quoted-printable', quotedPrintable],
    ['as HTML', `<pre>${lines.join('<br>')}</pre>`.replaceAll('+', '&#43;').replaceAll('/', '&#47;')],
    ['in a string with escapes', JSON.stringify(whole)],
    ['in a code block', `\`\`\`\n${whole}\`\`\`\n`],
    ['with blanks that cannot be seen', each((line) => `\u200b${line}\u00a0`)],
    ['with a byte order mark', `\uFEFF${whole}`],
    ['in UTF-16', Buffer.from(`\uFEFF${whole}`, 'utf16le')],
    ['without its padding', whole.replace(/=+\n-----END/, '\n-----END')],
    ['in full-width letters', whole.replace(/[A-Z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0))],
    ['with the numbers of `cat -n`', each((line) => `     7\t${line}`)],
    ['with the numbers of an editor', lines.map((line, at) => `${at + 1} ${line}`).join('\n')],
    ['with numbers and bars', lines.map((line, at) => `${at + 1} | ${line}`).join('\n')],
    ['quoted with a name', each((line) => `Alice> ${line}`)],
    ['quoted with a nick', each((line) => `<bob> ${line}`)],
    ['as lines of a diff', each((line) => `+${line}`)],
    ['as a diff', `+++ b/key.age\n@@ -0,0 +1,9 @@\n${each((line) => `+${line}`)}\n`],
    ['twice', `${whole}\n${whole}`],
    ['twice without its lines', `${body.join('\n')}\n${body.join('\n')}`],
    ['in base64 once more', Buffer.from(whole).toString('base64')],
    [
      'in base64 once more, wrapped',
      Buffer.from(whole)
        .toString('base64')
        .replace(/(.{76})/g, '$1\n'),
    ],
    ['in base64url', each((line) => line.replaceAll('+', '-').replaceAll('/', '_'), body)],
    [
      'in base64url between its lines',
      `${lines[0]}\n${each((line) => line.replaceAll('+', '-').replaceAll('/', '_'), body)}\n${lines.at(-1)}`,
    ],
    ['in a URL', encodeURIComponent(whole)],
    ['with blanks for pluses', whole.replaceAll('+', ' ')],
    ['with blanks for pluses, those at line ends lost', each((line) => line.replaceAll('+', ' ').trimEnd())],
  ])('%s', async ([, text]) => {
    const bytes = Buffer.from(text as string);
    expect(isArmored(bytes)).toBe(true);
    const readings = await readingsOfArmor(bytes);
    expect(readings.some((one) => file.equals(one))).toBe(true);
    expect(readings.length).toBeLessThan(7);
  });

  test('but not where two are in one text, or there is none', async () => {
    const other = armor.encode(Buffer.concat([file, Buffer.from('another')]));
    expect(await dearmor(Buffer.from(`${whole}${other}`))).toBeUndefined();
    expect(await dearmor(Buffer.from('-----BEGIN AGE ENCRYPTED FILE-----\nnothing\n'))).toBeUndefined();
    expect(isArmored(Buffer.from('abandon ability able'))).toBe(false);
  });
});
