/** Kinds of bytes that the beginnings of plaintexts are made of, the narrowest first. */
export const byteKinds = [
  { has: (byte: number) => /[\w+/=.~-]/.test(String.fromCharCode(byte)) && byte < 128 },
  { has: (byte: number) => byte === 9 || byte === 10 || byte === 13 || (byte >= 0x20 && byte <= 0x7e) },
].map(({ has }) => {
  const accepts = Array.from({ length: 256 }, (_, byte) => has(byte));
  const size = accepts.filter(Boolean).length;
  return { accepts, size, bitsOfByte: 8 - Math.log2(size) };
});

export type ByteKind = (typeof byteKinds)[number];

/** How many bytes of a keystream would turn all of these bytes into ones of a kind. */
export function fittingKeys({ accepts }: ByteKind, bytes: readonly number[]): number {
  let count = 0;
  for (let key = 0; key < 256; key++) if (bytes.every((byte) => accepts[byte ^ key])) count++;
  return count;
}

/** For each place of some first blocks, the different bytes that are there. */
export function bytesByPlace(firsts: readonly Uint8Array[], length: number): number[][] {
  return [...Array(length).keys()].map((at) => [...new Set(firsts.map((first) => first[at] as number))]);
}
