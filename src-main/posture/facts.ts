import type { PostureAnswer } from '#contract/posture';
import type { SecretKind } from '#contract/inventory';
import type { PlainAnswer } from './look/plain-postgres.ts';
import type { ManagedService } from './look/managed-service.ts';
import type { GitObjects } from './look/keys-in-git.ts';
import type { OldProtocols } from './look/old-protocols.ts';
import type { ShownTls } from './look/tls-handshake.ts';
import type { CipherFacts } from './look/weak-ciphers.ts';

/** All that was seen in one check. Texts in it are shortened and free of control characters. */
export interface PostureFacts {
  readonly at: string;
  readonly api?: EndpointFacts;
  readonly oauth: readonly EndpointFacts[];
  readonly qdrant?: QdrantFacts;
  readonly postgres?: PostgresFacts;
  readonly credentials?: CredentialFacts;
  readonly keys?: KeyFacts;
  readonly keyFiles: readonly KeyFileFacts[];
  readonly answers: readonly PostureAnswer[];
}

/** An HTTP endpoint. What could not be looked at is absent, and `fault` says why. */
export interface EndpointFacts {
  readonly url: string;
  readonly tls?: ShownTls;
  readonly old?: OldProtocols;
  readonly ciphers?: CipherFacts;
  readonly response?: HttpResponse;
  readonly fault?: string;
  /** The address that was checked, if the host name has several. */
  readonly address?: string;
  /** The same of its other addresses. */
  readonly others?: readonly EndpointFacts[];
  /** Addresses that were left, since there are too many. */
  readonly left?: number;
}

export interface HttpResponse {
  readonly status: number;
  readonly hsts?: string;
  /** Where a redirect leads; it was not followed. */
  readonly location?: string;
  /** The beginning of the body. */
  readonly body: string;
}

export interface QdrantFacts extends EndpointFacts {
  /** How `GET /collections` without an API key was answered. */
  readonly withoutKey?: 'answered' | 'refused' | 'unclear';
  readonly collections?: number;
}

export interface PostgresFacts {
  readonly host: string;
  /** Loopback or a unix socket. */
  readonly local: boolean;
  /** Undefined where the server offers no TLS; absent with `tlsFault` where that is not known. */
  readonly tls?: ShownTls | undefined;
  readonly tlsFault?: string;
  readonly old?: OldProtocols;
  readonly ciphers?: CipherFacts;
  readonly plain: PlainAnswer;
  readonly service?: ManagedService;
  readonly session?: SessionFacts;
  /** Why there was no session. */
  readonly fault?: string;
}

/** What the server tells a role that logged in; what it keeps to itself is absent. */
export interface SessionFacts {
  readonly version: number;
  readonly versionText: string;
  /** How Keel's own session leaves here, and whether the server has it encrypted too: a pooler may stand in between. */
  readonly encrypted: boolean;
  readonly protocol?: string;
  readonly arrivesEncrypted: boolean;
  readonly settings: Readonly<Record<string, string>>;
  readonly extensions: readonly string[];
  /** Tables that pg_tde encrypts, and all tables. */
  readonly tdeTables: number;
  readonly tables: number;
  /** Absent where the role cannot see them. */
  readonly md5Roles?: number;
  /** All rules of pg_hba.conf as the file is now. */
  readonly hbaRules?: readonly HbaRule[];
  /** Whether the file was changed after the server last loaded its configuration; absent where the role cannot see it. */
  readonly hbaChanged?: boolean;
  readonly sessions: SessionCounts;
  /** Of the disk under the data folder, where the server runs on this machine. */
  readonly disk?: 'encrypted' | 'plain';
  /** Absent where the columns could not be looked through. */
  readonly apiKeys?: readonly ApiKeyColumn[];
  /** Columns whose names speak of keys, how many of them were looked into, and of how many a sample only. */
  readonly keyColumns?: { readonly found: number; readonly looked: number; readonly sampled: number };
}

export interface HbaRule {
  readonly line: number;
  readonly type: string;
  readonly users: string;
  readonly address: string;
  readonly method: string;
  /** From this machine alone. */
  readonly local: boolean;
  readonly broken: boolean;
}

/** Other sessions of the same database, from elsewhere than the server's machine. */
export interface SessionCounts {
  readonly encrypted: number;
  readonly plain: number;
  readonly hidden: number;
  /** Application names of plain ones. */
  readonly plainNames: readonly string[];
}

/** A column in which API keys, or their hashes, were seen. */
export interface ApiKeyColumn {
  readonly label: string;
  readonly bcrypt: number;
  readonly lowestCost?: number;
  /** Keys in clear. */
  readonly clear: number;
  /** Values that are neither. */
  readonly other: number;
  /** The same hash twice: made without a salt of its own. */
  readonly repeated: number;
  /** Rows that were looked at, where the whole column took too long; all of them without it. */
  readonly sampled?: number;
}

/** What the encrypted columns look like. */
export interface CredentialFacts {
  readonly proof?: {
    readonly at: string;
    readonly verdict: string;
    readonly opened: number;
    readonly values: number;
    readonly bits: number;
  };
  /** Undefined where the columns could not be read. */
  readonly columns?: readonly ColumnFacts[];
  readonly fault?: string;
}

export interface ColumnFacts {
  readonly label: string;
  readonly kind: SecretKind;
  readonly looked: number;
  /** Values that are no ciphertext. */
  readonly unencrypted: number;
  /** Values whose IV another one has too. */
  readonly repeatedIvs: number;
}

/** What is known of keys, without any of them. */
export interface KeyFacts {
  /** After so many days a backup wants to be drilled again: the app's setting. */
  readonly drillEveryDays: number;
  readonly active?: {
    readonly fingerprint: string;
    /** Since when it protects; of an adopted one, since when Keel knows it. */
    readonly since: string;
    readonly adopted: boolean;
    readonly provenAt?: string;
    readonly proofs: number;
  };
  /** Other environments that Keel knows, by name. */
  readonly others: readonly string[];
  /** Of those, the ones in which a key in use here is in use too. */
  readonly sharedWith: readonly string[];
  /** Fingerprints of all keys of the ring, destroyed ones too. */
  readonly known: readonly string[];
  /** They are of an application whose keys are texts: in files they are found only as the value of a variable. */
  readonly areTexts?: boolean;
}

export interface KeyFileFacts {
  readonly path: string;
  /** Why nothing was seen. */
  readonly fault?: string;
  /** Undefined on Windows, whose rights are other ones. */
  readonly othersMay?: 'nothing' | 'read' | 'write';
  readonly groupMayRead?: boolean;
  readonly form: 'compose' | 'manifest' | 'env';
  /** Fingerprints of the keys of ENCRYPTION_KEY in it, and of the ring's keys under whatever name. */
  readonly keys: readonly string[];
  readonly publiclyKnown: boolean;
  readonly weak: boolean;
  /** It names the key without holding it. */
  readonly refers: boolean;
  /** ENCRYPTION_KEY has a value that is neither a reference nor a key of any form known here. */
  readonly unreadable: boolean;
  readonly git: 'none' | 'tracked' | 'once-tracked' | 'ignored' | 'not-ignored' | 'unclear';
  /** What the repository's objects hold, of any name and time; absent outside of one. */
  readonly objects?: GitObjects;
  /** In a place that a secrets manager fills, such as /run/secrets. */
  readonly delivered: boolean;
}
