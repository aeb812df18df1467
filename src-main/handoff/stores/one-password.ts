import type { HandoffTarget } from '#contract/handoff';
import { KeelError } from '#errors/keel-error';
import { unclear } from '#handoff/unclear';
import { JsonText } from '#handoff/vault/json-text';
import { ask, refusedBy, type SecretStore, type StoreProgram, textOf } from './secret-store.ts';

const op: StoreProgram = {
  name: 'op',
  variables: /^OP_/,
  remedy: 'sign in with `op signin`, or set OP_SERVICE_ACCOUNT_TOKEN for an account that can edit the item',
};

/**
 * A field of an item of 1Password (1Password CLI 2, `item get`, `item edit` with a template by its input). The template is what `item get` gave, with another
 * value in one field. A login is refused: its passkey would be lost.
 */
export function onePassword({
  vault,
  item,
  field,
}: Extract<HandoffTarget, { kind: 'one-password' }>): SecretStore {
  const where = `op://${vault}/${item}/${field}`;
  const get = async () => {
    const answer = await ask(op, ['item', 'get', item, '--vault', vault, '--format', 'json']);
    if (answer.wrote(/isn't an item|not found/i)) return undefined;
    if (answer.status !== 0) throw refusedBy(op, where, answer);
    return new JsonText(textOf(answer));
  };
  return {
    where,
    async read() {
      const template = await get();
      if (!template) return undefined;
      return String(template.scalarAt('fields', indexOf(template, field, where), 'value') ?? '');
    },
    async write(text) {
      const template = await get();
      if (!template || template.scalarAt('category') === 'LOGIN') {
        throw unclear(
          where,
          'it is a login item, and editing it from the command line would remove its passkey',
          'store the key in another type of item, such as an API credential or a password',
        );
      }
      const at = indexOf(template, field, where);
      const next = template.withAt(['fields', at, 'value'], text);
      const answer = await ask(op, ['item', 'edit', item, '--vault', vault, '--format', 'json'], next.text);
      if (answer.status !== 0) throw refusedBy(op, where, answer);
      answer.stdout.fill(0);
      const after = await get();
      if (after && rest(after, field, where).equals(rest(template, field, where))) return;
      throw new KeelError(
        'verification-failed',
        `${where} was written, but other fields of the item changed`,
        'compare the item with its previous version in 1Password',
      );
    },
  };
}

function indexOf(template: JsonText, field: string, where: string): number {
  const found: number[] = [];
  for (let at = 0; template.at('fields', at) !== undefined; at++) {
    const is = (name: string) => template.scalarAt('fields', at, name) === field;
    if (is('label') || is('id')) found.push(at);
  }
  const [only, ...more] = found;
  if (only !== undefined && more.length === 0) return only;
  throw unclear(
    where,
    only === undefined
      ? `the item has no field named ${field}`
      : `the item has several fields named ${field}`,
    only === undefined ? 'specify the label of the field that contains the key' : 'specify its ID instead',
  );
}

/** What is not the field's value and does not change by itself. */
function rest(template: JsonText, field: string, where: string): JsonText {
  let text = template.withAt(['fields', indexOf(template, field, where), 'value'], '');
  for (const name of ['version', 'updated_at', 'last_edited_by', 'created_at', 'additional_information'])
    text = text.with(name, undefined);
  return text;
}
