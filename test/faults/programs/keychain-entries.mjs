// Says what is in the keychain, and puts entries there: by the library that Keel uses, in a process that ends with the keychain, since it
// remembers whom it spoke to.
import keytar from '@github/keytar';

/** Keel's, of `#keyring/keychain`. */
const service = 'keel';

process.on('disconnect', () => process.exit());
process.on('message', async ({ hold }) => {
  try {
    const now = await keytar.findCredentials(service);
    if (hold) await change(now, hold);
    process.send({ entries: hold ?? now });
  } catch (error) {
    process.send({ failed: String(error?.stack ?? error) });
  }
});

async function change(now, next) {
  const has = (entries, one) =>
    entries.some(({ account, password }) => account === one.account && password === one.password);
  for (const one of now) if (!has(next, one)) await keytar.deletePassword(service, one.account);
  for (const one of next) if (!has(now, one)) await keytar.setPassword(service, one.account, one.password);
}
