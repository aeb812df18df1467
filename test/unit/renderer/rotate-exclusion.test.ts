import { describe, expect, test } from 'vitest';
import type { EncryptedColumn } from '#contract/inventory';
import {
  exclude,
  excludableColumns,
  exclusionInWords,
} from '../../../src-renderer/screens/rotate/findings/exclusion.ts';
import { namesPlace } from '#shared/names-place';

const column = (table: string, name: string, path?: string): EncryptedColumn => ({
  schema: 'public',
  table,
  column: name,
  ...(path !== undefined && { path }),
  layout: 'base64',
  kind: 'unknown',
});
const [access, refresh, secret] = [
  column('oauth_token', 'access_token'),
  column('oauth_token', 'refresh_token'),
  column('integration', 'settings', '$.secret'),
];
const all = [access, refresh, secret, column('integration', 'settings', '$.other')];

describe('columns that are left by name', () => {
  test.for([
    'oauth_token',
    'oauth_token.access_token',
    'public.oauth_token',
    'public.oauth_token.access_token',
  ])('%s means the access token', (name) => {
    expect(namesPlace([name], access)).toBe(true);
    expect(namesPlace([name], secret)).toBe(false);
  });

  test('stand once, however many secrets a document holds', () => {
    expect(excludableColumns(all)).toEqual([access, refresh, secret]);
  });

  test('are named with their schema, which is read out only where it is not public', () => {
    expect(exclude([], access, true, all)).toEqual(['public.oauth_token.access_token']);
    expect(exclude(['oauth_token.access_token'], access, false, all)).toEqual([]);
    expect(exclusionInWords('public.oauth_token.access_token')).toBe('oauth_token.access_token');
    expect(exclusionInWords('audit.log.secret')).toBe('audit.log.secret');
  });

  test('of a table that was named as a whole stay left when one is taken back', () => {
    expect(exclude(['oauth_token'], access, false, all)).toEqual(['public.oauth_token.refresh_token']);
  });
});
