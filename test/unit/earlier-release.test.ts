/** Which earlier release somebody means who wants to go back. */
import { describe, expect, test } from 'vitest';
import { type Deployed, earlierRelease, mayGoBack } from '../../core/earlier-release.ts';
import type { ReleaseRecord } from '../../core/record.ts';

const digestOf = (tag: string) => `sha256:${tag.charCodeAt(1).toString(16).padStart(64, '0')}`;

/** `v1` is pushed at 1, and so on. */
const deployed = (tag: string, endedAt: number, execution = `${tag}-${endedAt}`): Deployed => ({
  execution,
  endedAt,
  request: {
    ...{ service: 'my-api', environment: 'production' },
    push: {
      ...{ eventId: 'e', registryId: '123456789012', region: 'eu-west-1', repository: 'api' },
      ...{ tag, digest: digestOf(tag), pushedAt: Number(tag[1]) },
    },
  },
});
const wentBack = (tag: string, endedAt: number): Deployed => {
  const again = deployed(tag, endedAt);
  const rollback = { by: 'ada', reason: 'it was bad', requestedAt: endedAt, to: 'e' };
  return { ...again, request: { ...again.request, rollback } };
};
const running = (tag: string) => ({ digest: digestOf(tag), pushedAt: Number(tag[1]) });
const [v1, v2, v3] = [deployed('v1', 10), deployed('v2', 20), deployed('v3', 30)];
const v4 = deployed('v4', 50);

describe('the release to go back to', () => {
  test.each([
    { it: 'is the push before what runs', all: [v1, v2, v3], runs: 'v3', is: v2 },
    {
      it: 'is not what was gone back from',
      all: [v1, v2, v3, deployed('v2', 40)],
      runs: 'v2',
      is: v1,
    },
    {
      it: 'is not what was gone back from before the next push, which is bad too',
      all: [v1, v2, v3, wentBack('v2', 40), v4],
      runs: 'v4',
      is: wentBack('v2', 40),
    },
    {
      it: 'is nothing that was gone back past',
      all: [v1, v2, v3, wentBack('v1', 40), v4],
      runs: 'v4',
      is: wentBack('v1', 40),
    },
    {
      it: 'is what was gone back from where somebody deployed it again since',
      all: [v1, v2, wentBack('v1', 40), deployed('v2', 45), v4],
      runs: 'v4',
      is: deployed('v2', 45),
    },
    {
      it: 'is the last deployment of it, where it was deployed twice',
      all: [v1, deployed('v1', 15), v2],
      runs: 'v2',
      is: deployed('v1', 15),
    },
    { it: 'is that of the tag', all: [v1, v2, v3], runs: 'v3', tag: 'v1', is: v1 },
    { it: 'may be a newer one, where its tag is named', all: [v1, v2], runs: 'v1', tag: 'v2', is: v2 },
  ])('$it', ({ all, runs, tag, is }) => {
    expect(earlierRelease(all, running(runs), tag)).toEqual({ release: is });
  });

  test('is the last one that was deployed where nobody knows what runs', () => {
    expect(earlierRelease([v1, v2], { digest: undefined, pushedAt: undefined }, undefined)).toEqual({
      release: v2,
    });
  });

  test.each([
    {
      it: 'for a tag that was never deployed',
      all: [v1],
      runs: 'v1',
      tag: 'v9',
      says: /never deployed there \(last ones: v1\)/,
    },
    { it: 'for a tag that runs', all: [v1, v2], runs: 'v2', tag: 'v2', says: /v2 runs already/ },
    {
      it: 'where nothing was deployed before',
      all: [v1],
      runs: 'v1',
      says: /nothing was deployed there before/,
    },
    { it: 'where nothing was ever deployed', all: [], runs: 'v1', says: /none was/ },
  ])('is refused $it', ({ all, runs, tag, says }) => {
    expect(earlierRelease(all, running(runs), tag)).toMatchObject({ refused: expect.stringMatching(says) });
  });
});

describe('a rollback that the flow is asked for', () => {
  const now = 1_800_000_000_000;
  const record: ReleaseRecord = {
    execution: v1.execution,
    request: v1.request,
    steps: {},
    outcome: 'Deployed',
  };
  const rollback = { by: 'ada', reason: 'because', requestedAt: now, to: v1.execution };

  test('may go to what was deployed there', () => {
    expect(() => mayGoBack({ ...v1.request, rollback }, record, now)).not.toThrow();
  });

  test.each<{ it: string; earlier: Partial<ReleaseRecord>; asked?: object; says: string }>([
    { it: 'what was rejected', earlier: { outcome: 'Rejected' }, says: 'only what was deployed there' },
    { it: 'what nobody knows', earlier: { outcome: undefined }, says: 'only what was deployed' },
    {
      it: 'another digest than that one',
      earlier: { request: v2.request },
      says: 'only what was deployed there',
    },
    {
      it: 'what was deployed elsewhere',
      earlier: { request: { ...v1.request, environment: 'staging' } },
      says: 'only what was deployed there',
    },
    {
      it: 'anything from the future',
      earlier: {},
      asked: { requestedAt: now + 61_000 },
      says: 'set the clock',
    },
  ])('may not go to $it', ({ earlier, asked, says }) => {
    const request = { ...v1.request, rollback: { ...rollback, ...asked } };

    expect(() => mayGoBack(request, { ...record, ...earlier }, now)).toThrow(says);
  });
});
