import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import { builtFrom } from '../built-parts.mjs';
import { interleave, measure, ratio, timed } from '../measure.mjs';

/** One API key against bcrypt hashes, none of which is its own: one after the other, and as Keel verifies it. */
export async function apiKeys({ rounds, full }) {
  const { fits, Secret, verifyKey } = await builtFrom([
    'api-keys/bcrypt-hash',
    'crypto/secret',
    'api-keys/verify',
  ]);
  const cost = 10;
  const count = full ? 1_000 : 100;
  const hashes = await Promise.all(
    Array.from({ length: count }, () => bcrypt.hash(randomBytes(12).toString('hex'), cost)),
  );
  const rows = hashes.map((hash) => ({ hash, prefix: '', key: { cost, active: true, expired: false } }));
  const key = new Secret(Buffer.from(`bk_${randomBytes(24).toString('base64url')}`));
  const samples = await interleave(rounds, {
    inTurn: () =>
      timed(async () => {
        for (const hash of hashes) await fits(key, hash);
      }),
    verify: () => timed(() => verifyKey(rows, key, { everything: true })),
  });
  const label = `${count.toLocaleString('en')} hashes of cost ${cost}, ${availableParallelism()} cores`;
  return [
    measure(`one after the other to Keel, ${label}`, '×', ratio(samples, 'inTurn', 'verify')),
    measure(
      `Keel, ${label}`,
      'ms a hash',
      samples.verify.map(({ seconds }) => (seconds * 1e3) / count),
    ),
  ];
}
