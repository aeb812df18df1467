import { Option } from '@commander-js/extra-typings';
import { longestArtefact } from '#backup/artefact-text';
import type { HeldShare } from '#backup/use-cases/shares';
import { Secret } from '#crypto/secret';
import { readLineFile } from '#commands/keys/key-source';
import { readStandardInput } from '#commands/standard-input';

export const shareOption = new Option(
  '--artefact <file>',
  'the file of one share, or `-` for its words on standard input',
).makeOptionMandatory();

export const shareIdentityOption = new Option(
  '--identity <file>',
  'identity file of the holder, if the share is encrypted to a public key',
);

/** The share of `--artefact`, with what decrypts it, for the caller to dispose. */
export async function readHeld({
  artefact,
  identity,
}: {
  readonly artefact?: unknown;
  readonly identity?: unknown;
}): Promise<Disposable & { readonly held: HeldShare }> {
  const path = String(artefact);
  const typed = path === '-' ? new Secret(await readStandardInput('share', longestArtefact)) : undefined;
  const identities =
    typeof identity === 'string' ? new Secret(await readLineFile(identity, 'identity')) : undefined;
  return {
    held: { from: typed ? { text: typed, name: 'standard input' } : { path }, identities },
    [Symbol.dispose]() {
      typed?.[Symbol.dispose]();
      identities?.[Symbol.dispose]();
    },
  };
}
