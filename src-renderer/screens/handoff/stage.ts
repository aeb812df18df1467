import type { HandoffChange, HandoffState } from '#contract/handoff';

/**
 * What is to be done next: `give` Ballast the key, give it to the `others` of its places, `write` it to a file that was chosen although no rotation asks for
 * it, `note` that the file holds it already, `sweep`, or nothing: `done` after a rotation, `idle` without one.
 */
export type Stage = 'give' | 'others' | 'write' | 'note' | 'sweep' | 'done' | 'idle';

export function stageOf({ last, targets, active }: HandoffState, preview: HandoffChange | undefined): Stage {
  const behind = preview !== undefined && !preview.upToDate;
  if (!last) return behind ? 'write' : 'idle';
  if (!last.handedOff) {
    if (!preview?.upToDate) return 'give';
    return targets.some(({ holds }) => holds !== active) ? 'others' : 'note';
  }
  if (!last.confirmed) return 'sweep';
  return behind ? 'write' : 'done';
}
