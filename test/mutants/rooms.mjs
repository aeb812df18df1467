// The rooms that carry Keel's promises, and the tests that run inside the process of the tests, where a mutant can be seen: what
// starts the built command line sees the code as it was built.

const steps = 'test/integration/rotation/steps/**/*.test.ts';
const findings = 'test/integration/rotation/*-findings.test.ts';

export const rooms = {
  rotation: {
    server: true,
    tests: ['test/unit/rotation/**/*.test.ts', steps, findings],
  },
  rewrite: {
    server: true,
    tests: ['test/unit/rewrite/**/*.test.ts', 'test/unit/rotation/run/cutover.test.ts', findings],
  },
  storage: { tests: ['test/unit/storage/**/*.test.ts', 'test/unit/state/state-files.test.ts'] },
  keyring: { tests: ['test/unit/keyring/!(*-processes).test.ts'] },
  crypto: { tests: ['test/unit/crypto/**/*.test.ts', 'test/unit/keyring/sealed-*.test.ts'] },
  evidence: { tests: ['test/unit/evidence/**/*.test.ts', 'test/unit/rotation/in-place.test.ts'] },
  handoff: {
    // those that are left out ask real programs, or run in a process of their own
    tests: ['test/unit/handoff/!(cloud-programs|interrupted|programs|reading-programs).test.ts'],
  },
  backup: { tests: ['test/unit/backup/**/*.test.ts'] },
  shell: { tests: ['test/unit/shell/**/*.test.ts'] },
  router: { files: ['src-main/router.ts'], tests: ['test/unit/router-*.test.ts'] },
};

/** What is changed in a room: folders, or files. */
export const foldersOf = (room) => rooms[room].files ?? [`src-main/${room}`];
