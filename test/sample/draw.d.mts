export declare function drawnFiles(
  files: readonly string[],
  draw: {
    readonly oneIn: number;
    readonly seed: string;
    readonly distanceOf?: (file: string) => number | undefined;
  },
): string[];
