import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { createElement } from 'react';
import { LongText } from '../../../../src-renderer/components/layout/long-text.tsx';

test('a text of any length takes no more room than its beginning, and is there in full on request', () => {
  const text = Array.from({ length: 1000 }, (_, at) => `column_${at} of a fleet`).join(', ');
  const html = renderToStaticMarkup(createElement(LongText, { text }));
  expect(html).toMatch(/^<details/);
  expect(html.slice(0, html.indexOf('</summary>')).length).toBeLessThan(500);
  expect(html).toContain('column_999 of a fleet');
  expect(renderToStaticMarkup(createElement(LongText, { text: 'short' }))).toBe('short');
});
