import { defineConfig } from 'electron-vite';

// Only the command line is built until the desktop app joins; its entry, preload and renderer belong here.
export default defineConfig({
  main: {
    build: {
      target: 'node20.19',
      outDir: 'out/main',
      externalizeDeps: true,
      minify: false,
      rolldownOptions: {
        input: { cli: 'src-main/cli.ts' },
        output: { format: 'es', entryFileNames: '[name].js' },
      },
    },
  },
});
