import type { HandoffTarget } from '#contract/handoff';
import type { TextTarget } from '#handoff/text-target';

/** What is neither a file of text nor asked over HTTP is reached by a program. */
type ProgramTarget = Exclude<HandoffTarget, TextTarget | { kind: 'vault' }>;

/** The programs that a hand-off runs, each with what the target says; no other is run (`runProgram`). */
const programs = {
  'docker-secret': 'docker',
  'podman-secret': 'podman',
  'systemd-credential': 'systemd-creds',
  'sops-file': 'sops',
  'aws-secret': 'aws',
  'gcp-secret': 'gcloud',
  'azure-secret': 'az',
  'one-password': 'op',
} as const satisfies Readonly<Record<ProgramTarget['kind'], string>>;

export type Program = (typeof programs)[keyof typeof programs];

/** The program that reads and writes a target; undefined for a file of text and a vault. */
export function programOf({ kind }: Pick<HandoffTarget, 'kind'>): Program | undefined {
  return Object.hasOwn(programs, kind) ? programs[kind as keyof typeof programs] : undefined;
}
