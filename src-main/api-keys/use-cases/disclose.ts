import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';

export interface DiscloseInput {
  readonly label: string;
  readonly to: 'screen' | 'terminal' | { readonly clipboardSeconds: number };
}

/**
 * Asks whether a key that was just made may leave Keel, and notes where to: only once this has returned may it. Throws what the
 * confirmation does, and what keeps the log from being written.
 */
export async function discloseApiKey(
  { id }: Pick<Workspace, 'id'>,
  { label, to }: DiscloseInput,
  { confirm, audit }: Pick<UseCaseContext, 'confirm' | 'audit'>,
): Promise<void> {
  await confirm({ of: 'disclose-api-key', label });
  await audit.before({
    environment: id,
    action: typeof to === 'string' ? 'API key revealed' : 'API key copied',
    detail: `${label}, ${channelOf(to)}`,
    outcome: 'done',
  });
}

function channelOf(to: DiscloseInput['to']): string {
  if (to === 'screen') return 'on the screen, while held';
  if (to === 'terminal') return 'to the terminal';
  return `to the clipboard, for ${to.clipboardSeconds} s`;
}
