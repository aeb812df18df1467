declare module 'slip39' {
  interface Slip39Set {
    fromPath(path: string): { readonly mnemonics: string[] };
  }
  const slip39: {
    /** `secret` must be an array: what it makes of a Buffer cannot be combined. */
    fromArray(
      secret: number[],
      options: {
        threshold: number;
        groups: [threshold: number, members: number, description: string][];
        iterationExponent: number;
        extendableBackupFlag: 0 | 1;
      },
    ): Slip39Set;
    recoverSecret(mnemonics: string[], passphrase: string): number[];
  };
  export default slip39;
}

declare module 'slip39/src/slip39_helper.js' {
  const helper: { readonly WORD_LIST: readonly string[] };
  export default helper;
}
