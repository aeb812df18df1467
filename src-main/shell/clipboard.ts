import { Buffer } from 'node:buffer';
import { createHash, timingSafeEqual } from 'node:crypto';
import { type Clipboard, ClipboardItem } from 'electron';
import { concealMarks } from './conceal-marks.ts';

export interface TextClipboard {
  /** Replaces the clipboard's text. */
  copy(text: string): Promise<void>;
  /** The same for a secret: marked for clipboard histories to leave out, and gone after the time. */
  copyConcealed(text: string, clearAfterMs: number): Promise<void>;
  /** Takes a secret of ours out at once, if it is still there. What somebody copied since stays. */
  clearSecret(): Promise<void>;
}

/** The system's clipboard. Of a secret it keeps a digest only, to know it again. */
export function createClipboard(clipboard: Clipboard, platform: NodeJS.Platform): TextClipboard {
  let secret: { readonly digest: Buffer; readonly timer: NodeJS.Timeout } | undefined;

  const forget = () => {
    clearTimeout(secret?.timer);
    secret = undefined;
  };

  const clearSecret = async () => {
    if (!secret) return;
    const { digest } = secret;
    forget();
    if (timingSafeEqual(digestOf(await clipboard.readText()), digest)) clipboard.clear();
  };

  return {
    async copy(text) {
      forget();
      await clipboard.writeText(text);
    },
    async copyConcealed(text, clearAfterMs) {
      forget();
      const timer = setTimeout(() => void clearSecret(), clearAfterMs);
      // known as ours before it is there: a lock that comes in between clears it all the same
      secret = { digest: digestOf(text), timer };
      await clipboard.write([new ClipboardItem({ 'text/plain': text, ...concealMarks(platform) })]);
    },
    clearSecret,
  };
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
