import { defineConfig } from 'vitest/config';

/** What plays many worlds, or the same one again with something failing each time: `npm run test:many`, which `npm run check` runs as well. */
const many = [
  'test/simulation/**/*.test.ts',
  'test/fuzz/**/*.test.ts',
  'test/unit/judge-simulation.test.ts',
  'test/rehearsal/aws-fails.test.ts',
  'test/rehearsal/contention.test.ts',
  'test/rehearsal/interrupted.test.ts',
  'test/rehearsal/many-services.test.ts',
  'test/rehearsal/pauses-interrupted.test.ts',
  'test/rehearsal/permissions.test.ts',
  'test/rehearsal/release-group.test.ts',
  'test/contract/rollout-bench.test.ts',
  'test/contract/cost.test.ts',
  'test/contract/limits.test.ts',
];

/** Real time comes last and alone: what else runs on the machine would slow the service that is judged. */
export default defineConfig({
  test: {
    // Some files wait for processes and browsers: one worker more than there are cores of two.
    maxWorkers: '150%',
    projects: [
      {
        test: {
          name: 'virtual time',
          include: ['test/**/*.test.ts'],
          exclude: ['test/real/**', 'test/synth/**', ...many],
          testTimeout: 20_000,
          // Importing a module does nothing, so files may share what is loaded: that halves the time.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'many',
          include: many,
          testTimeout: 20_000,
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'synth',
          include: ['test/synth/**/*.test.ts'],
          globalSetup: 'test/synth/support/synthesise.ts',
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'real time',
          include: ['test/real/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
