import type { CommandGroup } from '#commands/command-entry';

/** `keel share` */
export const shareCommands: CommandGroup = {
  summary: 'keep a register of the sets of shares, and have holders prove that they still have theirs',
  commands: {
    list: {
      summary: 'list the sets of shares: which one counts, who holds what, and when each share was proven',
      load: () => import('./list.ts'),
    },
    prove: {
      summary: 'check one share against the register, and record the date',
      load: () => import('./prove.ts'),
    },
    ask: {
      summary: 'write a question to the holder of a share, who answers it without showing the share',
      load: () => import('./ask.ts'),
    },
    answer: {
      summary: 'answer such a question, on the holder’s machine; the answer is not secret',
      load: () => import('./answer.ts'),
    },
    accept: {
      summary: 'check a holder’s answer, and record that the share was there after the question was asked',
      load: () => import('./accept.ts'),
    },
    mark: {
      summary: 'record which set of shares counts, or that one is void',
      load: () => import('./mark.ts'),
    },
  },
};
