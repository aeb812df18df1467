import { PictureFault } from './picture.ts';
import { readPictureFile } from './picture-file.ts';
import { searchQr } from './qr-search.ts';

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

/** Reads the file, searches it, and judges what was found. Takes up to some seconds of a processor; never throws for a file. */
export async function readQrPicture(path: string): Promise<QrReading> {
  let texts: string[];
  try {
    texts = await searchQr(await readPictureFile(path), isAgeFile);
  } catch (error) {
    if (!(error instanceof PictureFault)) throw error;
    return { fault: { message: error.message, remedy: error.remedy } };
  }
  const [backup, ...more] = texts.filter(isAgeFile);
  if (backup !== undefined && more.length === 0) return { text: backup };
  if (backup !== undefined) {
    return fault(`${more.length + 1} codes with encrypted keys are in it`, 'take a photo of only one sheet');
  }
  const [other, ...others] = texts;
  if (other === undefined) return fault('no QR code was found in it', anotherPhoto);
  if (others.length > 0) {
    return fault(
      `${others.length + 1} QR codes are in it, none of which contains an encrypted key`,
      'take a photo of the kit’s own code',
    );
  }
  const kind = kinds.find(([, begin]) => begin.test(other))?.[0] ?? 'something else';
  return fault(`its QR code contains ${kind}, not an encrypted key`, 'take a photo of the kit’s own code');
}

/** As text an age file can be armored only. */
function isAgeFile(text: string): boolean {
  return text.trimStart().startsWith('-----BEGIN AGE ENCRYPTED FILE-----');
}

function fault(message: string, remedy: string): QrReading {
  return { fault: { message, remedy } };
}
