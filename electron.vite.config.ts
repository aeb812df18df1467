import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

export default defineConfig({
  main: {
    build: {
      target: 'node20.19',
      outDir: 'out/main',
      externalizeDeps: true,
      minify: false,
      rolldownOptions: {
        input: {
          main: 'src-main/main.ts',
          cli: 'src-main/cli.ts',
          // a thread is started from a file of its own
          'qr-thread': 'src-main/backup/pictures/qr-thread.ts',
          'judge-thread': 'src-main/backup/age/judge-thread.ts',
        },
        output: { format: 'es', entryFileNames: '[name].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      // a sandboxed preload script can load nothing: one file, and CommonJS
      externalizeDeps: false,
      minify: false,
      rolldownOptions: {
        input: { preload: 'src-main/preload.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src-renderer',
    plugins: [react({ jsxImportSource: '#visible' })],
    build: {
      target: 'chrome150',
      minify: true,
      outDir: 'out/renderer',
      // the policy of the page knows no `data:` addresses, and nothing to fetch
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // one chunk: it comes from the disk, and nothing is worth a second wait
      chunkSizeWarningLimit: 1000,
      rolldownOptions: { input: { index: 'src-renderer/index.html' } },
    },
  },
});
