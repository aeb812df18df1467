import {
  Button,
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  Modal,
  PasswordInput,
  SegmentedControl,
} from '@mantine/core';

/** Mantine wants ten shades; ours come from tokens.css, so that both schemes are decided in one place. */
const accent = Array.from({ length: 10 }, () => '#0b6e72') as unknown as MantineColorsTuple;

const systemFont =
  "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', 'Liberation Sans', sans-serif";

/** Keel's own theme: dense, quiet, system fonts. Sizes in rem, so that the platform's zoom works. */
export const theme = createTheme({
  primaryColor: 'accent',
  colors: { accent },
  fontFamily: systemFont,
  fontFamilyMonospace: 'var(--keel-mono)',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  lineHeights: { xs: '1.35', sm: '1.4', md: '1.45', lg: '1.45', xl: '1.3' },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.25rem', xl: '2rem' },
  defaultRadius: 'sm',
  radius: { xs: '3px', sm: '7px', md: '9px', lg: '10px', xl: '16px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: Button.extend({
      defaultProps: { size: 'sm', variant: 'filled' },
      styles: { label: { fontWeight: 600 } },
    }),
    // the window itself never scrolls, and the lock would add a style element without our nonce
    Modal: Modal.extend({
      defaultProps: {
        lockScroll: false,
        centered: true,
        overlayProps: { backgroundOpacity: 0.45 },
        transitionProps: { duration: 120 },
        closeButtonProps: { 'aria-label': 'Close' },
      },
      styles: { title: { fontWeight: 650, fontSize: '1rem' } },
    }),
    PasswordInput: PasswordInput.extend({
      defaultProps: { visibilityToggleButtonProps: { tabIndex: 0, 'aria-label': 'Show text' } },
    }),
    SegmentedControl: SegmentedControl.extend({ defaultProps: { size: 'sm' } }),
  },
});

const tokens = {
  '--mantine-color-body': 'var(--keel-page)',
  '--mantine-color-text': 'var(--keel-text)',
  '--mantine-color-dimmed': 'var(--keel-dim)',
  '--mantine-color-placeholder': 'var(--keel-dim)',
  '--mantine-color-error': 'var(--keel-stop)',
  '--mantine-color-anchor': 'var(--keel-accent)',
  '--mantine-color-default': 'var(--keel-surface)',
  '--mantine-color-default-hover': 'var(--keel-sunken)',
  '--mantine-color-default-color': 'var(--keel-text)',
  '--mantine-color-default-border': 'var(--keel-line)',
  '--mantine-color-disabled': 'var(--keel-sunken)',
  '--mantine-color-disabled-color': 'var(--keel-dim)',
  '--mantine-color-disabled-border': 'var(--keel-line)',
  '--mantine-primary-color-contrast': 'var(--keel-on-accent)',
  '--mantine-color-accent-filled': 'var(--keel-accent)',
  '--mantine-color-accent-filled-hover': 'var(--keel-accent-hover)',
  '--mantine-color-accent-light': 'var(--keel-accent-soft)',
  '--mantine-color-accent-light-hover': 'var(--keel-accent-soft)',
  '--mantine-color-accent-light-color': 'var(--keel-accent)',
  '--mantine-color-accent-outline': 'var(--keel-accent)',
};

/** Lets Mantine's variables follow Keel's tokens in both schemes. */
export const followTokens: CSSVariablesResolver = () => ({ variables: {}, light: tokens, dark: tokens });
