/** Contents of the OIDs of signature algorithms, in hex, by the digest for which collisions are known (RFC 3279, section 2.2). */
const brokenDigests: ReadonlyMap<string, string> = new Map([
  ['2a864886f70d010102', 'MD2'],
  ['2a864886f70d010104', 'MD5'],
  ['2a864886f70d010105', 'SHA-1'],
  ['2a8648ce380403', 'SHA-1'],
  ['2a8648ce3d0401', 'SHA-1'],
]);

/** The digest with which a certificate was signed, where that is one that lets signatures be forged. `der` was parsed by OpenSSL before. */
export function brokenDigestOf(der: Buffer): string | undefined {
  // Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm SEQUENCE { algorithm, … }, … } (RFC 5280, section 4.1)
  const certificate = elementAt(der, 0);
  const toBeSigned = elementAt(der, certificate.start);
  const algorithm = elementAt(der, toBeSigned.end);
  const oid = elementAt(der, algorithm.start);
  return brokenDigests.get(der.subarray(oid.start, oid.end).toString('hex'));
}

/** Where the contents of the element at an offset begin and end. */
function elementAt(der: Buffer, at: number): { readonly start: number; readonly end: number } {
  const first = der[at + 1] ?? 0;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const start = at + 2 + lengthBytes;
  const length = lengthBytes === 0 ? first : der.readUIntBE(at + 2, Math.min(lengthBytes, 6));
  return { start, end: start + length };
}
