import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { machineFiles, type NamedFiles } from '#postgres/address/named-files';
import { addressOf, targetFromAddress } from '#postgres/database-address';
import { describeTarget, eachHost, parseDatabaseUrl } from '#postgres/target';
import { test } from '#test/support/temp-folder';

/** The address as `user:password@host:port/database sslmode`, and what is said of it. */
function read(text: string, environment: Record<string, string> = {}, files?: NamedFiles) {
  const target = parseDatabaseUrl(text, environment, files);
  using password = target.password;
  const typed = password ? `:${password.bytes.toString('utf8')}` : '';
  return {
    shown: `${describeTarget(target).replace('@', `${typed}@`)} ${target.sslmode}`,
    notes: (target.notes ?? []).join('; '),
    target,
  };
}

// PostgreSQL 18 documentation, "Parameter Key Words"
const ofLibpq =
  `host=db hostaddr=10.0.0.1 port=5432 dbname=app user=ann password=x passfile= require_auth=scram-sha-256
  channel_binding=require connect_timeout=3 client_encoding=auto options= application_name=a fallback_application_name=b
  keepalives=1 keepalives_idle=10 keepalives_interval=10 keepalives_count=60 tcp_user_timeout=10000 replication=false
  gssencmode=prefer sslmode=require requiressl=0 sslnegotiation=postgres sslcompression=0 sslcert= sslkey= sslkeylogfile=
  sslpassword=x sslcertmode=allow sslrootcert= sslcrl=/crl sslcrldir=/crls sslsni=1 requirepeer=postgres
  ssl_min_protocol_version=TLSv1.3 ssl_max_protocol_version= min_protocol_version=3.0 max_protocol_version=latest krbsrvname=x
  gsslib=gssapi gssdelegation=0 scram_client_key= scram_server_key= service= servicefile= target_session_attrs=any
  load_balance_hosts=disable oauth_issuer=x oauth_client_id=x oauth_client_secret=x oauth_scope=x`.split(
    /\s+/,
  );

describe('a parameter of libpq', () => {
  test.for(ofLibpq)('%s is known in a URL and in pairs', (pair) => {
    const [name = '', value = ''] = pair.split('=');
    expect(read(`postgres://db/app?${name}=${encodeURIComponent(value)}`).target.host).toBe('db');
    expect(read(`host=db ${name}='${value}'`).target.host).toBe('db');
  });

  test('that asks for more than Keel does is said to be not followed, without its value', () => {
    const { notes } = read(
      'postgres://db/app?require_auth=scram-sha-256&sslcrl=/x&channel_binding=require&sslpassword=geheim&oauth_client_secret=geheim',
    );
    for (const name of ['require_auth', 'sslcrl', 'channel_binding', 'sslpassword', 'oauth_client_secret'])
      expect(notes).toContain(`${name} is ignored`);
    expect(notes).not.toContain('geheim');
    expect(
      read('postgres://db/app?keepalives=1&tcp_user_timeout=1&sslsni=1&channel_binding=prefer').notes,
    ).toBe('');
  });
});

describe('TLS by another word', () => {
  test.for([
    ['postgres://ann@db/x?ssl=true', 'require', 'does not verify the certificate'],
    ['postgres://ann@db/x?ssl=1', 'require', 'ssl=true'],
    ['postgres://ann@db/x?ssl=no-verify', 'require', 'does not verify'],
    ['postgres://ann@db/x?sslmode=no-verify', 'require', 'does not verify'],
    ['postgres://ann@db/x?ssl=verify-full', 'verify-full', 'sslmode=verify-full'],
    ['postgres://ann@db/x?ssl=false', 'prefer', 'ssl=false'],
    ['postgres://ann@db/x?ssl=true&sslmode=verify-full', 'verify-full', ''],
    ['postgres://ann@db/x?ssl=true&sslmode=disable', 'require', ''],
    ['postgres://ann@db/x?requiressl=1', 'require', 'requiressl=1'],
    ['postgresql+asyncpg://ann@db/x?ssl=require', 'require', '+asyncpg'],
    ['jdbc:postgresql://db/x?user=ann&ssl=true', 'verify-full', 'JDBC'],
    ['jdbc:postgresql://db/x?user=ann&ssl', 'verify-full', 'JDBC'],
    [
      'jdbc:postgresql://db/x?user=ann&ssl=true&sslfactory=org.postgresql.ssl.NonValidatingFactory',
      'require',
      'does not verify',
    ],
    ['postgres://ann@db/x?sslaccept=strict', 'verify-full', 'sslaccept=strict'],
    ['postgres://ann@db/x?sslmode=require&sslaccept=accept_invalid_certs', 'require', ''],
  ] as const)('%s is sslmode=%s', ([text, sslmode, note]) => {
    const { target, notes } = read(text);
    expect(target.sslmode).toBe(sslmode);
    expect(notes).toContain(note);
  });

  test('never lowers what PGSSLMODE asks for', () => {
    expect(read('postgres://db/x?ssl=true', { PGSSLMODE: 'verify-full' }).target.sslmode).toBe('verify-full');
  });
});

