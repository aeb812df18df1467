/** A cell of a file: a field of a COPY block of a dump, or lines of anything else, since a value may be wrapped. */
export interface DumpCell {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  readonly text: Buffer;
  /** Of its first byte, from 1. */
  readonly line: number;
  /** Its place in the row, from 0. */
  readonly number: number;
}

const lineFeed = 0x0a;
const tab = 0x09;
const newLine = Buffer.of(lineFeed);
const backslash = 0x5c;
/** A line without an end is handed on in pieces of this size, which share the last of it with the next. */
const longestLine = 1 << 22;
const overlap = 1 << 16;
/** Lines are handed on together up to this size, and then at an empty one, or at twice the size anywhere. */
const linesTogether = 1 << 16;

interface CopyBlock {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly string[];
}

/** Splits a plain dump, or any text, into cells as its bytes come. COPY blocks of a dump name their tables and columns. */
export class DumpLines {
  #rest: Buffer = Buffer.alloc(0);
  #line = 0;
  #block: CopyBlock | undefined;
  readonly #tables = new Set<string>();
  /** Lines beside COPY blocks that were not handed on yet. */
  #lines: Buffer[] = [];
  #firstLine = 0;
  #size = 0;

  /** Tables that had a COPY block. */
  get tables(): number {
    return this.#tables.size;
  }

  *read(chunk: Buffer): Generator<DumpCell> {
    const data = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    for (let end = data.indexOf(lineFeed, at); end >= 0; end = data.indexOf(lineFeed, at)) {
      this.#line++;
      yield* this.#cells(data.subarray(at, end));
      at = end + 1;
    }
    if (data.length - at > longestLine) {
      yield* this.#cells(data.subarray(at));
      at = data.length - overlap;
    }
    this.#rest = Buffer.from(data.subarray(at));
  }

  *end(): Generator<DumpCell> {
    if (this.#rest.length > 0) {
      this.#line++;
      yield* this.#cells(this.#rest);
      this.#rest = Buffer.alloc(0);
    }
    yield* this.#together();
  }

  *#cells(line: Buffer): Generator<DumpCell> {
    if (this.#block) {
      if (line.length === 2 && line[0] === backslash && line[1] === 0x2e) this.#block = undefined;
      else yield* this.#fields(line, this.#block);
      return;
    }
    this.#block = copyHeader(line);
    if (this.#block) {
      this.#tables.add(`${this.#block.schema}.${this.#block.table}`);
      yield* this.#together();
      return;
    }
    if (this.#lines.length === 0) this.#firstLine = this.#line;
    // the chunk that it is a part of is not kept
    this.#lines.push(Buffer.from(line));
    this.#size += line.length + 1;
    const isLong = this.#size >= linesTogether;
    if ((isLong && line.length === 0) || this.#size >= 2 * linesTogether) yield* this.#together();
  }

  *#together(): Generator<DumpCell> {
    const [first] = this.#lines;
    if (!first) return;
    const text = Buffer.concat(this.#lines.flatMap((line, i) => (i === 0 ? [line] : [newLine, line])));
    this.#lines = [];
    this.#size = 0;
    if (text.length > 0) yield { schema: '', table: '', column: '', text, line: this.#firstLine, number: 0 };
  }

  *#fields(line: Buffer, { schema, table, columns }: CopyBlock): Generator<DumpCell> {
    let start = 0;
    for (let number = 0; start <= line.length; number++) {
      const found = line.indexOf(tab, start);
      const end = found < 0 ? line.length : found;
      const text = unescaped(line.subarray(start, end));
      yield { schema, table, column: columns[number] ?? '', text, line: this.#line, number };
      start = end + 1;
    }
  }
}

/** `COPY public.t (id, "odd name") FROM stdin;` as pg_dump writes it. */
function copyHeader(line: Buffer): CopyBlock | undefined {
  if (line.length > 1 << 16 || line.toString('latin1', 0, 5) !== 'COPY ') return undefined;
  const match = /^COPY ("(?:[^"]|"")+"|[^."\s]+)\.("(?:[^"]|"")+"|[^("\s]+) \((.*)\) FROM stdin;\r?$/.exec(
    line.toString('utf8'),
  );
  if (!match) return undefined;
  const [, schema = '', table = '', columns = ''] = match;
  const names = columns.match(/"(?:[^"]|"")+"|[^,\s]+/g) ?? [];
  return { schema: unquoted(schema), table: unquoted(table), columns: names.map(unquoted) };
}

function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** A field of COPY's text format as it was in the table (documentation, "COPY", "Text Format"). */
function unescaped(field: Buffer): Buffer {
  if (!field.includes(backslash)) return field;
  const text = field
    .toString('latin1')
    .replace(/\\(.)/gs, (_, character: string) => escapes[character] ?? character);
  return Buffer.from(text, 'latin1');
}
