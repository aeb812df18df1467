// Loaded before Keel: from the moment it announced the step KEEL_FULL_AT, no file can be opened any more.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const write = process.stderr.write.bind(process.stderr);

process.stderr.write = (chunk, ...rest) => {
  if (String(chunk).startsWith(`${process.env.KEEL_FULL_AT} …`)) {
    fs.promises.open = async () => {
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    };
    syncBuiltinESMExports();
  }
  return write(chunk, ...rest);
};
