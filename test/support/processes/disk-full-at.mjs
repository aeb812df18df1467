// Loaded before Keel: from the moment it announced the step KEEL_FULL_AT, no file can be opened for writing any more.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const write = process.stderr.write.bind(process.stderr);

process.stderr.write = (chunk, ...rest) => {
  if (String(chunk).startsWith(`${process.env.KEEL_FULL_AT} …`)) {
    const open = fs.promises.open;
    fs.promises.open = async (path, flags = 'r', ...others) => {
      // what is there can be read on a full disk
      const reads = typeof flags === 'number' ? (flags & 3) === 0 : flags === 'r';
      if (reads) return open(path, flags, ...others);
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    };
    syncBuiltinESMExports();
  }
  return write(chunk, ...rest);
};
