import { describe, expect, test } from 'vitest';
import { chooseStaging, type StagingFacts } from '#rewrite/staging-choice';

/** A client that cannot be asked: without an event trigger the facts decide alone. */
const silent = { query: () => Promise.reject(new Error('the database was asked')) } as never;
const facts = (more: Partial<StagingFacts> = {}): StagingFacts => ({
  writable: true,
  maySchema: true,
  foreign: false,
  mayTemporary: true,
  eventTriggers: [],
  eventTriggersOfOthers: [],
  ...more,
});
const choose = (more: Partial<StagingFacts> = {}) => chooseStaging(silent, facts(more));

describe('rows are staged', () => {
  test('in Keel’s schema where the role may', async () => {
    expect(await choose()).toMatchObject({ place: 'schema', mayAlter: true, finding: { level: 'pass' } });
  });

  test.each([
    [
      'it may not create one',
      {},
      /the role may not create the schema keel: rows are staged in temporary/,
      /grant the role CREATE/,
    ],
    ['it is another’s', { foreign: true }, /the schema keel belongs to another role/, /rename that schema/],
  ])('in temporary tables where %s', async (_, more, message, remedy) => {
    expect(await choose({ maySchema: false, ...more })).toMatchObject({
      place: 'temporary',
      mayAlter: true,
      finding: {
        level: 'warn',
        code: 'staging',
        message: expect.stringMatching(message),
        remedy: expect.stringMatching(remedy),
      },
    });
  });

  test('nowhere where it may create neither, which stops it', async () => {
    const { place, mayAlter, finding } = await choose({ maySchema: false, mayTemporary: false });
    expect([place, mayAlter, finding.level]).toEqual(['temporary', true, 'stop']);
    expect(finding.message).toContain('and it may not create temporary tables either');
    expect(finding.remedy).toContain(', or grant the role TEMPORARY on the database');
  });

  test('by what the role may, where a server takes no writes and nothing can be tried', async () => {
    const eventTriggers = ['watch'];
    expect(await choose({ writable: false, eventTriggers })).toMatchObject({ place: 'schema' });
    await expect(choose({ eventTriggers })).rejects.toThrow('the database was asked');
  });

  test('nowhere where that would run event triggers with rights that their owners lack', async () => {
    const { place, mayAlter, finding } = await choose({
      eventTriggersOfOthers: ['watch (f of mallory)', 'g'],
    });
    expect([place, mayAlter]).toEqual(['temporary', false]);
    expect(finding).toMatchObject({
      level: 'stop',
      code: 'code-of-others',
      message: expect.stringContaining(': watch (f of mallory), g'),
    });
  });
});
