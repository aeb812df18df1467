import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { init, type WrappedPdfiumModule } from '@embedpdf/pdfium';
import { assertSize, type Picture, PictureFault } from './picture.ts';

/** A kit has one page, a set of shares one for each holder. */
const maxPages = 20;
/** The longer side of a page as it is drawn: A4 at 256 dpi, with seven pixels or more for a module of a kit's code. */
const longestSide = 3000;

/** Values of PDFium's interface (fpdfview.h, fpdf_edit.h). */
const grey = 1;
const passwordError = 4;
const [imageObject, formObject] = [3, 5];
/** A form within a form within a form is no scan. */
const deepest = 8;

/**
 * Draws the pages of a PDF in grey, one when it is asked for: what a kit was printed from, or what a scanner wrote. The sizes of
 * its pictures are judged before any is decoded. Runs no script and fetches nothing. Throws `PictureFault`.
 */
export async function* pdfPages(bytes: Buffer): AsyncGenerator<Picture> {
  const library = await (loading ??= load());
  const { wasmExports } = library.pdfium;
  const at = wasmExports.malloc(bytes.length);
  if (at === 0) throw damaged();
  library.pdfium.HEAPU8.set(bytes, at);
  const file = library.FPDF_LoadMemDocument(at, bytes.length, '');
  try {
    if (!file) throw library.FPDF_GetLastError() === passwordError ? locked() : damaged();
    const pages = library.FPDF_GetPageCount(file);
    if (pages < 1) throw damaged();
    if (pages > maxPages) throw tooMany(pages);
    for (let index = 0; index < pages; index++) yield drawPage(library, file, index);
  } catch (error) {
    if (error instanceof PictureFault) throw error;
    // what the library does not survive, such as a file that is made to fill its memory, is left with that memory
    loading = undefined;
    throw damaged();
  } finally {
    if (loading) {
      if (file) library.FPDF_CloseDocument(file);
      library.pdfium.HEAPU8.fill(0, at, at + bytes.length);
      wasmExports.free(at);
    }
  }
}

function drawPage(library: WrappedPdfiumModule, file: number, index: number): Picture {
  const page = library.FPDF_LoadPage(file, index);
  if (!page) throw damaged();
  try {
    assertPictures(library, page);
    const [across, down] = [library.FPDF_GetPageWidthF(page), library.FPDF_GetPageHeightF(page)];
    const scale = longestSide / Math.max(across, down);
    const [width, height] = [Math.round(across * scale), Math.round(down * scale)];
    assertSize(width, height);
    const bitmap = library.FPDFBitmap_CreateEx(width, height, grey, 0, 0);
    if (!bitmap) throw damaged();
    try {
      library.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xffffffff);
      library.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, 0);
      return copied(library, bitmap, width, height);
    } finally {
      library.FPDFBitmap_Destroy(bitmap);
    }
  } finally {
    library.FPDF_ClosePage(page);
  }
}

/** Throws for a picture of the page that has too many pixels, by what the file says of it: nothing is decoded yet. */
function assertPictures(library: WrappedPdfiumModule, page: number): void {
  const { malloc, free } = library.pdfium.wasmExports;
  const size = malloc(8);
  const judge = (object: number, depth: number): void => {
    const type = library.FPDFPageObj_GetType(object);
    if (type === formObject) {
      if (depth === deepest) throw damaged();
      for (let one = 0; one < library.FPDFFormObj_CountObjects(object); one++)
        judge(library.FPDFFormObj_GetObject(object, one), depth + 1);
    }
    if (type !== imageObject || !library.FPDFImageObj_GetImagePixelSize(object, size, size + 4)) return;
    const [width = 0, height = 0] = new Uint32Array(library.pdfium.HEAPU8.slice(size, size + 8).buffer);
    assertSize(width, height);
  };
  try {
    for (let one = 0; one < library.FPDFPage_CountObjects(page); one++)
      judge(library.FPDFPage_GetObject(page, one), 0);
  } finally {
    free(size);
  }
}

/** Rows without the padding that the library gives them. */
function copied(library: WrappedPdfiumModule, bitmap: number, width: number, height: number): Picture {
  const stride = library.FPDFBitmap_GetStride(bitmap);
  const start = library.FPDFBitmap_GetBuffer(bitmap);
  const luma = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = start + y * stride;
    luma.set(library.pdfium.HEAPU8.subarray(row, row + width), y * width);
  }
  return { width, height, luma };
}

let loading: Promise<WrappedPdfiumModule> | undefined;

/** From the disk: the library would look for its code where the page that runs it came from. */
async function load(): Promise<WrappedPdfiumModule> {
  const path = createRequire(import.meta.url).resolve('@embedpdf/pdfium/pdfium.wasm');
  const { buffer, byteOffset, byteLength } = await readFile(path);
  const library = await init({ wasmBinary: buffer.slice(byteOffset, byteOffset + byteLength) });
  library.PDFiumExt_Init();
  return library;
}

const damaged = () => new PictureFault('it is cut off or damaged: its pages cannot be read');

const locked = () =>
  new PictureFault('it is a PDF that needs a password', 'save it without its password, and use that');

const tooMany = (pages: number) =>
  new PictureFault(
    `it is a PDF of ${pages} pages: more than ${maxPages}`,
    'save the page with the code as a PDF of its own, and use that',
  );
