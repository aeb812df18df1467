import type { Command } from '@commander-js/extra-typings';
import type { Application } from '#contract/application';
import { applicationNamed, formsOf } from '#applications/applications';
import { type EncryptionKey, isPubliclyKnown } from '#crypto/encryption-key';
import { keyClassInWords, keyClassOf } from '#schemes/key-class';
import { keysOf, readingOf } from '#schemes/scheme';
import type { Terminal } from '#commands/terminal';
import { runs } from '#commands/command-context';
import { readKey } from './key-source.ts';
import { jsonOption, withKey } from '#commands/options';

/** `keel key inspect` */
export function define(command: Command): void {
  const offered = withKey(command).addOption(jsonOption);
  runs(offered, async (options, { terminal }) => {
    if (options.application !== undefined) {
      const application = applicationNamed(options.application);
      using key = await readKey(options, { allowWeak: true });
      return await sayApplicationKey(key, application, terminal);
    }
    using key = await readKey(options);
    const publiclyKnown = isPubliclyKnown(key);
    terminal.say(`A well-formed key: 32 bytes in base64.`);
    terminal.say(`Fingerprint ${terminal.paint('accent', key.fingerprint)}`);
    if (publiclyKnown) {
      const warning =
        'This is the example key from the documentation. Everyone knows it: rotate to another key.';
      terminal.say(terminal.paint('bad', warning));
    }
    terminal.result({ ok: true, key: { fingerprint: key.fingerprint, publiclyKnown } });
    return 0;
  });
}

/** What the application makes of its key, without the key. Throws `key-malformed` where one of its ciphers cannot use it. */
async function sayApplicationKey(
  key: EncryptionKey,
  application: Application,
  terminal: Terminal,
): Promise<0> {
  const manner = keyClassInWords(keyClassOf(key.written));
  const publiclyKnown = application.publicKeys.includes(key.written.toString('latin1'));
  for (const { layout } of formsOf(application)) {
    const { scheme } = layout;
    if (scheme && 'read' in readingOf(scheme)) await keysOf(scheme, key);
  }
  terminal.say(`A key that ${application.name} can read: ${manner}.`);
  terminal.say(`Fingerprint ${terminal.paint('accent', key.fingerprint)}`);
  if (publiclyKnown) {
    const warning = `This key is printed in the examples of ${application.name}. Everyone knows it: rotate to another key.`;
    terminal.say(terminal.paint('bad', warning));
  }
  terminal.result({
    ok: true,
    key: { fingerprint: key.fingerprint, publiclyKnown, application: application.id, writtenAs: manner },
  });
  return 0;
}
