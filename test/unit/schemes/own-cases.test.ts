import { describe, expect, test } from 'vitest';
import { application } from '#contract/application';
import { formsOf } from '#applications/applications';
import { parseApplicationKey } from '#crypto/application-key';
import { keyClassOf, makeKeyText } from '#schemes/key-class';
import { ownCases } from '#test/support/schemes/own-cases';
import type { Cells } from '#test/support/schemes/own-ciphers';
import { openRow, rotateRow, rowOf } from '#test/support/schemes/vector-rows';

/** As psql prints the cells. */
function printed(cells: Cells): Record<string, string> {
  return Object.fromEntries(
    Object.entries(cells).map(([name, cell]) => {
      if (Buffer.isBuffer(cell)) return [name, `\\x${cell.toString('hex')}`];
      return [name, typeof cell === 'string' ? cell : JSON.stringify(cell)];
    }),
  );
}

const secrets = ['hunter2', '{"token":"€ 12,50"}', 'x'.repeat(300)];

describe.for(ownCases)('values of an application with $name', ({ forms, key, seal, open, columns }) => {
  const file = application.parse({
    ...{ id: 'mine', name: 'Mine', variables: ['KEY'], newKey: { as: 'characters', length: 32 } },
    ...{ forms, restart: 'Restart it.' },
  });

  test('are opened under its key, rewritten under a new one, and read by it', async () => {
    for (const secret of secrets) {
      const text = key();
      using from = parseApplicationKey(Buffer.from(text));
      using to = parseApplicationKey(makeKeyText(keyClassOf(from.written)));
      const cells = seal(secret, text);
      expect(open(cells, text)).toBe(secret);
      const row = rowOf(printed(cells));
      const opened = await openRow(row, formsOf(file), from);
      expect(opened?.secret).toBe(secret);
      if (!opened) return;
      const rotated = await rotateRow(opened, from, to);
      const names = Object.keys(columns);
      const fresh: Cells = Object.fromEntries(
        rotated.map((cell, i) => {
          const name = names[i] as string;
          return [name, columns[name] === 'bytea' ? (cell as Buffer) : (cell as Buffer).toString('utf8')];
        }),
      );
      expect(open(fresh, to.written.toString('utf8'))).toBe(secret);
      expect(() => open(fresh, text)).toThrow();
    }
  });
});
