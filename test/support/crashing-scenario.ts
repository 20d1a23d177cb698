/** A release whose tasks crash, as the console is shown it. */
import type { Clock } from '../../local/clock.ts';
import type { Scenario } from './console-source.ts';

export const crashing = (clock: Clock): Scenario => ({
  tag: 'v1.4.5',
  functions: {
    AwaitDeployment: {
      sent: {
        ms: 30_000,
        output: {
          status: 'failed',
          cause: 'crash loop',
          at: clock.now() + 30_000,
          reason: '3 tasks of the new revision failed: app misses a setting',
          stoppedTasks: ['2594292eb9f3a147', '407ee966fe9e06f9', '9ab1c00de0f1a2b3'].map((task, index) => ({
            task,
            stopCode: 'EssentialContainerExited',
            reason: 'Essential container in task exited',
            container: 'app',
            exitCode: 1,
            cause: 'SettingMissing',
            logTail:
              index === 0
                ? [
                    'my-api 1.4.5 (9f8e7d6c) starts',
                    'Error: <b>DATABASE_URL</b> is not set',
                    'Node.js v24.11.0',
                  ]
                : [],
          })),
          diagnosis: {
            cause: 'SettingMissing',
            sentence: 'app misses a setting, DATABASE_URL (exit code 1; log: Error: DATABASE_URL is not set)',
            advice:
              'Set DATABASE_URL in the task definition (environment or secrets), or let the new version do without it.',
            evidence: ['Essential container in task exited', 'log-router: exit code 143'],
          },
        },
      },
    },
  },
});
