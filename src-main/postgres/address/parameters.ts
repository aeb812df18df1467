import { malformed } from './malformed.ts';

/** Parameters of libpq, by PostgreSQL's documentation ("Parameter Key Words", to version 18), that Keel connects by. */
const used =
  words(`connect_timeout ssl sslaccept sslfactory dbname host hostaddr options passfile password port requiressl service servicefile
  sslcert sslkey sslmode sslrootcert target_session_attrs user`);

/** Those of libpq and of drivers that change nothing here: names, pools, caches, time limits, what rows look like to a program. */
const withoutEffect =
  words(`application_name authtype client_encoding fallback_application_name keepalives keepalives_count
  keepalives_idle keepalives_interval load_balance_hosts max_protocol_version sslcertmode sslcompression sslkeylogfile sslnegotiation
  ssl_max_protocol_version tcp_user_timeout tty uselibpqcompat
  connection_limit pgbouncer pool_timeout schema socket_timeout statement_cache_size
  async_fallback command_timeout direct_tls max_cached_statement_lifetime max_cacheable_statement_size
  prepared_statement_cache_size prepared_statement_name_func tcp_keepalive timeout unix_sock
  default_query_exec_mode description_cache_capacity idle_in_transaction_session_timeout lock_timeout query_timeout
  search_path statement_cache_capacity statement_cache_mode statement_timeout timezone TimeZone keepAlive
  keepAliveInitialDelayMillis max idleTimeoutMillis encoding conn_health_checks conn_max_age pool prepared_statements reconnect
  pool_max_conns pool_min_conns pool_min_idle_conns pool_max_conn_lifetime pool_max_conn_lifetime_jitter pool_max_conn_idle_time
  pool_health_check_period supa workaround pool_size max_overflow`);

/** Those of the JDBC driver (its documentation, "Connection Parameters") that change nothing here. */
const withoutEffectInJdbc =
  words(`adaptiveFetch adaptiveFetchMaximum adaptiveFetchMinimum allowEncodingChanges ApplicationName
  assumeMinServerVersion autosave binaryTransfer binaryTransferDisable binaryTransferEnable cancelSignalTimeout
  cleanupSavepoints convertBooleanToNumeric currentSchema databaseMetadataCacheFields databaseMetadataCacheFieldsMiB
  defaultRowFetchSize disableColumnSanitiser escapeSyntaxCallMode groupStartupParameters hideUnprivilegedObjects
  hostRecheckSeconds loadBalanceHosts localSocketAddress logServerErrorDetail loggerFile loggerLevel logUnclosedConnections
  maxResultBuffer maxSendBufferSize preferQueryMode preparedStatementCacheQueries preparedStatementCacheSizeMiB prepareThreshold
  protocolVersion queryTimeout quoteReturningIdentifiers readOnly readOnlyMode receiveBufferSize reWriteBatchedInserts
  sendBufferSize socketFactory socketFactoryArg socketTimeout sslNegotiation sslResponseTimeout stringtype tcpKeepAlive
  tcpNoDelay unknownLength useSpnego xmlFactoryFactory`);

/** What is said of those that an admin may rely on and that Keel does not follow. */
const notFollowed: Readonly<Record<string, string>> = {
  channel_binding:
    'Keel does not support channel binding; sslmode=verify-full verifies the server’s identity',
  require_auth:
    'Keel uses the authentication method that the server asks for; sslmode=verify-full verifies the server’s identity',
  sslcrl: 'Keel does not check for revoked certificates',
  sslcrldir: 'Keel does not check for revoked certificates',
  sslsni: 'Keel always sends the host name to the server',
  ssl_min_protocol_version: 'Keel accepts TLS 1.2 and later',
  min_protocol_version: 'Keel uses protocol version 3.0',
  requirepeer: 'Keel does not check which account runs the server behind a socket',
  krbsrvname: 'Keel does not support GSSAPI authentication',
  gsslib: 'Keel does not support GSSAPI authentication',
  gssdelegation: 'Keel does not support GSSAPI authentication',
  oauth_issuer: 'Keel does not support OAuth authentication',
  oauth_client_id: 'Keel does not support OAuth authentication',
  oauth_client_secret: 'Keel does not support OAuth authentication',
  oauth_scope: 'Keel does not support OAuth authentication',
  scram_client_key: 'Keel authenticates with the password',
  scram_server_key: 'Keel authenticates with the password',
  sslpassword: 'Keel only reads client keys without a passphrase: decrypt the key with `openssl pkey`',
  sslidentity: 'Keel does not read PKCS #12: use sslcert and sslkey in PEM format',
  jaasApplicationName: 'Keel does not support Kerberos authentication',
  jaasLogin: 'Keel does not support Kerberos authentication',
  kerberosServerName: 'Keel does not support Kerberos authentication',
  sspiServiceClass: 'Keel does not support SSPI authentication',
  authenticationPluginClassName: 'Keel does not load driver code',
  sslhostnameverifier: 'Keel does not load driver code: sslmode determines what is verified',
  sslpasswordcallback: 'Keel does not load driver code',
  sslfactoryarg: 'Keel does not load driver code: sslmode determines what is verified',
};

/** Values that ask for what libpq does without them. */
const noDemand: Readonly<Record<string, readonly string[]>> = {
  channel_binding: ['disable', 'prefer'],
  sslsni: ['1'],
  ssl_min_protocol_version: ['TLSv1', 'TLSv1.1', 'TLSv1.2'],
  min_protocol_version: ['3.0'],
  gssdelegation: ['0'],
};

/** Whether libpq or a driver knows a parameter of this name. */
export function isKnownParameter(name: string): boolean {
  return used.has(name) || withoutEffect.has(name) || withoutEffectInJdbc.has(name) || isWatched(name);
}

function isWatched(name: string): boolean {
  return Object.hasOwn(notFollowed, name) || name === 'gssencmode' || name === 'replication';
}

/**
 * What is to be said of a parameter that is in force in an address; undefined where it is followed, or changes nothing. Throws
 * `url-malformed` for one that nobody knows, and for what Keel cannot do and would do less safely without.
 */
export function noteOn(name: string, value: string): string | undefined {
  if (name === 'gssencmode' && value === 'require') {
    throw malformed(
      'gssencmode=require asks for GSSAPI encryption, which Keel does not support',
      'connect with TLS: write gssencmode=disable&sslmode=verify-full',
    );
  }
  if (name === 'replication' && !['', 'false', 'off', 'no', '0'].includes(value)) {
    throw malformed(
      'the connection string is for a replication connection, which cannot rewrite rows',
      'remove `replication`',
    );
  }
  if (!isKnownParameter(name)) {
    throw malformed(
      `\`${name.slice(0, 60)}\` is not a PostgreSQL parameter`,
      'remove it, or correct its name',
    );
  }
  const reason = Object.hasOwn(notFollowed, name) ? notFollowed[name] : undefined;
  if (reason === undefined || value === '' || noDemand[name]?.includes(value)) return undefined;
  return `${name} is ignored: ${reason}`;
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}
