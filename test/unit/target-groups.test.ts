import { describe, expect, test } from 'vitest';
import { type Registered, targetGroupsFor } from '../../core/judge/target-groups.ts';

const elb = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';
const group = (name: string) => `${elb}:targetgroup/${name}/6d0ecf831eec9f09`;
const at = (name: string, balancer?: string): Registered => ({
  targetGroup: group(name),
  listenerRule: balancer && `${elb}:listener-rule/app/${balancer}/50dc6c495c0c9188/f2f7dc8efc522ab2/1`,
});
const policy = {
  loadBalancer: 'app/users/50dc6c495c0c9188',
  targetGroup: 'targetgroup/blue/6d0ecf831eec9f09',
};

describe('the figures of old and new version', () => {
  test.each<{ it: string; before: Registered[]; after: Registered[]; of: [string, string] | undefined }>([
    { it: 'are of the two groups', before: [at('blue')], after: [at('green')], of: ['blue', 'green'] },
    {
      it: 'are told apart after the next release',
      before: [at('green')],
      after: [at('blue')],
      of: ['green', 'blue'],
    },
    {
      it: 'are of the load balancer that is named, and not of the first',
      before: [at('inner-blue', 'inner'), at('blue', 'users')],
      after: [at('inner-green', 'inner'), at('green', 'users')],
      of: ['blue', 'green'],
    },
    {
      it: 'belong together by their listener, in whatever order they come',
      before: [at('inner-blue', 'inner'), at('blue', 'users')],
      after: [at('green', 'users'), at('inner-green', 'inner')],
      of: ['blue', 'green'],
    },
    {
      it: 'are of the load balancer that is named where its target groups are others by now',
      before: [at('inner-blue', 'inner'), at('one', 'users')],
      after: [at('inner-green', 'inner'), at('two', 'users')],
      of: ['one', 'two'],
    },
    {
      it: 'are not told apart where both have one',
      before: [at('blue')],
      after: [at('blue')],
      of: undefined,
    },
    { it: 'are nowhere without a load balancer', before: [], after: [], of: undefined },
  ])('$it', ({ before, after, of }) => {
    const [old = '', next = ''] = of ?? [];

    expect(targetGroupsFor(policy, before, after)).toEqual(of && { old: group(old), new: group(next) });
  });
});
