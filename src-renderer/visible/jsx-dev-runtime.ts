import { jsx } from './jsx-runtime.ts';

export { Fragment, type JSX } from './jsx-runtime.ts';

/** As the development build calls it: with where the element stands, which is not needed here. */
export const jsxDEV: typeof jsx = (type, props, key) => jsx(type, props, key);
