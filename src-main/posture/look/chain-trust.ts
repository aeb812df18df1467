import { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate } from 'node:tls';

/** A chain longer than this is none that a client follows. */
const longestChain = 10;

/**
 * Whether a chain ends at an authority that is trusted, whatever its dates: OpenSSL tells the last fault only, so that a certificate
 * that has expired hides that nobody vouches for it. Signatures are checked; `roots` are PEM.
 */
export function endsAtTrusted(
  certificate: DetailedPeerCertificate,
  roots: readonly (string | Buffer)[],
): boolean {
  const trusted = roots.flatMap(certificatesIn);
  let link: DetailedPeerCertificate | undefined = certificate;
  for (let length = 0; link?.raw && length < longestChain; length++) {
    const here = new X509Certificate(link.raw);
    if (trusted.some((root) => root.raw.equals(here.raw) || isSignedBy(here, root))) return true;
    const above: DetailedPeerCertificate | undefined = link.issuerCertificate;
    // a root is its own issuer
    if (!above?.raw || above.raw.equals(link.raw) || !isSignedBy(here, new X509Certificate(above.raw)))
      return false;
    link = above;
  }
  return false;
}

function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function certificatesIn(pem: string | Buffer): X509Certificate[] {
  const blocks = String(pem).match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      // one that this runtime cannot read vouches for nobody
      return [];
    }
  });
}
