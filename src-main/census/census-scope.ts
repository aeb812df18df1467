/** What a census cannot see. The command line, the window, `--json` and the guide say it in these words. */
export const censusScope =
  'A census cannot see: stand-alone values under 24 bytes; plaintexts of random bytes, or in a binary format without a known signature, whose value does not begin with its IV, or that are not text and encrypted in CFB8; ' +
  'ciphertexts split across several cells or rows; ciphertexts under 190 bytes in the middle of long binary data; encodings other than base64, base32, base58, base85, hexadecimal, numbers, escapes, ' +
  'and gzip, zlib or zstd around them; what views and functions compute; objects that ship with the server; values inside other decrypted values, if they are encrypted with keys that it was not given, or are raw bytes encrypted more than twice, in CFB8, or without text in them; rows of prepared transactions until they are committed; deleted rows and dropped columns; copies of inventory columns in the planner’s statistics until the next ANALYZE; ' +
  'write-ahead logs and backups; other databases; the server’s files and memory.';
