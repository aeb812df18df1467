export declare function runWatched(
  command: string,
  args: readonly string[],
  limits: { readonly silenceMs: number; readonly endMs: number },
): Promise<number>;
