import type { HandoffTarget } from '#contract/handoff';
import { KeelError } from '#errors/keel-error';
import { refusalOf } from '#handoff/programs/outside-program';
import { JsonText } from '#handoff/vault/json-text';
import { ask, inputAsFile, refusedBy, type SecretStore, type StoreProgram, textOf } from './secret-store.ts';

const az: StoreProgram = {
  name: 'az',
  variables: /^AZURE_/,
  remedy: 'log in with `az login` as an account that can read and set secrets in this vault',
};

/** What a version of a secret has beside its value; a new one begins without it. */
interface Attributes {
  readonly tags: readonly string[];
  readonly contentType: string | undefined;
  readonly expires: string | undefined;
  readonly notBefore: string | undefined;
}

/** A secret of Azure Key Vault (Azure CLI, `keyvault secret show`, `set`, `set-attributes`). */
export function azureSecret({ vault, name }: Extract<HandoffTarget, { kind: 'azure-secret' }>): SecretStore {
  const where = `Azure secret ${vault}/${name}`;
  const secret = ['--vault-name', vault, '--name', name];
  const show = async () => {
    const answer = await ask(az, ['keyvault', 'secret', 'show', ...secret, '--output', 'json']);
    if (answer.wrote(/SecretNotFound/)) return undefined;
    if (answer.status !== 0) throw refusedBy(az, where, answer);
    return new JsonText(textOf(answer));
  };
  return {
    where,
    async read() {
      const value = (await show())?.scalarAt('value');
      return value === undefined ? undefined : String(value);
    },
    async write(text) {
      const shown = await show();
      const before = shown && attributesOf(shown);
      const value = ['--file', inputAsFile(where), '--encoding', 'utf-8', '--output', 'none'];
      const answer = await ask(az, ['keyvault', 'secret', 'set', ...secret, ...value], text);
      if (answer.status !== 0) throw refusedBy(az, where, answer);
      // `--file` leaves a tag of its own, and the new version has none of the former one's attributes
      const set = await ask(az, [
        ...['keyvault', 'secret', 'set-attributes', ...secret, '--output', 'none'],
        ...(before?.contentType === undefined ? [] : ['--content-type', before.contentType]),
        ...(before?.expires === undefined ? [] : ['--expires', before.expires]),
        ...(before?.notBefore === undefined ? [] : ['--not-before', before.notBefore]),
        ...['--tags', ...(before && before.tags.length > 0 ? before.tags : [''])],
      ]);
      const after = await show();
      if (set.status === 0 && before && after && isSame(before, attributesOf(after))) return;
      throw new KeelError(
        'verification-failed',
        `${where} has its new value, but its tags, type or dates differ from the previous version${set.status === 0 ? '' : `: ${refusalOf(az.name, set)}`}`,
        'set them with `az keyvault secret set-attributes`',
      );
    },
  };
}

function attributesOf(shown: JsonText): Attributes {
  const textAt = (...path: string[]) => {
    const value = shown.scalarAt(...path);
    return typeof value === 'string' ? value : undefined;
  };
  const tags = shown.at('tags');
  return {
    tags: (tags?.isObject ? tags.fields() : []).map((name) => `${name}=${textAt('tags', name) ?? ''}`).sort(),
    contentType: textAt('contentType'),
    expires: inUtc(textAt('attributes', 'expires')),
    notBefore: inUtc(textAt('attributes', 'notBefore')),
  };
}

/** As the options take a time. */
function inUtc(time: string | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}

function isSame(a: Attributes, b: Attributes): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
