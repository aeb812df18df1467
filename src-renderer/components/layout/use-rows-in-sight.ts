import { type UIEvent, useState } from 'react';

/** Rows beyond the edge that are there already, so that scrolling and arrow keys find them. */
const beyond = 10;

export interface RowsInSight {
  /** Places of the rows that are rendered: from `first`, before `last`. */
  readonly first: number;
  readonly last: number;
  /** Room for those that are not, in pixels. */
  readonly above: number;
  readonly below: number;
  readonly onScroll: (event: UIEvent<HTMLElement>) => void;
}

export interface SightOptions {
  /** All rows, where it is left out. */
  readonly rowHeight: number | undefined;
  readonly maxHeight: number | undefined;
}

/** Which of many rows of the same height have to be in the document. */
export function useRowsInSight(count: number, { rowHeight, maxHeight }: SightOptions): RowsInSight {
  const [top, setTop] = useState(0);
  if (rowHeight === undefined || maxHeight === undefined) {
    return { first: 0, last: count, above: 0, below: 0, onScroll: () => undefined };
  }
  const onScroll = ({ currentTarget }: UIEvent<HTMLElement>) =>
    setTop(Math.floor(currentTarget.scrollTop / rowHeight));
  return { ...rowsInSight(count, top, Math.ceil(maxHeight / rowHeight), rowHeight), onScroll };
}

/** `top`: the place of the row at the upper edge; `shown`: how many have room. Pure. */
export function rowsInSight(count: number, top: number, shown: number, rowHeight: number) {
  const first = Math.max(0, Math.min(top, count - 1) - beyond);
  const last = Math.min(count, first + shown + 2 * beyond);
  return { first, last, above: first * rowHeight, below: (count - last) * rowHeight };
}
