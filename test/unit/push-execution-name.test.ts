import fc from 'fast-check';
import { expect, test } from 'vitest';
import { executionName } from '../../core/push/execution-name.ts';

const eventId = '4f5ec4d5-4de4-7aad-a046-56d5cfe1df0e';
const of = { service: 'my-api', environment: 'production', tag: 'v1.8.3', eventId };

test('the name reads as what is deployed where', () => {
  expect(executionName(of)).toBe('my-api-production-v1.8.3-4f5ec4d5');
});

test('the longest name that fits is kept as it is, a longer one gives up the end of the tag', () => {
  const room = 80 - executionName({ ...of, tag: '' }).length;
  const fits = executionName({ ...of, tag: 't'.repeat(room) });
  const cut = executionName({ ...of, tag: 't'.repeat(room + 1) });

  expect(fits).toBe(`my-api-production-${'t'.repeat(room)}-4f5ec4d5`);
  expect(fits).toHaveLength(80);
  expect(cut).toMatch(/^my-api-production-t+-[0-9a-f]{8}-4f5ec4d5$/);
  expect(cut).toHaveLength(80);
});

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,38}$/);
const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/);

test('every name is one that Step Functions takes, and comes out the same for a redelivered event', () =>
  fc.assert(
    fc.property(name, name, tag, fc.uuid(), (service, environment, tag, eventId) => {
      const given = executionName({ service, environment, tag, eventId });

      expect(given).toMatch(/^[A-Za-z0-9._-]{1,80}$/);
      expect(given.endsWith(`-${eventId.slice(0, 8)}`)).toBe(true);
      expect(executionName({ service, environment, tag, eventId })).toBe(given);
    }),
  ));

test.each([
  { it: 'the environment', other: { environment: `${'e'.repeat(38)}2` } },
  { it: 'the end of the tag', other: { tag: `${'t'.repeat(127)}2` } },
  { it: 'the end of the event id', other: { eventId: '4f5ec4d5-ffff-4aad-a046-56d5cfe1df0e' } },
])('names that are cut still differ when $it does', ({ other }) => {
  const long = { service: 's'.repeat(39), environment: 'e'.repeat(39), tag: 't'.repeat(128), eventId };

  expect(executionName({ ...long, ...other })).not.toBe(executionName(long));
});

test('a character that Step Functions refuses is replaced, and the name still differs', () => {
  const [slash, dash] = ['a/b', 'a-b'].map((tag) => executionName({ ...of, tag }));

  expect(slash).toMatch(/^my-api-production-a-b-[0-9a-f]{8}-4f5ec4d5$/);
  expect(slash).not.toBe(dash);
});
