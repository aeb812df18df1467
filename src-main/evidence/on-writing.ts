/** Gets bytes that `text[from … to)` stands for. */
export type OnWriting = (bytes: Uint8Array, from: number, to: number) => void;
