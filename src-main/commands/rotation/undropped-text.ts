import { counted } from '#shared/counted';
import type { Undropped } from '#rewrite/keel-schema';
import { visible } from '#shared/visible-text';

/** Says which staging tables stay, why, and what to do. */
export function undroppedInWords({ tables, reason }: Undropped): string {
  const which = `${counted(tables.length, 'staging table')} could not be dropped (${visible(tables.join(', '))})`;
  return `${which}: ${reason}. They contain only ciphertexts; run \`keel recover\` once the server allows dropping them, or drop them manually.`;
}
