/** What a part of a cell stands for, once its writing is undone. */
export interface InnerText {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
  readonly kind: 'text' | 'bytes';
  /** The part of the cell. */
  readonly start: number;
  readonly end: number;
}

/** Where something is in a text that a part of a cell stands for. */
export interface InnerPlace {
  readonly text: InnerText;
  readonly start: number;
  readonly end: number;
}
