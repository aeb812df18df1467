import { buffer } from 'node:stream/consumers';
import type { PostureFinding, PostureReport } from '#contract/posture';
import { isWaived } from '#posture/waivers';
import { countFindings } from '#posture/judge/judge-posture';
import { byArea, momentOf, sentence, statusWord, statusWords, waiverText } from './report-text.ts';

const margin = 48;
const gutter = 74;
const colours = {
  text: '#16202a',
  dim: '#56646f',
  line: '#dfe4e9',
  fail: '#ac2218',
  warn: '#875000',
  unknown: '#56646f',
  pass: '#17703a',
} as const;

type Document = InstanceType<typeof import('pdfkit')>;

/** The report as a PDF on A4, with page numbers. Its fonts are those that every reader has, so it embeds none. */
export async function reportAsPdf(report: PostureReport): Promise<Buffer> {
  const { default: PdfDocument } = await import('pdfkit');
  const title = `Encryption posture of ${report.subject}`;
  const page = new PdfDocument({
    size: 'A4',
    margin,
    bufferPages: true,
    info: { Title: winAnsi(title), Creator: 'Keel' },
    lang: 'en',
  });
  const whole = buffer(page);
  const width = page.page.width - 2 * margin;
  page.font('Helvetica-Bold').fontSize(19).fillColor(colours.text).text(winAnsi(title), { width });
  page.moveDown(0.3);
  const checked = `Checked by Keel on ${momentOf(report)}. This report contains no secrets, but it lists weaknesses: share it only with those who fix them.`;
  for (const note of [checked, noteOnCharacters(report) ?? []].flat()) {
    page.font('Helvetica').fontSize(9.5).fillColor(colours.dim).text(note, { width });
  }
  drawCounts(page, report, width);
  for (const { title, findings } of byArea(report.findings)) {
    const [first] = findings;
    // a heading is not left alone at the foot of a page
    if (first) makeRoom(page, 40 + heightOf(page, first, width));
    page.moveDown(1.1);
    page
      .font('Helvetica-Bold')
      .fontSize(13)
      .fillColor(colours.text)
      .text(winAnsi(title), margin, page.y, { width });
    page.moveDown(0.3);
    for (const finding of findings) drawFinding(page, finding, width);
  }
  numberPages(page);
  page.end();
  return whole;
}

function drawCounts(page: Document, { findings }: PostureReport, width: number): void {
  const counts = countFindings(findings);
  const top = page.y + 14;
  const each = width / 4;
  for (const [at, status] of (['fail', 'warn', 'unknown', 'pass'] as const).entries()) {
    const x = margin + at * each;
    page
      .moveTo(x, top)
      .lineTo(x + each - 10, top)
      .lineWidth(2)
      .strokeColor(colours[status])
      .stroke();
    page
      .font('Helvetica-Bold')
      .fontSize(18)
      .fillColor(colours[status])
      .text(String(counts[status]), x, top + 8);
    page
      .font('Helvetica')
      .fontSize(9)
      .fillColor(colours.dim)
      .text(statusWords[status], x, top + 30);
  }
  page.x = margin;
  page.y = top + 44;
}

/** The texts of a finding with their looks, in their order. */
function partsOf(finding: PostureFinding) {
  const { title, seen, remedy, why } = finding;
  const waiver = waiverText(finding);
  const [bold, normal] = ['Helvetica-Bold', 'Helvetica'];
  const part = (font: string, size: number, colour: string, plain: string) => ({
    ...{ font, size, colour, plain },
    text: winAnsi(plain),
  });
  return [
    part(bold, 10, colours.text, title),
    part(normal, 9.5, colours.text, sentence(seen)),
    ...(waiver === undefined ? [] : [part(normal, 9.5, colours.text, waiver)]),
    ...(remedy === undefined ? [] : [part(bold, 9.5, colours.text, `To do: ${sentence(remedy)}`)]),
    part(normal, 8.5, colours.dim, why),
  ];
}

function heightOf(page: Document, finding: PostureFinding, width: number): number {
  return partsOf(finding).reduce(
    (sum, { font, size, text }) =>
      sum +
      page
        .font(font)
        .fontSize(size)
        .heightOfString(text, { width: width - gutter }) +
      1.5,
    14,
  );
}

function drawFinding(page: Document, finding: PostureFinding, width: number): void {
  makeRoom(page, heightOf(page, finding, width));
  const top = page.y;
  page
    .moveTo(margin, top)
    .lineTo(margin + width, top)
    .lineWidth(0.5)
    .strokeColor(colours.line)
    .stroke();
  page
    .font('Helvetica-Bold')
    .fontSize(10)
    .fillColor(isWaived(finding) ? colours.dim : colours[finding.status])
    .text(statusWord(finding), margin, top + 6, { width: gutter - 8 });
  let y = top + 6;
  for (const { font, size, colour, text } of partsOf(finding)) {
    page
      .font(font)
      .fontSize(size)
      .fillColor(colour)
      .text(text, margin + gutter, y, { width: width - gutter });
    y = page.y + 1.5;
  }
  page.x = margin;
  page.y = y + 6;
}

function makeRoom(page: Document, height: number): void {
  if (page.y + height > page.page.height - margin - 14) page.addPage();
}

function numberPages(page: Document): void {
  const { count } = page.bufferedPageRange();
  for (let at = 0; at < count; at++) {
    page.switchToPage(at);
    // below the margin, where text would otherwise begin a new page
    page.page.margins.bottom = 0;
    page
      .font('Helvetica')
      .fontSize(8)
      .fillColor(colours.dim)
      .text(`Page ${at + 1} of ${count}`, margin, page.page.height - margin + 10, {
        width: page.page.width - 2 * margin,
        align: 'right',
        lineBreak: false,
      });
  }
}

/** What the standard fonts have: Windows-1252. */
const unshown = /[^\x20-\x7e\u00a0-\u00ff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]+/gu;

/** A text in the standard fonts: characters that they lack are named by their code points, so that none is lost. */
function winAnsi(text: string): string {
  return text
    .normalize('NFC')
    .replace(unshown, (run) => `[${Array.from(run, (character) => codePoint(character)).join(' ')}]`);
}

/** Like `U+682A`. */
function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** What a reader has to know of those, with the first as an example; undefined where the fonts have all. */
function noteOnCharacters({ subject, findings }: PostureReport): string | undefined {
  const texts = findings.flatMap((finding) => partsOf(finding).map(({ plain }) => plain));
  const run = [subject, ...texts].join(' ').normalize('NFC').match(unshown)?.[0];
  if (run === undefined) return undefined;
  const [first = ''] = run;
  return `The fonts of this PDF lack some of the characters. Each is written as its Unicode code point, such as [${codePoint(first)}]; the HTML report shows the characters themselves.`;
}
