import { expect, test } from 'vitest';
import { endpointInFull, inFull, knownServer, linesInFull, targetInFull } from '#procedures/consent/in-full';

const refused = expect.objectContaining({
  code: 'usage',
  message: expect.stringMatching(/nothing was changed$/),
});

test('the server of a credential is named as it is connected to, and a name that is no IDN as it is', () => {
  expect(targetInFull('db.example.com:5432')).toBe('db.example.com:5432');
  expect(targetInFull('[::1]:5432')).toBe('[::1]:5432');
  expect(targetInFull('xn--vult-53d.example:443')).toBe(
    'xn--vult-53d.example:443 (an internationalised domain name)',
  );
  expect(targetInFull('xn--a.example:443')).toBe('xn--a.example:443');
  const long = `${'a'.repeat(60)}.`.repeat(4).slice(0, 243);
  expect(targetInFull(`${long}.evil:5432`)).toBe(`${long}.evil:5432`);
});

test('a server that was agreed to before is named whatever it is called', () => {
  expect(knownServer({ host: 'db.example.com', port: 5432 })).toBe('db.example.com, port 5432');
  expect(knownServer({ host: 'ev%69l', port: 5432 })).toBe('“ev%69l”, port 5432');
});

test('an endpoint is its server and its path, apart', () => {
  expect(endpointInFull('https://api.example/')).toBe('https://api.example');
  expect(endpointInFull('http://[::1]:8080/v1')).toBe('http://[::1]:8080, path “/v1”');
  for (const address of ['https://a.example/?q', 'https://a@b.example', 'ftp://a.example', 'https://a b/'])
    expect(() => endpointInFull(address)).toThrow(refused);
});

test('what does not fit on a screen is refused, and not cut', () => {
  const lines = Array.from({ length: 40 }, (_, n) => `line ${n}`);
  expect(linesInFull(lines, 'the lines').split('\n')).toEqual(lines);
  expect(() => linesInFull([...lines, 'one more'], 'the lines')).toThrow(refused);
  expect(() => linesInFull(['x'.repeat(7000)], 'the lines')).toThrow(refused);
  expect(() => inFull('x'.repeat(301), 'the name')).toThrow(refused);
});
