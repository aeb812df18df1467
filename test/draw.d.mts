export declare function drawnFiles(
  files: readonly string[],
  draw: { readonly oneIn: number; readonly seed: string },
): string[];
