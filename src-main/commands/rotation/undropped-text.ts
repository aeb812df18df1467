import { counted } from '#shared/counted';
import type { Undropped } from '#rewrite/keel-schema';
import { visible } from '#shared/visible-text';

/** Says which staging tables stay, why, and what to do. */
export function undroppedInWords({ tables, reason }: Undropped): string {
  const which = `${counted(tables.length, 'staging table')} could not be dropped (${visible(tables.join(', '))})`;
  return `${which}: ${reason}. They hold ciphertexts only; run \`keel recover\` once the server lets them be dropped, or drop them by hand.`;
}
