import { expect, test } from 'vitest';
import { complaintOf } from '#handoff/programs/complaint';
import { nameInFile, namesInFile } from '#handoff/unclear';
import { fresh } from './keys.ts';

// As the programs write it.
test.each([
  ['Unable to locate credentials. You can configure credentials by running "aws login".', /not logged in/],
  ['An error occurred (ExpiredTokenException) when calling GetSecretValue: expired', /not logged in/],
  ['An error occurred (AccessDeniedException) when calling the GetSecretValue operation', /permission/],
  ['ERROR: (gcloud.secrets) PERMISSION_DENIED: Permission denied on resource project x', /permission/],
  [
    'ERROR: (gcloud) You do not currently have an active account selected. gcloud auth login',
    /not logged in/,
  ],
  ["ERROR: Please run 'az login' to setup account.", /not logged in/],
  ['[ERROR] 2026/01/01 You are not currently signed in. Please run `op signin --help`', /not logged in/],
  ['Failed to get the data key required to decrypt the SOPS file.', /no key that decrypts/],
  ['MAC mismatch. File has 1, computed 2', /the contents were changed/],
  ['unknown flag: --showsecret', /newer version/],
  ['Error response from daemon: This node is not a swarm manager.', /swarm/],
  ['Error response from daemon: secret x is in use by the following service: y', /in use/],
  ['Could not connect to the endpoint URL: "https://x"', /cannot be reached/],
  ['hunter2-correct is not valid', /does not recognise/],
  ['', /does not recognise/],
])('what a program wrote becomes a reason of a list: %s', (wrote, reason) => {
  const says = complaintOf(wrote);
  expect(says).toMatch(reason);
  expect(says).not.toContain('hunter2');
});

test('of what a program wrote at length only the beginning and the end are looked at', () => {
  const [long, sign] = ['name '.repeat(200_000), 'already exists'];
  expect(complaintOf(`${sign}\n${long}`)).toMatch(/exists already/);
  expect(complaintOf(long + sign)).toMatch(/exists already/);
  expect(complaintOf(long + sign + long)).toMatch(/does not recognise/);
});

test('names of a file are listed where they are names, and counted otherwise', () => {
  expect(namesInFile(['web', 'worker'])).toBe('web, worker');
  expect(namesInFile(['web', 'a secret of three words', fresh, '\u202ex'])).toBe('web and 3 more');
  expect(namesInFile([fresh])).toBe('1 whose names are not shown');
  expect(namesInFile(Array.from({ length: 50 }, (_, n) => `s${n}`))).toMatch(/^s0, .*s7 and 42 more$/);
  expect(nameInFile(fresh)).toBe('(a name that is not shown)');
});
