import type { ArtefactNotes } from '#backup/key-text';
import {
  drawShare,
  drawWords,
  shareSubtitle,
  shareTitle,
  wordsSubtitle,
  wordsTitle,
} from './paper-in-clear.ts';
import {
  drawBackups,
  drawWhereAndWhom,
  type EmergencyFacts,
  emergencySubtitle,
  emergencyTitle,
  inSheets,
} from './emergency-sheet.ts';
import { drawSealed, sealedSubtitle, sealedTitle } from './paper-sealed.ts';
import { Sheet, type SheetFacts } from './paper-sheet.ts';
import type { PaperSize } from './paper-type.ts';
import type { KeyShare } from '#backup/shares/share-making';

/** What a kit holds, made and proven already. */
export type PaperContent =
  | { readonly kind: 'sealed'; readonly armored: string; readonly matrix: readonly (readonly boolean[])[] }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'share'; readonly shares: readonly KeyShare[] }
  | { readonly kind: 'emergency'; readonly sheet: EmergencyFacts };

/** Lays a kit out as a PDF: one page, or one a share. Words and shares are the key in clear; the caller wipes the answer. */
export async function paperDocument(
  content: PaperContent,
  fingerprint: string,
  { environment, createdAt }: ArtefactNotes,
  paper: PaperSize,
): Promise<Buffer> {
  const { default: PDFDocument } = await import('pdfkit');
  const doc: PDFKit.PDFDocument = new PDFDocument({
    autoFirstPage: false,
    // what the file says of itself is read by every viewer and search index
    info: { Title: 'Keel paper kit', Producer: 'Keel', Creator: 'Keel', CreationDate: createdAt },
    lang: 'en',
    displayTitle: true,
  });
  const chunks: Buffer[] = [];
  doc.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => {
    doc.once('end', resolve).once('error', reject);
  });
  const facts = { environment, fingerprint, createdAt };
  const pages = pagesOf(content);
  for (const [index, page] of pages.entries()) {
    const sheet = new Sheet(doc, paper);
    const head = { ...facts, ...page.head };
    sheet.head(head);
    page.draw(sheet);
    sheet.foot(index + 1, pages.length, head);
  }
  doc.end();
  await ended;
  const whole = Buffer.concat(chunks);
  for (const chunk of chunks) chunk.fill(0);
  return whole;
}

interface Page {
  readonly head: Pick<SheetFacts, 'title' | 'subtitle' | 'more'>;
  draw(sheet: Sheet): void;
}

function pagesOf(content: PaperContent): Page[] {
  if (content.kind === 'sealed') {
    return [
      {
        head: { title: sealedTitle, subtitle: sealedSubtitle },
        draw: (sheet) => drawSealed(sheet, content.matrix, content.armored),
      },
    ];
  }
  if (content.kind === 'words') {
    return [
      {
        head: { title: wordsTitle, subtitle: wordsSubtitle },
        draw: (sheet) => drawWords(sheet, content.words),
      },
    ];
  }
  if (content.kind === 'emergency') return emergencyPages(content.sheet);
  return content.shares.map(({ number, count, needed, holder, setId, words }) => ({
    head: {
      title: shareTitle,
      subtitle: shareSubtitle(count, needed),
      more: [
        ['Holder', holder],
        ['Share', `${number} of ${count}, set ${setId}`],
      ],
    },
    draw: (sheet: Sheet) => drawShare(sheet, words, needed),
  }));
}

function emergencyPages(sheet: EmergencyFacts): Page[] {
  const head = { title: emergencyTitle, subtitle: emergencySubtitle };
  const first: Page = {
    head: { ...head, more: [['Database', sheet.database]] },
    draw: (page) => drawWhereAndWhom(page, sheet),
  };
  return [
    first,
    ...inSheets(sheet.backups).map(
      (backups): Page => ({
        head: { title: 'Backups of the key', subtitle: 'As recorded on the day this sheet was printed.' },
        draw: (page) => drawBackups(page, backups),
      }),
    ),
  ];
}
