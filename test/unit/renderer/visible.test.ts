import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { jsx, jsxs } from '../../../src-renderer/visible/jsx-runtime.ts';

const name = 'pay\u202eload\u001b[2J';

test('what is not seen in a name is replaced where the page shows it, and breaks of lines stay', () => {
  const Box = ({ label, children }: { label: string; children: unknown }) =>
    jsxs('p', { title: label, children: [label, children as string] });
  const html = renderToStaticMarkup(jsx(Box, { label: name, children: `${name}\nnext` }));
  expect(html).toBe('<p title="pay�load�[2J">pay�load�[2Jpay�load�[2J\nnext</p>');
});

test('the value of a field is what it is', () => {
  const field = jsx('input', { value: name, readOnly: true, placeholder: name });
  expect(field.props).toMatchObject({ value: name, placeholder: 'pay�load�[2J' });
});
