import type { DatabaseAddress } from '#contract/environments';
import { KeelError } from '#errors/keel-error';
import type { NoteActivity } from '#procedures/note-activity';

/** Somebody who mistypes a password presses a button for each; a page that guesses one does not. */
const mostRefused = 3;

export interface LoginGuesses {
  /**
   * Does `work`, which logs in to the server with what the window gave. A login that the server refuses is counted, and told in the log:
   * where `wasRefused` says so of the result, or `login-refused` is thrown. Throws `confirmation-missing` for a server that refused a few
   * since somebody pressed something; logins that are under way count like refused ones.
   */
  counted<T>(
    address: DatabaseAddress,
    work: () => Promise<T>,
    wasRefused?: (result: T) => boolean,
  ): Promise<T>;
}

export function createLoginGuesses({
  presses,
  note,
}: {
  readonly presses: () => number;
  readonly note: NoteActivity;
}): LoginGuesses {
  const counts = new Map<string, number>();
  let pressed = presses();
  const nameOf = ({ host, port }: DatabaseAddress) => JSON.stringify([host, port]);
  const add = (address: DatabaseAddress, count: number) => {
    const name = nameOf(address);
    counts.set(name, Math.max(0, (counts.get(name) ?? 0) + count));
  };
  const assertMayTry = (address: DatabaseAddress) => {
    if (presses() !== pressed) counts.clear();
    pressed = presses();
    if ((counts.get(nameOf(address)) ?? 0) < mostRefused) return;
    throw new KeelError(
      'confirmation-missing',
      `the server refused ${mostRefused} logins and no button was pressed since; no connection was made`,
      'check the user and the password, then try again with the button',
    );
  };
  const refused = async ({ host, port, user }: DatabaseAddress) => {
    await note({ action: 'login refused', detail: `${user} at ${host}:${port}`, outcome: 'failed' }).catch(
      () => undefined,
    );
  };
  return {
    async counted(address, work, wasRefused = () => false) {
      assertMayTry(address);
      add(address, 1);
      try {
        const result = await work();
        if (wasRefused(result)) await refused(address);
        else add(address, -1);
        return result;
      } catch (error) {
        if (error instanceof KeelError && error.code === 'login-refused') await refused(address);
        else add(address, -1);
        throw error;
      }
    },
  };
}
