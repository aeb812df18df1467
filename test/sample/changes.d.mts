export declare function changedFiles(folder: string): string[];
