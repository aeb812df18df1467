export declare function projectFiles(folder?: string): Map<string, string>;

export declare function importGraph(
  texts: ReadonlyMap<string, string>,
  aliases: Readonly<Record<string, string>>,
): Map<string, string[]>;

export declare function distancesTo(
  targets: readonly string[],
  graph: ReadonlyMap<string, readonly string[]>,
): Map<string, number>;
