import type { Audit } from '#audit/audit';
import type { HandoffTarget } from '#contract/handoff';
import type { KeyEntry } from '#keyring/key-entry';
import type { Derivations } from '#shared/derivations';

/** Where long work stands. `done` and `total` count rows, bytes or whatever the step counts. */
export interface Progress<Step extends string> {
  readonly step: Step;
  readonly done: number;
  readonly total?: number;
  /** Told once, before the work that takes so long. */
  readonly derivations?: Derivations | undefined;
}

/** What is about to happen to what, for the question that the admin answers. */
export type Confirmation =
  | {
      readonly of: 'rotate' | 'undo' | 'sweep';
      readonly from: string;
      readonly to: string;
      readonly columns: number;
      /** What stays under the old key by the admin's choice, by name. */
      readonly kept: readonly string[];
      /** Codes of the stops that were accepted. */
      readonly accepted: readonly string[];
      /** Other places under the old key were looked for in samples only. */
      readonly sampled: boolean;
    }
  | {
      readonly of: 'rotate-fleet' | 'undo-fleet';
      readonly from: string;
      readonly to: string;
      /** Those that are rewritten, by name. */
      readonly databases: readonly string[];
      /** How many the fleet has. */
      readonly members: number;
      readonly kept: readonly string[];
      readonly accepted: readonly string[];
    }
  | {
      readonly of: 'destroy-key';
      readonly fingerprint: string;
      readonly heldIn: string;
      /** Copies that Keel does not remove, and from which it restored the key once. */
      readonly left: readonly string[];
      /** The same, of which Keel only knows that they were noted. */
      readonly untested: readonly string[];
      /** Reasons to keep it that were accepted. */
      readonly accepted: readonly string[];
    }
  | {
      readonly of: 'state-dumps';
      readonly noneBefore: string;
      /** Fingerprints of the keys that no dump needs then. */
      readonly released: readonly string[];
      readonly accepted: readonly string[];
    }
  | {
      readonly of: 'discard-copy' | 'forget-backup';
      readonly fingerprint: string;
      /** The copy, as it is listed. */
      readonly what: string;
      /** Keel restored the key from it once. */
      readonly tested: boolean;
    }
  | {
      readonly of: 'replace-active-key';
      /** The key that becomes the active one, and the one that it is instead of. */
      readonly to: KeyTried;
      readonly from: KeyTried;
      /** Where the values are that both were tried on, by name, and how many there are. */
      readonly places: readonly string[];
      readonly values: number;
      /** These values are a sample. */
      readonly sampled: boolean;
    }
  | { readonly of: 'forget-environment' | 'unmark-production'; readonly name: string }
  | { readonly of: 'reveal-credential' | 'disclose-api-key'; readonly label: string }
  | {
      readonly of: 'replace-credential';
      readonly label: string;
      /** The field of the credential that is replaced, where it is not all of it. */
      readonly field?: string;
      /** The servers that the new one names, `host:port` or `host`, and whether there can be no others. */
      readonly named: { readonly servers: readonly string[]; readonly complete: boolean };
    }
  | {
      readonly of: 'import-credentials';
      readonly values: number;
      readonly rows: number;
      readonly archive: string;
      readonly accepted: readonly string[];
    }
  | {
      readonly of: 'write-backup';
      readonly fingerprint: string;
      /** The new file, or the folder of the new files. */
      readonly location: string;
      readonly openedBy: BackupOpeners;
    }
  | {
      readonly of: 'create-api-key';
      readonly label: string;
      /** With its schema. */
      readonly table: string;
      /** Every column that the new row sets. */
      readonly columns: readonly RowColumn[];
      readonly expiry: MomentOfKey;
    }
  | {
      readonly of: 'revoke-api-key';
      readonly label: string;
      readonly table: string;
      /** Its id. */
      readonly row: string;
      /** The column that says that it is revoked. */
      readonly revoked: RowColumn;
      readonly lastUse: MomentOfKey;
    }
  | {
      readonly of: 'replace-api-key';
      readonly label: string;
      readonly table: string;
      readonly row: string;
      readonly revoked: RowColumn;
      readonly lastUse: MomentOfKey;
      /** Every column of the new row that is not copied. */
      readonly columns: readonly RowColumn[];
      /** That of the key, which is copied. */
      readonly scope?: string;
      readonly expiry: MomentOfKey;
    }
  | {
      readonly of: 'hand-off' | 'take-back-hand-off';
      /** The one that is written; absent where the place becomes empty again. */
      readonly key?: KeyHistory;
      readonly destination: Destination;
      /** Fingerprint of the key that is there now, where it is one. */
      readonly before?: string;
    }
  | {
      readonly of: 'try-credentials';
      readonly credentials: number;
      /** Where they would be sent, like `db.example.com:5432`. */
      readonly targets: readonly string[];
    };

/** Who can open a backup beside whoever knows a passphrase: each holder of an identity, or enough holders of shares. */
export type BackupOpeners =
  | { readonly recipients: readonly string[] }
  | { readonly threshold: number; readonly holders: readonly string[] };

/** Where a key is written: a place where Ballast reads it, or a new file with a patch for `kubectl`. */
export type Destination =
  | HandoffTarget
  | { readonly kind: 'kubernetes-patch'; readonly path: string; readonly field: string };

/** Which key it is, where it came from and since when it is in use. */
export type KeyHistory = Pick<
  KeyEntry,
  'fingerprint' | 'state' | 'origin' | 'createdAt' | 'activatedAt' | 'retiredAt'
>;

/** The same, and how many of the values it decrypts; absent where it could not be tried. */
export type KeyTried = KeyHistory & { readonly decrypts?: number };

/** When a key expires or was last used, and the column that says so; absent where none was chosen. */
export interface MomentOfKey {
  readonly column?: string;
  readonly at?: string;
}

/** A column and what it is set to: what somebody gave, or what Keel sets it to, in words. */
export type RowColumn = { readonly column: string } & ({ readonly given: string } | { readonly set: string });

/** What every use case is given beside its workspace and its input. */
export interface UnaskingContext<Step extends string = string> {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress<Step>) => void;
  readonly audit: Audit;
}

/** The same for a use case that asks the admin first. */
export interface UseCaseContext<Step extends string = string> extends UnaskingContext<Step> {
  /** Returns once the admin agreed. Throws `confirmation-missing` otherwise, also where nobody can be asked. */
  readonly confirm: (confirmation: Confirmation) => Promise<void>;
}
