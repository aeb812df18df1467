// Faults at a file operation of Keel's own process.
const whens = ['before', 'torn', 'after'];

const atOperation = (name, kind, { weight = 1, first = false } = {}) => ({
  name,
  weight,
  applies: () => true,
  async arm(_lane, { draw, measured }) {
    const at = first ? 1 : 1 + draw.below(Math.max(1, measured.files));
    const when = draw.pick(whens);
    const kept = draw.pick([0, draw.fraction(), 1]);
    return {
      where: `${when} file operation ${at} of ${measured.files}`,
      options: { fault: { kind, at, when, kept } },
      reached: (run) => run.files.reached,
    };
  },
});

export const fileKinds = [
  atOperation('SIGKILL at a file operation', 'kill', { weight: 2 }),
  atOperation('power loss at a file operation', 'power', { weight: 2 }),
  atOperation('SIGTERM at a file operation', 'term'),
  atOperation('Ctrl-C twice at a file operation', 'int-twice'),
  atOperation('disk full from a file operation on', 'disk-full'),
  atOperation('failing write at a file operation', 'bad-disk'),
  atOperation('read-only home', 'read-only', { first: true }),
  atOperation('home read-only from a file operation on', 'read-only'),
];
