import { defineConfig } from 'vitest/config';

// minutes of work, which `npm run test:photos` does when a reader of pictures was changed
export default defineConfig({ test: { include: ['test/photos/*.test.ts'], testTimeout: 3_600_000 } });
