import {
  fonts,
  inks,
  margin,
  needsNumbers,
  type PaperSize,
  paperSizes,
  printable,
  printedDate,
} from './paper-type.ts';

/** What is at the head of every sheet. */
export interface SheetFacts {
  readonly environment: string;
  readonly fingerprint: string;
  readonly createdAt: Date;
  /** Like `Recovery words`. */
  readonly title: string;
  readonly subtitle: string;
  /** More of the facts, like the holder of a share. */
  readonly more?: readonly (readonly [label: string, value: string])[];
}

/** A line of a step: words, or something to type that is set as such. */
export type StepLine = string | { readonly type: string };
export type Steps = readonly (readonly StepLine[])[];

/**
 * One page of a kit, filled from the top. Sizes are in points; `y` is where the next thing goes. A thing that would not fit
 * above the foot is a bug and throws, rather than run into it.
 */
export class Sheet {
  readonly doc: PDFKit.PDFDocument;
  readonly left = margin;
  readonly width: number;
  readonly bottom: number;
  y = margin;

  constructor(doc: PDFKit.PDFDocument, paper: PaperSize) {
    const { width, height } = paperSizes[paper];
    this.doc = doc;
    this.width = width - 2 * margin;
    this.bottom = height - margin - 24;
    doc.addPage({ size: [width, height], margin: 0 });
  }

