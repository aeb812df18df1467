// Loaded before Keel: kills the process without mercy as it gives a file its name (`link` or `rename`) that ends like KEEL_KILL_WRITE, or right
// after it. With KEEL_NO_LINKS the file system knows no second names.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { KEEL_KILL_WRITE: name = '', KEEL_KILL_WHEN: when = 'before', KEEL_NO_LINKS: noLinks } = process.env;
const die = () => process.kill(process.pid, 'SIGKILL');

for (const act of ['link', 'rename']) {
  const real = fs.promises[act];
  fs.promises[act] = async (from, to) => {
    if (act === 'link' && noLinks) throw Object.assign(new Error('no links here'), { code: 'EPERM' });
    const isIt = String(to).endsWith(name);
    if (isIt && when === 'before') die();
    await real(from, to);
    if (isIt) die();
  };
}
syncBuiltinESMExports();
