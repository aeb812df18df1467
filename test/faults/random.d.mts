export interface Draw {
  fraction(): number;
}

export declare function drawFrom(...words: readonly (string | number)[]): Draw;

export declare function spread<T>(
  draw: Draw,
  pairs: readonly (readonly [weight: number, value: T])[],
): (place: number) => T;
