import { checkedLines } from '#backup/age/line-checks';
import { sealedSteps, withKeel } from './paper-steps.ts';
import { quietZone } from '#backup/pictures/qr-matrix';
import type { Sheet } from './paper-sheet.ts';
import { fonts, inks } from './paper-type.ts';

export const sealedTitle = 'Encrypted key';
export const sealedSubtitle =
  'The encryption key of this environment, encrypted with a passphrase: useless without it.';

/** Side of the code, in points. */
const roomiest = 236;
/** What stands between the code and its text in letters. */
const stepsAndHeadings = 187;
/** From one line of letters to the next. */
const lineHeight = 10.6;

/** The code with a place for the passphrase beside it, the same text in letters, and how to open it. */
export function drawSealed(sheet: Sheet, matrix: readonly (readonly boolean[])[], armored: string): void {
  const { doc, left, width } = sheet;
  const lines = checkedLines(armored);
  const letters = lines.length * lineHeight;
  // a long name above takes from the code, not from what stands below it
  const side = Math.min(roomiest, sheet.bottom - sheet.y - letters - stepsAndHeadings);
  drawMatrix(sheet, matrix, left, sheet.y, side);
  const column = left + side + 24;
  const top = sheet.y;
  sheet.y = top + 4;
  const beside = { left: column, width: width - side - 24 };
  doc
    .font(fonts.strong)
    .fontSize(11.5)
    .fillColor(inks.text)
    .text('Passphrase', column, sheet.y, { width: beside.width });
  sheet.y = doc.y + 4;
  sheet.paragraph(
    'Write it here only if this sheet is locked away. Otherwise leave this empty and keep the passphrase somewhere else.',
    beside,
  );
  for (let line = 0; line < 3; line++) {
    const y = sheet.y + 28 + line * 32;
    doc
      .moveTo(column, y)
      .lineTo(left + width, y)
      .lineWidth(0.8)
      .strokeColor(inks.quiet)
      .stroke();
  }
  sheet.y = top + side - 34;
  sheet.paragraph(
    'Anyone with this sheet and the passphrase has the key. Do not fold the sheet across the code.',
    {
      ...beside,
      ink: inks.quiet,
    },
  );
  sheet.y = top + side + 22;
  sheet.heading('Restore the key without Keel');
  sheet.steps(sealedSteps);
  sheet.paragraph(withKeel('use a photo or scan of this sheet'), { ink: inks.quiet });
  sheet.y += 10;
  sheet.heading('The same as text, in case the code cannot be read');
  sheet.paragraph(
    '# and four letters are a check: with them, Keel finds a mistyped line. Omit them for other programs.',
    { ink: inks.quiet },
  );
  doc.font(fonts.mono).fontSize(8);
  const checks = left + doc.widthOfString('x'.repeat(68));
  for (const { line, check } of lines) {
    doc.fillColor(inks.text).text(line, left, sheet.y, { lineBreak: false });
    if (check) doc.fillColor(inks.quiet).text(`#${check}`, checks, sheet.y, { lineBreak: false });
    sheet.y += lineHeight;
  }
}

/** All dark modules in one path, so that no hairline shows between them. */
function drawMatrix(
  { doc }: Sheet,
  matrix: readonly (readonly boolean[])[],
  left: number,
  top: number,
  side: number,
): void {
  const module = side / (matrix.length - 2 * quietZone);
  for (const [y, row] of matrix.entries()) {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      const start = x;
      while (row[x + 1]) x++;
      doc.rect(
        left + (start - quietZone) * module,
        top + (y - quietZone) * module,
        (x - start + 1) * module,
        module * 1.01,
      );
    }
  }
  doc.fill('#000000');
}
