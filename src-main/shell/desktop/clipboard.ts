import type { Buffer } from 'node:buffer';
import { createHash, timingSafeEqual } from 'node:crypto';
import { concealMarks } from './conceal-marks.ts';

/** What is needed of the system's clipboard. */
export interface SystemClipboard {
  readText(): Promise<string>;
  writeText(text: string): Promise<void>;
  /** Replaces all that is there with one entry in several formats. */
  write(formats: Record<string, string | Blob>): Promise<void>;
  clear(): void;
}

export interface TextClipboard {
  /** Replaces the clipboard's text. */
  copy(text: string): Promise<void>;
  /** The same for a secret: marked for clipboard histories to leave out, and gone after the time. */
  copyConcealed(text: string, clearAfterMs: number): Promise<void>;
  /** Takes a secret of ours out at once, if it is still there. What somebody copied since stays. */
  clearSecret(): Promise<void>;
  /** Empties the clipboard on the spot where a secret of ours may still be there, for an end that waits for nobody. */
  dropSecret(): void;
}

/** Text in and secrets out again. Of a secret only a digest is kept, to know it by. */
export function createClipboard(system: SystemClipboard, platform: NodeJS.Platform): TextClipboard {
  let secret: { readonly digest: Buffer; readonly timer: NodeJS.Timeout } | undefined;

  const forget = () => {
    clearTimeout(secret?.timer);
    secret = undefined;
  };

  const holds = async (digest: Buffer) => timingSafeEqual(digestOf(await system.readText()), digest);

  const clearSecret = async () => {
    if (!secret) return;
    const { digest } = secret;
    forget();
    // one that cannot be read may still hold it
    if (await holds(digest).catch(() => true)) system.clear();
  };

  return {
    async copy(text) {
      forget();
      await system.writeText(text);
    },
    async copyConcealed(text, clearAfterMs) {
      forget();
      const digest = digestOf(text);
      const timer = setTimeout(() => void clearSecret(), clearAfterMs);
      timer.unref();
      // known as ours before it is there: a lock that comes in between clears it all the same
      secret = { digest, timer };
      await system.write({ 'text/plain': text, ...concealMarks(platform) });
      // some desktops take the marks and lose the text; then it is better there unmarked than not at all
      if (!(await holds(digest).catch(() => true)) && secret?.digest === digest) await system.writeText(text);
    },
    clearSecret,
    dropSecret() {
      if (!secret) return;
      forget();
      system.clear();
    },
  };
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
