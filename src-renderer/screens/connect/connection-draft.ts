import type { Connection, DatabaseAddress, SslMode } from '#contract/environments';
import {
  driverTlsParameters,
  hostOfUrl,
  type TlsParameter,
  tlsOfUrl,
  tlsParameters,
  withParameter,
} from './pasted-url.ts';
import { withoutTls } from '#shared/without-tls';

/** What is typed, pasted or chosen so far. Pure. */

export type SourceKind = 'url' | 'file' | 'form';

/** How the connection is to be protected; the files as paths. */
export interface Tls {
  readonly sslmode: SslMode;
  readonly sslrootcert?: string;
  readonly sslcert?: string;
  readonly sslkey?: string;
}

/** An address that a file held; its password, if any, stayed in the main process. */
export interface Found {
  readonly imported: string;
  readonly from: string;
  readonly address: DatabaseAddress;
  readonly hasPassword: boolean;
  readonly notes: readonly string[];
}

export interface Draft {
  readonly source: SourceKind;
  readonly url: string;
  readonly file?: string;
  readonly found: readonly Found[];
  /** Which of them, by its id. */
  readonly chosen?: string;
  readonly form: {
    readonly host: string;
    readonly port: string;
    readonly database: string;
    readonly user: string;
  };
  /** Of the form; a URL and a file bring their own. */
  readonly tls: Tls;
  readonly password: string;
}

export const emptyDraft: Draft = {
  source: 'url',
  url: '',
  found: [],
  form: { host: '', port: '5432', database: '', user: '' },
  tls: { sslmode: 'verify-full' },
  password: '',
};

export function chosenIn({ found, chosen }: Draft): Found | undefined {
  return found.find(({ imported }) => imported === chosen);
}

/** How the connection would be protected as things stand; undefined without an address that says so. */
export function tlsOf(draft: Draft): Tls | undefined {
  if (draft.source === 'form') return draft.tls;
  if (draft.source === 'url') return draft.url.trim() === '' ? undefined : onlyTls(tlsOfUrl(draft.url));
  const found = chosenIn(draft);
  return found && onlyTls(found.address);
}

function onlyTls(tls: Pick<DatabaseAddress, TlsParameter>): Tls {
  const { sslmode, sslrootcert, sslcert, sslkey } = tls;
  return {
    sslmode,
    ...(sslrootcert !== undefined && { sslrootcert }),
    ...(sslcert !== undefined && { sslcert }),
    ...(sslkey !== undefined && { sslkey }),
  };
}

/** Another protection: it goes into the URL where there is one, so that what is shown is what is used. */
export function withTls(draft: Draft, tls: Tls): Draft {
  if (draft.source === 'form') return { ...draft, tls };
  if (draft.source === 'url') {
    const bare = driverTlsParameters.reduce((text, name) => withParameter(text, name, undefined), draft.url);
    const url = tlsParameters.reduce((text, name) => withParameter(text, name, tls[name]), bare);
    return { ...draft, url };
  }
  return {
    ...draft,
    found: draft.found.map((one) =>
      one.imported === draft.chosen ? { ...one, address: { ...withoutTls(one.address), ...tls } } : one,
    ),
  };
}

/** What is still missing, as the status line says it; undefined when the connection can be tested. */
export function missingIn(draft: Draft): string | undefined {
  if (draft.source === 'url') return draft.url.trim() === '' ? 'Paste the database URL' : undefined;
  if (draft.source === 'file') {
    if (draft.file === undefined) return 'Choose a file to import from';
    return chosenIn(draft) ? undefined : 'Choose one of the connections found';
  }
  const { host, port, database, user } = draft.form;
  if (host.trim() === '') return 'Enter the host';
  if (portOf(port) === undefined) return 'The port must be a number from 1 to 65535';
  if (database.trim() === '') return 'Enter the database';
  return user.trim() === '' ? 'Enter the user' : undefined;
}

/** A port as a number, where it is one. */
export function portOf(text: string): number | undefined {
  const port = Number(text);
  return /^\d+$/.test(text) && port > 0 && port < 65_536 ? port : undefined;
}

/** What is handed to the main process; undefined while something is missing. */
export function connectionOf(draft: Draft): Connection | undefined {
  if (missingIn(draft) !== undefined) return undefined;
  const password = draft.password === '' ? {} : { password: draft.password };
  if (draft.source === 'url') return { url: draft.url.trim(), ...password };
  const found = chosenIn(draft);
  if (draft.source === 'file')
    return found && { imported: found.imported, tls: onlyTls(found.address), ...password };
  const { host, port, database, user } = draft.form;
  return {
    address: {
      host: host.trim(),
      port: portOf(port) ?? 5432,
      database: database.trim(),
      user: user.trim(),
      ...draft.tls,
    },
    ...password,
  };
}

/** Whether a password is at hand: typed, or in the file. */
export function hasPassword(draft: Draft): boolean {
  return draft.password !== '' || (draft.source === 'file' && chosenIn(draft)?.hasPassword === true);
}

/** A name to begin with, like `ballast on db.example.org`. */
export function suggestedName({ host, database }: DatabaseAddress): string {
  return (host.startsWith('/') ? database : `${database} on ${host}`).slice(0, 60);
}

/** The host, where one can be seen already. */
export function hostIn(draft: Draft): string | undefined {
  if (draft.source === 'form') return draft.form.host.trim() || undefined;
  return draft.source === 'file' ? chosenIn(draft)?.address.host : hostOfUrl(draft.url);
}
