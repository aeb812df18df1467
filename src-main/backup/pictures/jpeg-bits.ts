import { PictureFault, pixelsCutOff } from './picture.ts';

/** For the next 16 bits of a stream: the length of the code that they begin with, shifted up a byte, and its symbol. */
export type HuffmanTable = Uint16Array;

/** Builds the table from how many codes there are of each length, and the symbols in order (ITU-T T.81, annex C). */
export function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const table = new Uint16Array(65_536);
  let code = 0;
  let next = 0;
  for (let length = 1; length <= 16; length++) {
    for (let i = 0; i < (counts[length - 1] as number); i++) {
      const start = code << (16 - length);
      const end = (code + 1) << (16 - length);
      if (end > 65_536) throw new PictureFault('it is damaged: its code table is invalid');
      table.fill((length << 8) | (symbols[next++] as number), start, end);
      code++;
    }
    code <<= 1;
  }
  return table;
}

/** The bits of one scan: stuffed bytes are taken out, and a marker ends it. Throws where more is read than there is. */
export class BitReader {
  readonly #bytes: Buffer;
  #at: number;
  #bits = 0;
  #count = 0;
  /** Zeros at the end of what is held that stand for nothing in the file. */
  #made = 0;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  symbol(table: HuffmanTable): number {
    this.#fill();
    const entry = table[(this.#bits >>> (this.#count - 16)) & 0xffff] as number;
    if (entry === 0) throw pixelsCutOff();
    this.#drop(entry >> 8);
    return entry & 0xff;
  }

  /** An unsigned number of up to 16 bits. */
  take(length: number): number {
    if (length === 0) return 0;
    this.#fill();
    const value = (this.#bits >>> (this.#count - length)) & ((1 << length) - 1);
    this.#drop(length);
    return value;
  }

  /** A signed number of `length` bits (T.81, F.2.2.1 EXTEND). */
  signed(length: number): number {
    const value = this.take(length);
    return length > 0 && value < 1 << (length - 1) ? value - (1 << length) + 1 : value;
  }

  /** Goes past the restart marker that must follow. */
  restart(): void {
    this.#bits = 0;
    this.#count = 0;
    this.#made = 0;
    while (this.#bytes[this.#at] === 0xff && this.#bytes[this.#at + 1] === 0xff) this.#at++;
    const marker = this.#bytes[this.#at + 1] ?? 0;
    if (this.#bytes[this.#at] !== 0xff || marker < 0xd0 || marker > 0xd7) throw pixelsCutOff();
    this.#at += 2;
  }

  #fill(): void {
    while (this.#count <= 16) {
      const byte = this.#bytes[this.#at];
      const isMarker = byte === 0xff && this.#bytes[this.#at + 1] !== 0;
      if (byte === undefined || isMarker) {
        this.#made += 8;
        this.#bits <<= 8;
      } else {
        this.#at += byte === 0xff ? 2 : 1;
        this.#bits = (this.#bits << 8) | byte;
      }
      this.#count += 8;
    }
  }

  #drop(length: number): void {
    this.#count -= length;
    if (this.#count < this.#made) throw pixelsCutOff();
  }
}
