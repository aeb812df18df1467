import { expect, test } from 'vitest';
import type { ListedBackup } from '#backup/paper/emergency-sheet';
import { paperDocument } from '#backup/paper/paper-document';

const wide = `${'W'.repeat(40)}${' word'.repeat(24)}`;
const backup = (at: number, holders: readonly string[]): ListedBackup => ({
  artefact: 'shares',
  location: `/srv/backups/${'W'.repeat(300)}${at}`,
  madeAt: '2026-03-01T12:00:00.000Z',
  opensBy: 'shares',
  threshold: 2,
  holders: [...holders],
});

test.for(['a4', 'letter'] as const)(
  'the longest lines, names and lists of backups fit on their sheets of %s',
  async (paper) => {
    const names = Array.from({ length: 16 }, (_, at) => `${'W'.repeat(96)} ${at}`);
    const sheet = {
      database: `${'w'.repeat(63)}.example.org:5432/${'w'.repeat(63)}`,
      servers: [wide, wide, wide],
      contacts: [wide, wide, wide],
      notes: [wide, wide],
      backups: [backup(1, names), ...Array.from({ length: 9 }, (_, at) => backup(at, ['Ada', 'Bob']))],
    };
    const notes = { environment: wide.slice(0, 90), createdAt: new Date() };
    const pdf = await paperDocument({ kind: 'emergency', sheet }, 'beab-c891-5a11-e2f6', notes, paper);
    expect(pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length).toBeGreaterThan(3);
  },
);
