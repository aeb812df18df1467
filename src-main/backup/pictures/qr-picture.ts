import { PictureFault } from './picture.ts';
import { readPictures } from './picture-file.ts';
import { type QrSearch, searchQr } from './qr-search.ts';
import { readCodes } from './zxing-reader.ts';

/** The text of the one code of a picture that can be a backup, or why there is none: a fragment without any of a code's text. */
export type QrReading =
  | { readonly text: string }
  | { readonly fault: { readonly message: string; readonly remedy: string } };

const anotherPhoto =
  'take the photo from straight above and close up, in focus and evenly lit, with the whole code in it';

/** What most codes hold that are no backup. */
const kinds: readonly (readonly [what: string, begin: RegExp])[] = [
  ['a web address', /^https?:/i],
  ['a contact', /^(BEGIN:VCARD|MECARD:)/i],
  ['Wi-Fi login details', /^WIFI:/i],
  ['a one-time password', /^otpauth(-migration)?:/i],
  ['a payment', /^(BCD\n|SPC\r?\n|bitcoin:)/i],
  ['a link for another program', /^[a-z][a-z0-9+.-]*:\S/i],
];

/** How long a file is searched, in milliseconds. Most codes are found by the first look; a busy laptop gets its time. */
const timeoutMs = 120_000;

/**
 * Reads the file, searches it, and judges what was found. Takes up to two minutes of a processor, and says by `onLook` which of
 * how many looks begins; never throws for a file.
 */
export async function readQrPicture(path: string, onLook: QrSearch['onLook']): Promise<QrReading> {
  let texts: string[] | undefined;
  try {
    texts = await textsOf(path, { wanted: isAgeFile, deadline: performance.now() + timeoutMs, onLook });
  } catch (error) {
    if (!(error instanceof PictureFault)) throw error;
    return { fault: { message: error.message, remedy: error.remedy } };
  }
  if (!texts) return fault('no QR code was found in it within two minutes', anotherPhoto);
  const [backup, ...more] = texts.filter(isAgeFile);
  if (backup !== undefined && more.length === 0) return { text: backup };
  if (backup !== undefined) {
    return fault(
      `it contains ${more.length + 1} codes with encrypted keys`,
      'take a photo of only one sheet',
    );
  }
  const [other, ...others] = texts;
  if (other === undefined) return fault('no QR code was found in it', anotherPhoto);
  if (others.length > 0) {
    return fault(
      `it contains ${others.length + 1} QR codes, but none with an encrypted key`,
      'take a photo of the kit’s own code',
    );
  }
  const kind = kinds.find(([, begin]) => begin.test(other))?.[0] ?? 'something else';
  return fault(`its QR code contains ${kind}, not an encrypted key`, 'take a photo of the kit’s own code');
}

/** Every different text of every page; undefined where time was up before the search came to its end without a wanted one. */
async function textsOf(path: string, search: QrSearch): Promise<string[] | undefined> {
  const texts = new Set<string>();
  let isOver = false;
  for await (const picture of readPictures(path)) {
    // what is only to tell that a second kit is there is worth one look
    const isFound = [...texts].some(search.wanted);
    const found = isFound ? await readCodes(picture) : await searchQr(picture, search);
    for (const text of found ?? []) texts.add(text);
    isOver ||= found === undefined;
  }
  return isOver && texts.size === 0 ? undefined : [...texts];
}

/** As text an age file can be armored only. */
function isAgeFile(text: string): boolean {
  return text.trimStart().startsWith('-----BEGIN AGE ENCRYPTED FILE-----');
}

function fault(message: string, remedy: string): QrReading {
  return { fault: { message, remedy } };
}
