import type { DatabaseAddress } from '#contract/environments';
import { KeelError } from '#errors/keel-error';
import type { NoteActivity } from '#procedures/note-activity';

/** Somebody who mistypes a password presses a button for each; a page that guesses one does not. */
const mostRefused = 3;

export interface LoginGuesses {
  /** Throws `confirmation-missing` for a server that refused a few logins since somebody pressed something. */
  assertMayTry(address: DatabaseAddress): void;
  /** The server refused a login, which the log tells. */
  refused(address: DatabaseAddress): Promise<void>;
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
  return {
    assertMayTry(address) {
      if (presses() !== pressed) counts.clear();
      pressed = presses();
      if ((counts.get(nameOf(address)) ?? 0) < mostRefused) return;
      throw new KeelError(
        'confirmation-missing',
        `the server refused ${mostRefused} logins and nothing was pressed since; no connection was made`,
        'check the user and the password, then try again with the button',
      );
    },
    async refused(address) {
      counts.set(nameOf(address), (counts.get(nameOf(address)) ?? 0) + 1);
      const { host, port, user } = address;
      await note({ action: 'login refused', detail: `${user} at ${host}:${port}`, outcome: 'failed' }).catch(
        () => undefined,
      );
    },
  };
}
