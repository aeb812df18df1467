import type { HandoffChange, HandoffState } from '#contract/handoff';

/**
 * What is to be done next: `give` Ballast the key, `write` it to a file that was chosen although no rotation asks for
 * it, `note` that the file holds it already, `sweep`, or nothing: `done` after a rotation, `idle` without one.
 */
export type Stage = 'give' | 'write' | 'note' | 'sweep' | 'done' | 'idle';

export function stageOf({ last }: HandoffState, preview: HandoffChange | undefined): Stage {
  const behind = preview !== undefined && !preview.upToDate;
  if (!last) return behind ? 'write' : 'idle';
  if (!last.handedOff) return preview?.upToDate ? 'note' : 'give';
  if (!last.confirmed) return 'sweep';
  return behind ? 'write' : 'done';
}
