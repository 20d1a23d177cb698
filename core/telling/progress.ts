/** How far a release has come, in one line of words: what passed, what is being done, what follows. */
import * as z from 'zod';
import { type Phase, phases, releaseIn } from '../phase.ts';
import { escaped, mentions } from '../slack-text.ts';
import type { ToldRelease } from './told-release.ts';

const saidSchema = z.looseObject({
  status: z.string().optional(),
  decision: z.string().optional(),
  by: z.string().optional(),
  onlyWarned: z.boolean().optional(),
  brokenGlass: z.boolean().optional(),
});

/** Undefined where nobody was to decide any more. */
function decisionIn({ decision, by = 'somebody', brokenGlass }: z.infer<typeof saidSchema>) {
  if (decision === undefined || decision === 'superseded') return undefined;
  if (decision === 'expired') return 'nobody answered';
  return mentions(escaped(`${brokenGlass ? 'let through' : decision} by ${by}`));
}

interface Station {
  phase: Phase;
  /** While it is there, and before. */
  doing: string;
  toDo: string;
  /** Undefined where it was not decided. */
  done: string | undefined;
}

/** Of an end, only what was decided. */
export function progress({ phase, steps }: ToldRelease): string {
  const release = releaseIn({ steps });
  if (!release) return '';
  const { approval, releaseTask, smokeTests, analysis, asksAtPauses } = release.settings;
  const of = (state: string) => saidSchema.safeParse(steps[state]).data ?? {};
  const word = (state: string, words: Readonly<Record<string, string>>) => words[of(state).status ?? ''];
  const decided = of('RequestApproval');
  const scanned = of('CheckScan');
  const stations: Station[] = [
    {
      ...{ phase: 'Scanning', doing: 'scan', toDo: 'scan' },
      done: scanned.onlyWarned
        ? 'scan failed, and only warns'
        : word('CheckScan', { pass: 'scan passed', fail: 'scan failed' }),
    },
    ...(approval || decided.decision
      ? [
          {
            ...({ phase: 'AwaitingApproval', doing: 'approval', toDo: 'approval' } as const),
            done: decisionIn(decided),
          },
        ]
      : []),
    ...(releaseTask
      ? [
          {
            ...({ phase: 'Preparing', doing: 'release task', toDo: 'release task' } as const),
            done: word('RunReleaseTask', { pass: 'release task done', fail: 'release task failed' }),
          },
        ]
      : []),
    {
      ...{ phase: 'Deploying', doing: 'deployment', toDo: 'deployment' },
      done: word('AwaitDeployment', {
        ...{ stable: 'deployed by ECS', proved: 'deployed by ECS', failed: 'deployment failed' },
        ...{ testable: 'brought up by ECS', paused: 'brought up by ECS', serving: 'users are on it' },
      }),
    },
    ...(smokeTests
      ? [
          {
            ...({ phase: 'Testing', doing: 'endpoint tests', toDo: 'endpoint tests' } as const),
            done: word('RunSmokeTests', { pass: 'endpoints answer well', fail: 'endpoint tests failed' }),
          },
        ]
      : []),
    ...(asksAtPauses
      ? [
          {
            ...({ phase: 'Shifting', doing: 'approval', toDo: 'approval when ECS pauses' } as const),
            done: word('RequestContinuation', { 'goes on': 'approved', 'not approved': 'not approved' }),
          },
        ]
      : []),
    ...(analysis
      ? [
          {
            ...({ phase: 'Comparing', doing: 'metrics', toDo: 'metrics' } as const),
            done: word('CompareMetrics', {
              ...{ pass: 'metrics as before', fail: 'metrics failed' },
              inconclusive: 'metrics say too little to judge',
            }),
          },
        ]
      : []),
  ];
  const at = phases.indexOf(phase);
  const ahead = phase !== 'Ended' && phase !== 'RollingBack';
  const passed = stations.flatMap(({ phase: its, done }) =>
    done && (!ahead || phases.indexOf(its) < at) ? [done] : [],
  );
  const now = stations.filter((station) => ahead && station.phase === phase).map(({ doing }) => `*${doing}*`);
  const next = stations
    .filter((station) => ahead && phases.indexOf(station.phase) > at)
    .map(({ toDo }) => toDo);
  return [...passed, ...now, ...(next.length > 0 ? [`then ${next.join(', ')}`] : [])].join(' · ');
}
