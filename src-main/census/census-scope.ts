/** What a census cannot see. The command line, the window, `--json` and the guide say it in these words. */
export const censusScope =
  'A census cannot see: values under 24 bytes that stand alone; plaintexts of random bytes, or in a binary format that begins with nothing known, without an IV at the beginning of the value, or that are no text and encrypted in CFB8; ' +
  'ciphertexts cut over several cells or rows; ciphertexts of under 190 bytes in the middle of a long run of binary data; writings other than base64, base32, base58, base85, hexadecimal, numbers, escapes, ' +
  'and gzip, zlib or zstd around them; what views and functions compute; objects that come with the server; values within what others decrypt to, where these are under keys that it was not given, or are bare bytes encrypted more than twice, in CFB8, or without text in them; rows of prepared transactions until they are committed; deleted rows and dropped columns; copies that the planner’s statistics keep of columns of the inventory until the next ANALYZE; ' +
  'write-ahead logs and backups; other databases; files and memory of the server.';
