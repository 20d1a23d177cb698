import type { DeploymentCircuitBreaker } from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import {
  type BreakerSighting,
  freshBreaker,
  observe,
  threshold,
  tripped,
} from '../../local/ecs/circuit-breaker.ts';

const on: DeploymentCircuitBreaker = { enable: true, rollback: true };
const counting = (type: 'BOUNDED_PERCENT' | 'UNBOUNDED_PERCENT' | 'COUNT', value: number) => ({
  ...on,
  thresholdConfiguration: { type, value },
});

test.each([
  { settings: on, desired: 0, expected: 3 },
  { settings: on, desired: 1, expected: 3 },
  { settings: on, desired: 6, expected: 3 },
  { settings: on, desired: 7, expected: 4 },
  { settings: on, desired: 25, expected: 13 },
  { settings: on, desired: 399, expected: 200 },
  { settings: on, desired: 400, expected: 200 },
  { settings: on, desired: 401, expected: 200 },
  { settings: counting('BOUNDED_PERCENT', 20), desired: 20, expected: 4 },
  { settings: counting('BOUNDED_PERCENT', 20), desired: 15, expected: 3 },
  { settings: counting('UNBOUNDED_PERCENT', 50), desired: 2, expected: 1 },
  { settings: counting('UNBOUNDED_PERCENT', 50), desired: 1000, expected: 500 },
  { settings: counting('COUNT', 2), desired: 100, expected: 2 },
])('at desired count $desired the threshold is $expected', ({ settings, desired, expected }) => {
  expect(threshold(settings, desired)).toBe(expected);
});

const after = (sightings: BreakerSighting[], settings: DeploymentCircuitBreaker = on) =>
  sightings.reduce((breaker, sighting) => observe(breaker, sighting, settings), freshBreaker);

test.each<{ it: string; sightings: BreakerSighting[]; settings?: DeploymentCircuitBreaker; count: number }>([
  { it: 'counts starts that fail in stage 1', sightings: ['failed to start', 'failed to start'], count: 2 },
  { it: 'ignores them in stage 2', sightings: ['running', 'failed to start'], count: 0 },
  { it: 'ignores health checks in stage 1', sightings: ['failed health check'], count: 0 },
  { it: 'counts health checks in stage 2', sightings: ['running', 'failed health check'], count: 1 },
  {
    it: 'keeps the count when stage 2 begins',
    sightings: ['failed to start', 'running', 'failed health check'],
    count: 2,
  },
  {
    it: 'counts only failures in a row',
    sightings: ['running', 'failed health check', 'failed health check', 'healthy', 'failed health check'],
    count: 1,
  },
  {
    it: 'counts all of them where it is told not to reset',
    sightings: ['running', 'failed health check', 'failed health check', 'healthy', 'failed health check'],
    settings: { ...on, resetOnHealthyTask: false },
    count: 3,
  },
])('the breaker $it', ({ sightings, settings, count }) => {
  expect(after(sightings, settings).failureCount).toBe(count);
});

test('it trips at the threshold and not one before', () => {
  expect(tripped({ stage: 1, failureCount: 2 }, on, 1)).toBe(false);
  expect(tripped({ stage: 1, failureCount: 3 }, on, 1)).toBe(true);
});

test('it never trips when it is off or not there', () => {
  expect(tripped({ stage: 1, failureCount: 99 }, { ...on, enable: false }, 1)).toBe(false);
  expect(tripped({ stage: 1, failureCount: 99 }, undefined, 1)).toBe(false);
});
