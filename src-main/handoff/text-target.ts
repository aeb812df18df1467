import type { HandoffTarget } from '#contract/handoff';

/** A target that is a file of text. */
export type TextTarget = Extract<
  HandoffTarget,
  { kind: 'env-file' | 'compose-file' | 'kubernetes-secret' | 'systemd-unit' | 'key-file' | 'yaml-value' }
>;

const textKinds: Readonly<Record<TextTarget['kind'], true>> = {
  'env-file': true,
  'compose-file': true,
  'kubernetes-secret': true,
  'systemd-unit': true,
  'key-file': true,
  'yaml-value': true,
};

/** Whether the target is a file of text, which is read without a token, another program or another right. */
export function isText(target: HandoffTarget): target is TextTarget {
  return Object.hasOwn(textKinds, target.kind);
}