describe('an address of a driver', () => {
  test.for([
    ['postgresql+asyncpg://ann:p%40ss@db/x', 'ann:p@ss@db:5432/x prefer'],
    ['postgresql+psycopg2://ann:pw@db:6543/x?application_name=a', 'ann:pw@db:6543/x prefer'],
    ['postgresql+psycopg://ann:pw@db/x', 'ann:pw@db:5432/x prefer'],
    ['postgresql+pg8000://ann:pw@db/x', 'ann:pw@db:5432/x prefer'],
    ['postgres+psycopg2cffi://ann:pw@db/x', 'ann:pw@db:5432/x prefer'],
    ['postgresql+psycopg2://ann:pw@/x?host=one:1111&host=two:2222', 'ann:pw@one:1111/x prefer'],
    ['jdbc:postgresql://db:6543/x?user=ann&password=a+b%2B', 'ann:a b+@db:6543/x prefer'],
    [
      'jdbc:postgresql://db/x?user=ann&currentSchema=b&ApplicationName=c&reWriteBatchedInserts=true',
      'ann@db:5432/x prefer',
    ],
    ['jdbc:postgresql:x?user=ann', 'ann@localhost:5432/x prefer'],
    ['jdbc:postgresql:/?user=ann', 'ann@localhost:5432/ann prefer'],
    [
      'postgres://ann:pw@db/x?schema=public&connection_limit=5&pool_timeout=3&pgbouncer=true',
      'ann:pw@db:5432/x prefer',
    ],
    [
      'postgres://u1:p2@ec2-1.compute-1.amazonaws.com:5432/d3?sslmode=require',
      'u1:p2@ec2-1.compute-1.amazonaws.com:5432/d3 require',
    ],
    ['postgres://ann:pw@db/x?statement_timeout=1&pool_max_conns=4&search_path=a', 'ann:pw@db:5432/x prefer'],
    ['postgresql://?host=db&user=ann&database=x', 'ann@db:5432/x prefer'],
    [
      "host=db port = 6543 dbname='my db' user=ann password='it\\'s \\\\ a=b'",
      "ann:it's \\ a=b@db:6543/my db prefer",
    ],
    ['  user=ann  host=/run/postgresql dbname=x ', 'ann@/run/postgresql:5432/x prefer'],
    // libpq and node-postgres: a parameter counts more than what stands before the question mark
    ['postgres://bob:b@db:1111/y?user=ann&password=pw&dbname=x&port=6543', 'ann:pw@db:6543/x prefer'],
    ['postgresql+asyncpg://ann:pw@db/x?user=bob&password=b', 'ann:pw@db:5432/x prefer'],
    ['postgresql+psycopg2://ann:pw@/x?host=one&port=1111&host=two&port=2222', 'ann:pw@one:1111/x prefer'],
    ['postgis://ann:pw@db/x', 'ann:pw@db:5432/x prefer'],
    ['pgsql://ann:pw@db:6543/x?sslmode=require', 'ann:pw@db:6543/x require'],
    ['ecto://ann:pw@db/x', 'ann:pw@db:5432/x prefer'],
    ['host=db user=ann password=p@ss/w#rd%41', 'ann:p@ss/w#rd%41@db:5432/ann prefer'],
  ])('%s is %s', ([text, shown]) => {
    expect(read(text as string).shown).toBe(shown);
  });

  test('says what is given twice, without its value, and which scheme was read as another', () => {
    expect(read('postgres://bob:b@db/y?user=ann&password=geheim').notes).toBe(
      '`user` is given twice: the parameter after the question mark is used, as in libpq; ' +
        '`password` is given twice: the parameter after the question mark is used, as in libpq',
    );
    expect(read('postgis://ann@db/x').notes).toBe('the scheme `postgis` is read as `postgresql`');
  });

  test('of .NET is refused by its format', () => {
    expect(() => read('Host=db;Username=ann;Password=geheim;Database=x')).toThrow(/format of \.NET/);
  });

  test('says which driver it was made for', () => {
    expect(read('postgresql+asyncpg://ann@db/x').notes).toContain('`+asyncpg` is an SQLAlchemy driver name');
    expect(read('jdbc:postgresql://db/x?user=ann').notes).toContain('JDBC');
  });

  test('has its time limit taken, and Prisma’s certificate as that of the authority', () => {
    expect(read('jdbc:postgresql://db/x?loginTimeout=7').target.connectTimeoutMs).toBe(7000);
    const { target, notes } = read('postgres://ann@db/x?sslcert=/ca.pem&sslaccept=strict');
    expect(target).toMatchObject({ sslrootcert: '/ca.pem', sslmode: 'verify-full' });
    expect(target.sslcert).toBeUndefined();
    expect(notes).toContain('sslrootcert');
  });
});

