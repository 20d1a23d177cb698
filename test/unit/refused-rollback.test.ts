/** A rollback that Step Functions refuses to start: who asked for it is told, and that is all. */
import { expect, test } from 'vitest';
import { Throttled, Transient } from '../../core/errors.ts';
import type { ReleaseRequest } from '../../core/release.ts';
import { startExecution } from '../../functions/start-execution.ts';

const request: ReleaseRequest = {
  ...{ service: 'my-api', environment: 'production' },
  push: {
    ...{ eventId: 'backabcd', pushedAt: 1, registryId: '123456789012', region: 'eu-west-1' },
    ...{ repository: 'my-api', tag: 'v1', digest: `sha256:${'a'.repeat(64)}` },
  },
  rollback: { by: 'ada', reason: 'it is bad', requestedAt: 2, to: 'v1' },
};

/** What is left for the schedule to start, after Step Functions answered with an error. */
async function leftOpen(error: Error): Promise<string[]> {
  const open = new Set<string>();
  const aws = {
    now: () => 3,
    openReleases: {
      open: async (name: string) => void open.add(name),
      close: async (_: unknown, names: string[]) => names.forEach((name) => void open.delete(name)),
    },
    states: { start: () => Promise.reject(error) },
  };
  const starting = startExecution(request, aws as unknown as Parameters<typeof startExecution>[1]);
  await expect(starting).rejects.toBe(error);
  return [...open];
}

test('is not started later by the schedule', async () => {
  expect(await leftOpen(new Error('AccessDeniedException'))).toEqual([]);
});

test.each([new Transient('a lost answer'), new Throttled('too many')])(
  'is started after all where that may have been all: %s',
  async (error) => {
    expect(await leftOpen(error)).toHaveLength(1);
  },
);
