import type { WriteStream } from 'node:tty';
import { formatCount } from '#shared/counted';
import { visible } from '#shared/visible-text';
import { duration } from './wording.ts';

export interface ProgressLine {
  /** Shows where a step stands. `total` where it is known. */
  show(step: string, done: number, total?: number): void;
  /** Ends the line, so that other output can follow. */
  end(): void;
}

const barWidth = 24;
const redrawMs = 80;

/**
 * One line that is redrawn, with rows, rate and time left. Where the stream is no terminal, a line for each step when it
 * first begins: a log of many tables would be all steps.
 */
export function progressOn(stream: NodeJS.WriteStream): ProgressLine {
  return stream.isTTY ? redrawnLine(stream) : plainLines(stream);
}

function plainLines(stream: NodeJS.WriteStream): ProgressLine {
  const shown = new Set<string>();
  return {
    show(step) {
      if (!shown.has(step)) stream.write(`${visible(step)} …\n`);
      shown.add(step);
    },
    end: () => shown.clear(),
  };
}

function redrawnLine(stream: WriteStream): ProgressLine {
  let current = '';
  let startedAt = 0;
  let drawnAt = 0;
  const clear = () => stream.write('\r\x1b[2K');
  return {
    show(step, done, total) {
      const now = performance.now();
      if (step !== current) {
        current = step;
        startedAt = now;
      } else if (now - drawnAt < redrawMs) return;
      drawnAt = now;
      clear();
      stream.write(
        describe(visible(step), done, total, (now - startedAt) / 1000).slice(0, stream.columns || 80),
      );
    },
    end() {
      if (current) clear();
      current = '';
    },
  };
}

function describe(step: string, done: number, total: number | undefined, seconds: number): string {
  const rate = seconds > 0.5 ? `  ${formatCount(Math.round(done / seconds))}/s` : '';
  if (!total) return `  ${step.padEnd(12)} ${done > 0 ? formatCount(done) : ''}${rate}`;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * barWidth);
  const bar = '━'.repeat(filled) + '─'.repeat(barWidth - filled);
  const left = seconds > 0.5 && done > 0 ? `  ${duration((seconds / share - seconds) * 1000)} left` : '';
  return `  ${step.padEnd(12)} ${bar} ${formatCount(done)} of ${formatCount(total)}${rate}${left}`;
}
