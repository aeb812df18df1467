import { theHost } from '../host.ts';
import { modelled, notModelled } from './strict.ts';

type Payload = string | Blob;

export class ClipboardItem {
  private readonly items: Readonly<Record<string, Payload | Promise<Payload>>>;

  constructor(items: Record<string, Payload | Promise<Payload>>) {
    this.items = { ...items };
  }

  get types(): string[] {
    return Object.keys(this.items);
  }

  async getType(type: string): Promise<Blob> {
    const payload = await this.items[type];
    if (payload === undefined) throw new Error(`the clipboard item has no ${type}`);
    return typeof payload === 'string' ? new Blob([payload]) : payload;
  }
}

let contents: readonly ClipboardItem[] = [];

async function textOf(): Promise<string> {
  for (const item of contents) {
    if (item.types.includes('text/plain')) return (await item.getType('text/plain')).text();
  }
  return '';
}

const api = {
  readText: textOf,
  writeText: async (text: string) => {
    contents = [new ClipboardItem({ 'text/plain': text })];
    theHost().desk.copied(text);
  },
  write: async (items: ClipboardItem[]) => {
    if (!Array.isArray(items) || !items.every((item) => item instanceof ClipboardItem)) {
      throw notModelled('clipboard.write of anything but ClipboardItems');
    }
    contents = [...items];
    theHost().desk.copied(await textOf());
  },
  clear: () => {
    contents = [];
    theHost().desk.copied('');
  },
  read: async () => [...contents],
  has: async (type: string) => contents.some((item) => item.types.includes(type)),
};

/** The host's own clipboard, not the system's: specs run side by side. */
export const clipboard = modelled('clipboard', api);

/** The formats that lie on it, like the mark that keeps a secret out of histories. */
export function clipboardFormats(): string[] {
  return contents.flatMap((item) => item.types);
}
