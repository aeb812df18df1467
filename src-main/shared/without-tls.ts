interface TlsParameters {
  readonly sslmode?: unknown;
  readonly sslrootcert?: unknown;
  readonly sslcert?: unknown;
  readonly sslkey?: unknown;
}

/** An address without what it says of TLS. */
export function withoutTls<Address extends TlsParameters>({
  sslmode: _,
  sslrootcert: __,
  sslcert: ___,
  sslkey: ____,
  ...address
}: Address): Omit<Address, keyof TlsParameters> {
  return address;
}
