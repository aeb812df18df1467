import { Buffer } from 'node:buffer';

/** Electron's name for a format of the platform itself. */
function raw(format: string): string {
  return `electron application/osclipboard;format="${format}"`;
}

/** A Windows DWORD of zero. */
const no = () => new Blob([Buffer.alloc(4)]);

/**
 * What a secret carries on the clipboard so that histories, managers and synchronisation leave it out: the mark of
 * nspasteboard.org on macOS, the formats of "Cloud Clipboard and Clipboard History" on Windows, and KDE's hint, which other
 * Linux managers follow too. All of them are requests, not walls.
 */
export function concealMarks(platform: NodeJS.Platform): Record<string, Blob | string> {
  if (platform === 'darwin') return { [raw('org.nspasteboard.ConcealedType')]: '1' };
  if (platform === 'win32') {
    return {
      [raw('ExcludeClipboardContentFromMonitorProcessing')]: no(),
      [raw('CanIncludeInClipboardHistory')]: no(),
      [raw('CanUploadToCloudClipboard')]: no(),
    };
  }
  return { [raw('x-kde-passwordManagerHint')]: 'secret' };
}
