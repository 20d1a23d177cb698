/** ECS answers in pages: fewer than there are, or none, and a token that says that there are more. */
import { expect, test } from 'vitest';
import { ecs } from '../../aws/ecs.ts';
import type { Means } from '../../aws/means.ts';
import { defineConfig } from '../../core/config.ts';
import { home } from '../../local/aws-service.ts';

const target = { cluster: 'main', service: 'web' };
const config = defineConfig({
  services: {
    shop: { repository: 'shop', container: 'app', environments: [{ name: 'production', ...target }] },
  },
});
interface Asked {
  nextToken?: string;
  serviceRevisionArns?: string[];
}

/** ECS with so many service deployments on each page, the oldest first. */
function paged(...pages: number[]) {
  const deployments = (page: number) => {
    const before = pages.slice(0, page).reduce((sum, one) => sum + one, 0);
    return Array.from({ length: pages[page] ?? 0 }, (_, index) => ({
      serviceDeploymentArn: `deployment-${before + index}`,
      targetServiceRevisionArn: `revision-${before + index}`,
      status: 'SUCCESSFUL',
      createdAt: new Date(before + index),
    }));
  };
  async function send({ input }: { input: Asked }) {
    const { nextToken = '0', serviceRevisionArns } = input;
    if (serviceRevisionArns && serviceRevisionArns.length > 20) throw new Error('at most 20');
    if (serviceRevisionArns)
      return {
        serviceRevisions: serviceRevisionArns.map((arn) => ({
          ...{ serviceRevisionArn: arn, taskDefinition: `definition of ${arn}` },
        })),
      };
    const page = Number(nextToken);
    const more = page + 1 < pages.length && { nextToken: String(page + 1) };
    return { serviceDeployments: deployments(page), ...more };
  }
  const makeClient = () => ({ send, config: {} });
  return ecs({ config, home, makeClient } as unknown as Means)({});
}

test('what was deployed last is seen on whichever page it is, with its task definition', async () => {
  const seen = await paged(20, 20, 1).deploymentsSince(target, 0);

  expect(seen).toHaveLength(41);
  expect(seen.at(-1)?.taskDefinitionArn).toBe('definition of revision-40');
  expect(seen.every(({ taskDefinitionArn }) => taskDefinitionArn !== undefined)).toBe(true);
});

test('an empty page is no proof that nothing was ever successful', async () => {
  expect(await paged(0, 1).everSuccessful(target)).toBe(true);
  expect(await paged(0, 0).everSuccessful(target)).toBe(false);
});

test('nor that nothing is under way', async () => {
  expect(await paged(0, 1).underWay(target)).toEqual({ arn: 'deployment-0', status: 'SUCCESSFUL' });
});
