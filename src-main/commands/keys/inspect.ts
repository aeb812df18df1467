import type { Command } from '@commander-js/extra-typings';
import { isPubliclyKnown } from '#crypto/encryption-key';
import { runs } from '#commands/command-context';
import { readKey } from './key-source.ts';
import { jsonOption, withKey } from '#commands/options';

/** `keel key inspect` */
export function define(command: Command): void {
  const offered = withKey(command).addOption(jsonOption);
  runs(offered, async (options, { terminal }) => {
    using key = await readKey(options);
    const publiclyKnown = isPubliclyKnown(key);
    terminal.say(`A well-formed key: 32 bytes in base64.`);
    terminal.say(`Fingerprint ${terminal.paint('accent', key.fingerprint)}`);
    if (publiclyKnown) {
      const warning = 'This is the example key of the documentation. Everyone knows it: rotate away from it.';
      terminal.say(terminal.paint('bad', warning));
    }
    terminal.result({ ok: true, key: { fingerprint: key.fingerprint, publiclyKnown } });
    return 0;
  });
}