describe('several hosts', () => {
  test.for([
    'postgres://ann:x@one:1111,two:2222,[2001:db8::3]:3333/x?target_session_attrs=read-write',
    'postgres://ann:x@one,two,[2001:db8::3]/x?port=1111,2222,3333',
    'jdbc:postgresql://one:1111,two:2222,[2001:db8::3]:3333/x?user=ann&password=x&targetServerType=primary',
    'host=one,two,2001:db8::3 port=1111,2222,3333 user=ann password=x dbname=x',
    'postgresql+psycopg://ann:x@/x?host=one:1111&host=two:2222&host=[2001:db8::3]:3333',
  ])('%s are all kept, in their order', (text) => {
    const { target, notes } = read(text);
    expect(eachHost(target).map(({ host, port }) => `${host} ${port}`)).toEqual([
      'one 1111',
      'two 2222',
      '2001:db8::3 3333',
    ]);
    expect(notes).toContain('3 hosts are listed: the first that accepts writes is used');
    expect(eachHost(targetFromAddress(addressOf(target)))).toHaveLength(3);
  });

  test('may be told apart from the addresses to connect to', () => {
    const { target } = read('host=one,two hostaddr=10.0.0.1,10.0.0.2 user=ann');
    expect(eachHost(target)).toMatchObject([
      { host: 'one', hostaddr: '10.0.0.1' },
      { host: 'two', hostaddr: '10.0.0.2' },
    ]);
    expect(read('hostaddr=10.0.0.1,10.0.0.2 user=ann').target).toMatchObject({
      host: '10.0.0.1',
      others: [{ host: '10.0.0.2' }],
    });
  });

  test('of which a standby is wanted: that is not followed, and said', () => {
    expect(read('postgres://one,two/x?target_session_attrs=standby').notes).toContain('standby is ignored');
    expect(read('jdbc:postgresql://one/x?targetServerType=preferSecondary').notes).toContain('is ignored');
  });
});

describe('a file that an address names', () => {
  test('is read where that is allowed: a service and a password file', async ({ folder }) => {
    await mkdir(join(folder, 'etc'));
    await writeFile(
      join(folder, 'etc', 'pg_service.conf'),
      '[other]\nhost=no\n[main]\n# ours\nhost=one,two\nport=6543\ndbname=x\nuser=ann\nsslmode=require\n',
    );
    await writeFile(join(folder, 'pass'), '# mine\nno:*:*:*:wrong\none:6543:x:ann:a\\:b\n*:*:*:*:last\n');
    const environment = { PGSERVICEFILE: join(folder, 'etc', 'pg_service.conf') };
    const files = machineFiles(environment);
    const passfile = `passfile=${join(folder, 'pass')}`;
    expect(read(`service=main ${passfile}`, environment, files)).toMatchObject({
      shown: 'ann:a:b@one:6543/x require',
      target: { others: [{ host: 'two', port: 6543 }] },
      notes: expect.stringContaining('service main'),
    });
    expect(read(`postgres://bob@three/y?service=main&${passfile}`, environment, files).shown).toBe(
      'bob:last@three:6543/y require',
    );
    expect(read('user=eve', { ...environment, PGSERVICE: 'main' }, files).shown).toBe(
      'eve@one:6543/x require',
    );
    expect(() => read('service=none', environment, files)).toThrow('the service `none` is not in');
    expect(() => read(`host=db passfile=${folder}/none`, {}, files)).toThrow('cannot be read (ENOENT)');
  });
});
