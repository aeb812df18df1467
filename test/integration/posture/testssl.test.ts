import { describe, expect } from 'vitest';
import { checkPosture } from '#posture/look/check-posture';
import { judgePosture } from '#posture/judge/judge-posture';
import { authorityIn } from '#test/support/peers/made-certificates';
import { type OldWays, oldTlsServer } from '#test/support/peers/old-tls-server';
import { hasTestssl, testssl } from '#test/support/peers/testssl';
import { test } from '#test/support/temp-folder';

const has = hasTestssl();
if (!has) process.stderr.write('\nSKIPPED: nothing was compared with testssl (Debian: testssl.sh)\n');

/** Ids of testssl's findings, and the finding of Keel that speaks of the same. */
const sameAs: readonly (readonly [RegExp, string])[] = [
  [/^(SSLv[23]|TLS1(_1)?)$/, 'api.tls-version'],
  [/^cipherlist_(NULL|aNULL|EXPORT|LOW|3DES_IDEA)$/, 'api.ciphers'],
  [/^(PFS|FS)$/, 'api.forward-secrecy'],
  [/^(DH_groups|PFS_.*DH.*|cert_keySize)/, 'api.key-size'],
  [/^cert_(chain_of_trust|caIssuers|signatureAlgorithm)/, 'api.certificate'],
  [/^cert_(trust|subjectAltName)/, 'api.host-name'],
  [/^cert_(expirationStatus|notAfter|validityPeriod)/, 'api.expiry'],
];

/** What Keel does not look at, and says so in its guide. */
const notLookedAt = /^cert_(revocation|mustStapleExtension)|^cipherlist_STRONG$/;

interface Server {
  readonly sections: readonly string[];
  readonly ways?: OldWays;
  readonly tls?: object;
  readonly pair: (
    authority: Awaited<ReturnType<typeof authorityIn>>,
  ) => Promise<{ cert: Buffer; key: Buffer }>;
  /** Of testssl's findings, some of those that it calls not ok: that it was asked. */
  readonly bad: readonly string[];
}

const rsa = (bits: number) => ['rsa', '-pkeyopt', `rsa_keygen_bits:${bits}`];
const servers: Readonly<Record<string, Server>> = {
  'that speaks SSL and accepts suites of every weak kind': {
    sections: ['-p', '-s'],
    ways: { versions: [0x0002, 0x0300], suites: [0x0002, 0x0003, 0x0005, 0x0009, 0x000a, 0x0007, 0x001b] },
    tls: { minVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' },
    pair: ({ issue }) => issue('old', { key: rsa(2048) }),
    bad: ['SSLv2', 'SSLv3', 'cipherlist_NULL', 'cipherlist_aNULL', 'cipherlist_EXPORT', 'cipherlist_LOW'],
  },
};

describe.runIf(has)('what testssl calls not ok', () => {
  test.for(Object.entries(servers))(
    'is not passed by Keel, of a server %s',
    { timeout: 900_000 },
    async ([, { sections, ways = {}, tls = {}, pair, bad }], { folder }) => {
      const authority = await authorityIn(folder);
      await using server = await oldTlsServer({ ...tls, ...(await pair(authority)) }, ways);
      const facts = await checkPosture(
        {
          places: { oauth: [], keyFiles: [], api: server.url, rootCertificate: authority.root },
          inventory: [],
          answers: [],
        },
        { signal: new AbortController().signal },
      );
      const keel = new Map(judgePosture(facts).map(({ id, status, seen }) => [id, `${status}: ${seen}`]));

      const found = await testssl(folder, server.url, sections, authority.root);
      const notOk = found.filter(
        ({ id, severity }) => /^(CRITICAL|HIGH|MEDIUM)$/.test(severity) && !notLookedAt.test(id),
      );
      expect(notOk.map(({ id }) => id)).toEqual(expect.arrayContaining([...bad]));
      const compared = notOk.map(({ id, severity, finding }) => {
        const [, same] = sameAs.find(([pattern]) => pattern.test(id)) ?? [];
        return {
          testssl: `${severity} ${id}: ${finding}`,
          keel: (same && keel.get(same)) ?? 'no such finding',
        };
      });
      expect(compared.filter((one) => !/^(fail|warn): /.test(one.keel))).toEqual([]);
    },
  );
});