  head(facts: SheetFacts): void {
    const { doc, left, width } = this;
    this.#mark();
    doc.font(fonts.strong).fontSize(9).fillColor(inks.quiet);
    doc.text('KEEL PAPER KIT', left + 22, this.y + 4.5, { characterSpacing: 1.2, lineBreak: false });
    this.y += 32;
    doc.font(fonts.strong).fontSize(24).fillColor(inks.text).text(facts.title, left, this.y, { width });
    this.y = doc.y + 2;
    this.paragraph(facts.subtitle, { size: 10.5, ink: inks.quiet });
    this.y += 12;
    this.#facts([
      ['Environment', facts.environment],
      ...(facts.more ?? []),
      ['Key fingerprint', facts.fingerprint],
      ['Made on', printedDate(facts.createdAt)],
    ]);
    if ([facts.environment, ...(facts.more ?? []).map(([, value]) => value)].some(needsNumbers)) {
      this.paragraph('[U+…] is the Unicode number of a character that this sheet’s font lacks.', {
        size: 8,
        ink: inks.quiet,
      });
    }
    this.y += 14;
  }

  /** A heading within the sheet. */
  heading(text: string): void {
    this.doc.font(fonts.strong).fontSize(11.5).fillColor(inks.text);
    this.doc.text(text, this.left, this.y, { width: this.width });
    this.y = this.doc.y + 5;
  }

  paragraph(
    text: string,
    { size = 9.5, ink = inks.text as string, width = this.width, left = this.left } = {},
  ): void {
    this.doc.font(fonts.text).fontSize(size).fillColor(ink).text(text, left, this.y, { width, lineGap: 1.5 });
    this.y = this.doc.y + 3;
    this.#assertFits();
  }

  /** A line to write on. */
  blankLine(): void {
    this.y += 18;
    this.#rule(this.y);
    this.y += 4;
    this.#assertFits();
  }

  /** A boxed remark with a bar at its side. */
  note(text: string): void {
    const { doc, left, width } = this;
    doc.font(fonts.text).fontSize(9.5);
    const height = doc.heightOfString(text, { width: width - 26, lineGap: 1.5 }) + 16;
    doc.rect(left, this.y, width, height).fill(inks.tint);
    doc.rect(left, this.y, 3, height).fill(inks.accent);
    doc.fillColor(inks.text).text(text, left + 14, this.y + 9, { width: width - 26, lineGap: 1.5 });
    this.y += height + 16;
    this.#assertFits();
  }

  /** Steps by number; what is to be typed is on a line of its own. */
  steps(steps: Steps): void {
    const { doc, left, width } = this;
    for (const [index, lines] of steps.entries()) {
      doc.font(fonts.strong).fontSize(9.5).fillColor(inks.accent);
      doc.text(String(index + 1), left, this.y, { width: 14, lineBreak: false });
      for (const line of lines) {
        if (typeof line === 'string') this.paragraph(line, { left: left + 18, width: width - 18 });
        else {
          doc.font(fonts.monoStrong).fontSize(8.5).fillColor(inks.text);
          doc.text(line.type, left + 18, this.y + 1, { width: width - 18, lineGap: 1.5 });
          this.y = doc.y + 4;
        }
      }
      this.y += 2;
    }
    this.#assertFits();
  }

  /** Numbered words in rows of `columns`, each in a cell of its own, so tight that `below` points are left for what follows. */
  words(words: readonly string[], columns: number, roomiest: number, below: number): void {
    const { doc, left, width } = this;
    const rows = Math.ceil(words.length / columns);
    const cellHeight = Math.min(roomiest, (this.bottom - this.y - below) / rows);
    const cellWidth = width / columns;
    const height = rows * cellHeight;
    doc.lineWidth(0.6).strokeColor(inks.rule);
    for (let row = 0; row <= rows; row++) {
      doc
        .moveTo(left, this.y + row * cellHeight)
        .lineTo(left + width, this.y + row * cellHeight)
        .stroke();
    }
    for (const [index, word] of words.entries()) {
      const x = left + (index % columns) * cellWidth;
      const y = this.y + Math.floor(index / columns) * cellHeight;
      doc.font(fonts.text).fontSize(8).fillColor(inks.quiet);
      doc.text(String(index + 1), x, y + (cellHeight - 8) / 2 + 1.5, {
        width: 17,
        align: 'right',
        lineBreak: false,
      });
      doc.font(fonts.monoStrong).fontSize(13).fillColor(inks.text);
      doc.text(word, x + 24, y + (cellHeight - 13) / 2 + 1.5, { lineBreak: false });
    }
    this.y += height + 16;
    this.#assertFits();
  }

  /** The foot, once it is known how many sheets there are. */
  foot(page: number, pages: number, facts: SheetFacts): void {
    const { doc, left, width } = this;
    const y = this.bottom + 14;
    this.#rule(y - 6);
    doc.font(fonts.text).fontSize(8).fillColor(inks.quiet);
    doc.text(`Key ${facts.fingerprint} · ${facts.title}`, left, y, { lineBreak: false });
    doc.text(`Page ${page} of ${pages}`, left, y, { width, align: 'right', lineBreak: false });
  }

  #mark(): void {
    const { doc, left, y } = this;
    doc.save().translate(left, y).lineWidth(1.4).lineCap('round').lineJoin('round').strokeColor(inks.accent);
    doc.path('M8 1.5v13M2 6h12M2 6c.2 4.4 2.2 7 6 8.5 3.8-1.5 5.8-4.1 6-8.5').stroke().restore();
  }

  #facts(rows: readonly (readonly [string, string])[]): void {
    const { doc, left, width } = this;
    const label = 104;
    for (const [name, value] of rows) {
      this.#rule(this.y);
      doc
        .font(fonts.text)
        .fontSize(9)
        .fillColor(inks.quiet)
        .text(name, left, this.y + 6.5, { lineBreak: false });
      const isKey = name === 'Key fingerprint';
      doc
        .font(isKey ? fonts.monoStrong : fonts.strong)
        .fontSize(isKey ? 11 : 10.5)
        .fillColor(inks.text);
      const options = { width: width - label, height: 40, ellipsis: true };
      doc.text(printable(value), left + label, this.y + 5.5, options);
      this.y = Math.max(doc.y, this.y + 18) + 3;
    }
    this.#rule(this.y);
    this.y += 6;
  }

  #rule(y: number): void {
    const { doc, left, width } = this;
    doc
      .moveTo(left, y)
      .lineTo(left + width, y)
      .lineWidth(0.6)
      .strokeColor(inks.rule)
      .stroke();
  }

  #assertFits(): void {
    if (this.y > this.bottom + 4)
      throw new Error(`a sheet of the paper kit ran over by ${Math.ceil(this.y - this.bottom)} points`);
  }
}
