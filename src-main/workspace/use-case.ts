import type { Audit } from '#audit/audit';

/** Where long work stands. `done` and `total` count rows, bytes or whatever the step counts. */
export interface Progress<Step extends string> {
  readonly step: Step;
  readonly done: number;
  readonly total?: number;
}

/** What is about to happen to what, for the question that the admin answers. */
export type Confirmation =
  | { readonly of: 'rotate' | 'undo' | 'sweep'; readonly from: string; readonly to: string }
  | {
      readonly of: 'rotate-fleet';
      readonly from: string;
      readonly to: string;
      readonly databases: number;
      readonly members: number;
    }
  | { readonly of: 'destroy-key'; readonly fingerprint: string; readonly heldIn: string }
  | { readonly of: 'forget-environment'; readonly name: string }
  | { readonly of: 'reveal-credential' | 'replace-credential' | 'disclose-api-key'; readonly label: string }
  | {
      readonly of: 'import-credentials';
      readonly values: number;
      readonly rows: number;
      readonly archive: string;
    }
  | { readonly of: 'write-backup'; readonly fingerprint: string; readonly location: string }
  | {
      readonly of: 'revoke-api-key' | 'replace-api-key';
      readonly label: string;
      readonly lastUsedAt?: string;
    }
  | {
      readonly of: 'hand-off' | 'take-back-hand-off';
      readonly fingerprint: string;
      readonly places: readonly string[];
    };

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
