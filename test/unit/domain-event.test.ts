/** Which changes of a record are told to others, and as what. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type DomainEvent, domainEventOf, domainEventSchemas } from '../../core/domain-event.ts';
import { phaseOf, phases } from '../../core/phase.ts';
import type { ReleaseRecord } from '../../core/record.ts';
import { compilePattern } from '../../local/events/pattern.ts';
import { samples } from '../../local/slack/samples.ts';

const records = new Map(samples().map(({ name, told }) => [name, told.record]));
const recordOf = (name: string): ReleaseRecord => records.get(name) as ReleaseRecord;
const at = 1_767_604_410_000;
const told = (before: ReleaseRecord | undefined, after: ReleaseRecord) =>
  domainEventOf({ of: 'release', before, after, at });

test.each([
  { name: 'waits for its scan', phase: 'Scanning' },
  { name: 'waits for approval', phase: 'AwaitingApproval' },
  { name: 'waits for its turn', phase: 'AwaitingSlot' },
  { name: 'being prepared', phase: 'Preparing' },
  { name: 'being deployed', phase: 'Deploying' },
  { name: 'being tested', phase: 'Testing' },
  { name: 'a canary has a tenth of the users', phase: 'Comparing' },
  { name: 'being compared', phase: 'Comparing' },
  { name: 'being watched', phase: 'Confirming' },
  { name: 'being rolled back', phase: 'RollingBack' },
  { name: 'deployed', phase: 'Ended' },
])('$name is $phase', ({ name, phase }) => {
  expect(phaseOf(recordOf(name))).toBe(phase);
});

const before = recordOf('being deployed');
const shiftingAfter = (status: string, smoke?: string): ReleaseRecord => ({
  ...before,
  steps: {
    ...before.steps,
    AwaitDeployment: { status },
    ...(smoke && { RunSmokeTests: { status: smoke } }),
  },
});

test.each([
  { it: 'is up, and not tested', record: shiftingAfter('testable'), phase: 'Testing' },
  { it: 'was tested before users come', record: shiftingAfter('testable', 'pass'), phase: 'Shifting' },
  { it: 'failed its tests', record: shiftingAfter('testable', 'fail'), phase: 'RollingBack' },
  { it: 'has users', record: shiftingAfter('serving', 'pass'), phase: 'Comparing' },
  { it: 'is proved', record: shiftingAfter('proved', 'pass'), phase: 'Confirming' },
  { it: 'gives way', record: shiftingAfter('gives way'), phase: 'RollingBack' },
])('where traffic is shifted, what $it is $phase', ({ record, phase }) => {
  expect(phaseOf(record)).toBe(phase);
});

test('a push that changes nothing comes to no phase but its end', () => {
  const { steps, ...rest } = recordOf('waits for its scan');
  const { release } = steps.ResolveRelease as { release: object };
  const skipped = { ...rest, steps: { ResolveRelease: { decision: 'skip', reason: 'x', release } } };

  expect(phaseOf(skipped)).toBeUndefined();
  expect(phaseOf({ ...skipped, outcome: 'NothingToDo' })).toBe('Ended');
});

test('another phase is told, with an id that says which; another look is not', () => {
  const after = recordOf('being tested');
  const looked = { ...after, steps: { ...after.steps, RunSmokeTests: { status: 'continue' } } };

  expect(told(before, after)).toMatchObject({
    type: 'Release Changed',
    detail: { id: 'shop-api-production-v1.4.2-0a1b2c3d/Testing', phase: 'Testing', at },
  });
  expect(told(after, looked)).toBeUndefined();
});

test('every event that a release comes to keeps its schema', () => {
  const events = [...records.values()].flatMap((after) => told(undefined, after) ?? []);

  expect(new Set(events.map(({ detail }) => detail.id)).size).toBe(phases.length);
  for (const { type, detail } of events)
    expect(domainEventSchemas[type].safeParse(detail).error).toBeUndefined();
});

const page = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => JSON.parse(text));

test('the examples of the documentation are events as they are emitted, and every phase is in it', () => {
  const events = examples.filter((example) => typeof example.source === 'string');

  expect(events.map((event) => event['detail-type'])).toEqual(Object.keys(domainEventSchemas));
  for (const { 'detail-type': type, detail } of events)
    expect(domainEventSchemas[type as DomainEvent['type']].safeParse(detail).error).toBeUndefined();
  for (const phase of phases.filter((one) => one !== 'Ended')) expect(page).toContain(`| \`${phase}\` |`);
});

test("the documentation's rule finds what was taken back, and nothing else", () => {
  const matches = compilePattern(examples.find(({ source }) => Array.isArray(source)));
  const [, ended] = examples.filter((example) => typeof example.source === 'string');

  expect(matches(ended)).toBe(true);
  expect(matches({ ...ended, detail: { ...ended.detail, outcome: 'Deployed' } })).toBe(false);
});
