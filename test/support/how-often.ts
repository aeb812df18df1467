/**
 * How often something random is tried: a tenth of `times`, and all of them where KEEL_TEST_LENGTH is `full`, as it is every
 * night. Whoever fails names the seed.
 */
export function often(times: number): number {
  return process.env['KEEL_TEST_LENGTH'] === 'full' ? times : Math.ceil(times / 10);
}
