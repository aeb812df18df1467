/**
 * What a census cannot see, in one sentence that the command line, the window, `--json` and the README share.
 */
export const censusScope =
  'A census cannot see values of fewer than 24 bytes that stand alone, plaintexts that are random bytes or in a binary format without a known beginning, ciphertexts that are cut over several cells or rows, ' +
  'writings other than base64, base32, base58, base85, hexadecimal, numbers, escapes and gzip, zlib or zstd around them, what views and functions compute, ' +
  'deleted rows and dropped columns, copies that the planner’s statistics keep of columns of the inventory until the next ANALYZE, ' +
  ' write-ahead logs and backups, other databases, files and memory of the server.';
