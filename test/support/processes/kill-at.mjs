// Loaded before Keel: kills the process without mercy KEEL_KILL_AFTER ms after it announced the step KEEL_KILL_AT.
const { KEEL_KILL_AT: step, KEEL_KILL_AFTER: after } = process.env;
const write = process.stderr.write.bind(process.stderr);

process.stderr.write = (chunk, ...rest) => {
  const done = write(chunk, ...rest);
  if (String(chunk).startsWith(`${step} …`)) {
    if (after === '0') process.kill(process.pid, 'SIGKILL');
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(after));
  }
  return done;
};
