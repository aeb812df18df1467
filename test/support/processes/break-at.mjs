// Loaded before Keel: announcing the step KEEL_BREAK_AT throws, as a terminal that has gone away does.
const write = process.stderr.write.bind(process.stderr);

process.stderr.write = (chunk, ...rest) => {
  if (String(chunk).startsWith(`${process.env.KEEL_BREAK_AT} …`)) throw new Error('the terminal is gone');
  return write(chunk, ...rest);
};
