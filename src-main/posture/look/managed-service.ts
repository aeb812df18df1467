/** A hosted PostgreSQL, and where its operator shows how it is encrypted. */
export interface ManagedService {
  readonly name: string;
  /** Its operator encrypts every disk, with no way to turn that off. */
  readonly alwaysEncrypted: boolean;
  /** Which setting to look at. */
  readonly look: string;
  /** Which setting refuses sessions without TLS. */
  readonly forceTls: string;
}

interface Known extends ManagedService {
  readonly host?: RegExp;
  /** How the names of its own settings begin. */
  readonly setting?: string;
}

const services: readonly Known[] = [
  {
    name: 'Amazon RDS or Aurora',
    host: /\.rds\.amazonaws\.com(\.cn)?$/,
    setting: 'rds.',
    alwaysEncrypted: false,
    look: '“Encryption” under Configuration of the instance (StorageEncrypted); to encrypt an instance without it, restore an encrypted copy of its snapshot',
    forceTls: 'set rds.force_ssl = 1 in its parameter group',
  },
  {
    name: 'Azure Database for PostgreSQL',
    host: /\.postgres\.database\.azure\.com$/,
    setting: 'azure.',
    alwaysEncrypted: true,
    look: '“Data encryption” of the server says whether the key is Microsoft’s or your own',
    forceTls: 'set the server parameter require_secure_transport to ON',
  },
  {
    name: 'Google Cloud SQL',
    host: /\.sql\.goog$/,
    setting: 'cloudsql.',
    alwaysEncrypted: true,
    look: '“Encryption” of the instance says whether the key is Google’s or your own (CMEK)',
    forceTls: 'choose “Allow only SSL connections” (sslMode ENCRYPTED_ONLY)',
  },
  {
    name: 'Google AlloyDB',
    setting: 'alloydb.',
    alwaysEncrypted: true,
    look: '“Encryption” of the cluster says whether the key is Google’s or your own (CMEK)',
    forceTls: 'set the instance’s SSL mode to ENCRYPTED_ONLY',
  },
  {
    name: 'Neon',
    host: /\.neon\.(tech|build)$/,
    setting: 'neon.',
    alwaysEncrypted: true,
    look: 'its storage is always encrypted, with an operator-managed key',
    forceTls: 'Neon refuses unencrypted connections itself',
  },
  {
    name: 'Supabase',
    host: /\.supabase\.(co|com)$/,
    alwaysEncrypted: true,
    look: 'its storage is always encrypted, with an operator-managed key',
    forceTls: 'turn on “Enforce SSL on incoming connections” under Database settings',
  },
  {
    name: 'Aiven',
    host: /\.aivencloud\.com$/,
    alwaysEncrypted: true,
    look: 'its disks and backups are always encrypted, with operator-managed keys',
    forceTls: 'Aiven refuses unencrypted connections itself',
  },
  {
    name: 'DigitalOcean Managed Databases',
    host: /\.db\.ondigitalocean\.com$/,
    alwaysEncrypted: true,
    look: 'its disks and backups are always encrypted, with operator-managed keys',
    forceTls: 'DigitalOcean refuses unencrypted connections itself',
  },
];

/** The service that a host name belongs to, or that settings of its own give away; undefined for a server of one's own. */
export function managedServiceOf(host: string, settings: readonly string[]): ManagedService | undefined {
  const bare = host.toLowerCase().replace(/\.$/, '');
  const known =
    services.find((service) => service.host?.test(bare)) ??
    services.find(
      ({ setting }) => setting !== undefined && settings.some((name) => name.startsWith(setting)),
    );
  if (!known) return undefined;
  const { host: _, setting: __, ...service } = known;
  return service;
}

/** The last day on which a major version gets fixes (postgresql.org, "Versioning Policy"). */
const endsOf: Readonly<Record<number, string>> = {
  13: '2025-11-13',
  14: '2026-11-12',
  15: '2027-11-11',
  16: '2028-11-09',
  17: '2029-11-08',
  18: '2030-11-14',
};

/** When the community ends its support of a version, like 180004; undefined for one that is newer than this list. */
export function endOfLife(version: number): string | undefined {
  const major = Math.floor(version / 10_000);
  return major < 13 ? 'years ago' : endsOf[major];
}
