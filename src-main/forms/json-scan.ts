/**
 * Finds texts in a JSON document by paths of member names, in its bytes, without a tree of it. Whatever is unusual is left to
 * those who parse: the answer is then `unusual`, never a wrong place.
 */
export const unusual = -1;

/** A member on the way, or at the end of it. */
interface Member {
  readonly name: Uint8Array;
  /** The path that ends here, or −1. */
  readonly path: number;
  readonly members: readonly Member[];
}

const openingBrace = 0x7b;
const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;
/** Deeper documents are unusual: reading them recurses. */
const deepest = 64;

/** Called for each text that a path leads to, with the range between its quotes. */
export type OnText = (path: number, from: number, to: number) => void;

export class JsonScan {
  readonly #root: Member;
  #data: Uint8Array = new Uint8Array();
  #at = 0;
  #end = 0;
  #onText: OnText = () => undefined;

  /** Each path is a list of member names, none of which leads into another. */
  constructor(paths: readonly (readonly string[])[]) {
    this.#root = {
      name: new Uint8Array(),
      path: -1,
      members: membersOf(paths.map((names, path) => ({ names, path }))),
    };
  }

  /** Reads the document; 0, or `unusual`, after which nothing that was told counts. */
  scan(data: Uint8Array, from: number, to: number, onText: OnText): number {
    this.#data = data;
    this.#at = from;
    this.#end = to;
    this.#onText = onText;
    this.#space();
    // a text that is anything else may be no document
    if (this.#data[this.#at] !== openingBrace || !this.#value(this.#root, 0)) return unusual;
    this.#space();
    return this.#at === this.#end ? 0 : unusual;
  }

  #space(): void {
    for (; this.#at < this.#end; this.#at++) {
      const byte = this.#data[this.#at] as number;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
    }
  }

  /** Reads a value; `member` is set where a path leads here. False if it is unusual. */
  #value(member: Member | undefined, depth: number): boolean {
    if (depth > deepest || this.#at >= this.#end) return false;
    switch (this.#data[this.#at] as number) {
      case openingBrace:
        if (member && member.path >= 0) return false;
        return this.#object(member, depth);
      case 0x5b:
        return member === undefined && this.#array(depth);
      case quote: {
        const from = this.#at + 1;
        const plain = this.#string();
        if (plain < 0) return false;
        if (!member) return true;
        // a text on the way may be a document itself
        if (member.path < 0 || plain === 0) return false;
        if (this.#at - 1 > from) this.#onText(member.path, from, this.#at - 1);
        return true;
      }
      case 0x6e:
        return this.#word('null');
      case 0x74:
        return member === undefined && this.#word('true');
      case 0x66:
        return member === undefined && this.#word('false');
      default:
        return member === undefined && this.#number();
    }
  }

  #object(member: Member | undefined, depth: number): boolean {
    this.#at++;
    this.#space();
    if (this.#data[this.#at] === 0x7d && this.#at < this.#end) {
      this.#at++;
      return true;
    }
    let found = 0;
    for (;;) {
      const from = this.#at + 1;
      if (this.#at >= this.#end || this.#data[this.#at] !== quote) return false;
      const plain = this.#string();
      if (plain < 0 || (member && plain === 0)) return false;
      const index = member ? this.#indexOf(member.members, from, this.#at - 1) : -1;
      if (index >= 0) {
        // two members of one name
        if (index > 30 || (found & (1 << index)) !== 0) return false;
        found |= 1 << index;
      }
      this.#space();
      if (this.#at >= this.#end || this.#data[this.#at++] !== colon) return false;
      this.#space();
      if (!this.#value(member?.members[index], depth + 1)) return false;
      this.#space();
      if (this.#at >= this.#end) return false;
      const next = this.#data[this.#at++];
      if (next === 0x7d) return true;
      if (next !== comma) return false;
      this.#space();
    }
  }

  #array(depth: number): boolean {
    this.#at++;
    this.#space();
    if (this.#data[this.#at] === 0x5d && this.#at < this.#end) {
      this.#at++;
      return true;
    }
    for (;;) {
      if (!this.#value(undefined, depth + 1)) return false;
      this.#space();
      if (this.#at >= this.#end) return false;
      const next = this.#data[this.#at++];
      if (next === 0x5d) return true;
      if (next !== comma) return false;
      this.#space();
    }
  }

  /** Reads a string to behind its end: 1 if it is written without escapes, 0 if with them, −1 if it is none. */
  #string(): number {
    const data = this.#data;
    let at = this.#at + 1;
    let plain = 1;
    for (; at < this.#end; at++) {
      const byte = data[at] as number;
      if (byte === quote) {
        this.#at = at + 1;
        return plain;
      }
      if (byte < 0x20) return -1;
      if (byte === backslash) {
        plain = 0;
        const length = escapeLength(data, at);
        if (length === 0) return -1;
        at += length - 1;
      }
    }
    return -1;
  }

  #number(): boolean {
    const start = this.#at;
    if (this.#data[this.#at] === 0x2d) this.#at++;
    const first = this.#data[this.#at];
    const whole = this.#digits();
    if (whole === 0 || (first === 0x30 && whole > 1)) return false;
    if (this.#data[this.#at] === 0x2e) {
      this.#at++;
      if (this.#digits() === 0) return false;
    }
    if (((this.#data[this.#at] as number) | 0x20) === 0x65) {
      this.#at++;
      if (this.#data[this.#at] === 0x2b || this.#data[this.#at] === 0x2d) this.#at++;
      if (this.#digits() === 0) return false;
    }
    return this.#at > start && this.#at <= this.#end;
  }

  #digits(): number {
    const start = this.#at;
    while (this.#at < this.#end) {
      const byte = this.#data[this.#at] as number;
      if (byte < 0x30 || byte > 0x39) break;
      this.#at++;
    }
    return this.#at - start;
  }

  #word(word: string): boolean {
    for (let i = 0; i < word.length; i++) {
      if (this.#at >= this.#end || this.#data[this.#at++] !== word.charCodeAt(i)) return false;
    }
    return true;
  }

  #indexOf(members: readonly Member[], from: number, to: number): number {
    return members.findIndex(({ name }) => {
      if (name.length !== to - from) return false;
      for (let i = 0; i < name.length; i++) if (name[i] !== this.#data[from + i]) return false;
      return true;
    });
  }
}

const shortEscapes = Buffer.from('"\\/bfnrt', 'latin1');

/** Bytes of the escape at `at` (RFC 8259, section 7); 0 where it is none. */
function escapeLength(data: Uint8Array, at: number): number {
  const kind = data[at + 1] as number;
  if (shortEscapes.includes(kind)) return 2;
  if (kind !== 0x75) return 0;
  for (let i = at + 2; i < at + 6; i++) {
    const byte = data[i] as number;
    const letter = byte | 0x20;
    if (!((byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x66))) return 0;
  }
  return 6;
}

function membersOf(paths: readonly { readonly names: readonly string[]; readonly path: number }[]): Member[] {
  const byName = new Map<string, { names: readonly string[]; path: number }[]>();
  for (const { names, path } of paths) {
    const [first, ...rest] = names;
    if (first !== undefined) byName.set(first, [...(byName.get(first) ?? []), { names: rest, path }]);
  }
  return Array.from(byName, ([name, rest]) => ({
    name: Buffer.from(name, 'utf8'),
    path: rest.find(({ names }) => names.length === 0)?.path ?? -1,
    members: membersOf(rest),
  }));
}
