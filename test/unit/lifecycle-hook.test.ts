import { expect, test } from 'vitest';
import { answerHook, type ReleaseOnHook } from '../../core/lifecycle-hook.ts';

const release: ReleaseOnHook = { ended: false, toTest: true, smokeTests: undefined };

test.each<{ it: string; status?: string; release: ReleaseOnHook | undefined; answer: string }>([
  { it: 'lets others deploy', release: undefined, answer: 'SUCCEEDED' },
  { it: 'waits for the smoke tests', release, answer: 'IN_PROGRESS' },
  { it: 'waits while they go on', release: { ...release, smokeTests: 'continue' }, answer: 'IN_PROGRESS' },
  { it: 'lets users in when they pass', release: { ...release, smokeTests: 'pass' }, answer: 'SUCCEEDED' },
  { it: 'keeps users out when they fail', release: { ...release, smokeTests: 'fail' }, answer: 'FAILED' },
  { it: 'lets users in where there are none', release: { ...release, toTest: false }, answer: 'SUCCEEDED' },
  {
    it: 'keeps users out of what nobody looks after any more',
    release: { ...release, ended: true, smokeTests: 'pass' },
    answer: 'FAILED',
  },
  {
    it: 'stands in the way of no rollback that was asked for',
    status: 'ROLLBACK_REQUESTED',
    release: { ...release, smokeTests: 'fail' },
    answer: 'SUCCEEDED',
  },
  {
    it: 'stands in the way of no rollback that is under way',
    status: 'ROLLBACK_IN_PROGRESS',
    release: { ...release, ended: true },
    answer: 'SUCCEEDED',
  },
])('the lifecycle hook $it', ({ status = 'IN_PROGRESS', release, answer }) => {
  expect(answerHook(status, release).hookStatus).toBe(answer);
});

test('ECS is to ask again after ten seconds', () => {
  expect(answerHook('IN_PROGRESS', release)).toEqual({ hookStatus: 'IN_PROGRESS', callBackDelay: 10 });
});
