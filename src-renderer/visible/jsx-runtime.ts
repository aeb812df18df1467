import { visibleLines } from '#shared/visible-text';
import { Fragment, type JSX, jsx as reactJsx, jsxs as reactJsxs } from 'react/jsx-runtime';

/*
 * Names and texts of a database are in the page as it shows everything else: as children and labels. What is not seen and changes what
 * is (controls, bidirectional formatting) is replaced here, for every element that we write. Values of fields are never changed.
 */

export { Fragment, type JSX };

type Make = typeof reactJsx;

/** Properties that are shown, of elements and of components that hand them on. */
const shown = ['title', 'label', 'description', 'placeholder', 'aria-label', 'alt', 'message'] as const;

function visibleProps(props: unknown): unknown {
  if (typeof props !== 'object' || props === null) return props;
  const given = props as Record<string, unknown>;
  const changed: Record<string, unknown> = {};
  for (const name of shown) {
    const value = given[name];
    if (typeof value === 'string') changed[name] = visibleLines(value);
  }
  const { children } = given;
  if (typeof children === 'string') changed['children'] = visibleLines(children);
  else if (Array.isArray(children)) {
    changed['children'] = children.map((child) => (typeof child === 'string' ? visibleLines(child) : child));
  }
  return { ...given, ...changed };
}

export const jsx: Make = (type, props, key) => reactJsx(type, visibleProps(props), key);
export const jsxs: Make = (type, props, key) => reactJsxs(type, visibleProps(props), key);
