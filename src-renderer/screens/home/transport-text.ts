import type { Transport } from '#contract/environments';
import { formatDay } from '../../components/format.ts';

/** How the database is reached, like `TLS 1.3, verified to 2 Nov 2027`. */
export function transportInWords(transport: Transport): string {
  const { local, encrypted, protocol, verified, validTo } = transport;
  if (local) return 'local socket';
  if (!encrypted) return 'not encrypted';
  const name = (protocol ?? 'TLS').replace(/^TLSv/, 'TLS ');
  if (verified === 'none') return `${name}, not verified`;
  const checked = verified === 'chain' ? 'chain verified' : 'verified';
  return validTo === undefined ? `${name}, ${checked}` : `${name}, ${checked} to ${formatDay(validTo)}`;
}
