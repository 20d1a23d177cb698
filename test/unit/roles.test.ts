/** `npm run roles`: what has to be made where Tidegate is not. */
import { describe, expect, test } from 'vitest';
import { type Asked, printed } from '../../cli/roles/print.ts';
import { accessByRole } from '../../core/access/access.ts';
import { policyDocument } from '../../core/access/statement.ts';
import { type ConfigInput, defineConfig } from '../../core/config.ts';

const home = { account: '111111111111', region: 'eu-west-1' };
const there = { account: '222222222222', region: 'us-east-1' };
const roleArn = 'arn:aws:iam::222222222222:role/teams/tidegate';

const config = (service: Partial<ConfigInput['services'][string]> = {}) =>
  defineConfig({
    services: {
      'my-api': {
        repository: 'my-api',
        container: 'app',
        environments: [
          { name: 'staging', cluster: 'main', service: 'my-api' },
          { name: 'production', cluster: 'main', service: 'my-api', region: 'us-east-1', roleArn },
        ],
        ...service,
      },
    },
  });

const asked: Asked = { ...home, environment: 'production', stage: 'production', format: 'cloudformation' };

// biome-ignore lint/suspicious/noExplicitAny: a template is what CloudFormation or Terraform reads
const templateOf = (more: Partial<Asked> = {}, of = config()): any => {
  const { templates } = printed(of, { ...asked, ...more });
  expect(templates).toHaveLength(1);
  return templates[0];
};

describe('for CloudFormation', () => {
  test('the role trusts the roles of this installation, and may do what its environments need', () => {
    const { Tidegate } = templateOf().Resources;

    expect(Tidegate.Properties).toMatchObject({
      RoleName: 'tidegate',
      Path: '/teams/',
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Principal: { AWS: 'arn:aws:iam::111111111111:root' },
            Action: 'sts:AssumeRole',
            Condition: {
              ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/tidegate-production-*' },
            },
          },
        ],
      },
    });
    const installation = { partition: 'aws', ...home, table: 't', stateMachine: 's', secretParameters: {} };
    expect(Tidegate.Properties.Policies[0].PolicyDocument).toEqual(
      policyDocument(accessByRole(config(), installation, roleArn)),
    );
  });

  test('events of its services are sent on to the bus of the installation, and no others', () => {
    const { Tidegate: _, Sender, ...rules } = templateOf().Resources;

    expect(Object.keys(rules)).toEqual(['DeploymentChanged', 'HookChanged', 'ServiceTaskStopped']);
    const bus = 'arn:aws:events:eu-west-1:111111111111:event-bus/default';
    for (const rule of Object.values(rules)) {
      expect(rule).toMatchObject({
        Type: 'AWS::Events::Rule',
        Properties: {
          EventPattern: { account: [there.account], region: [there.region] },
          Targets: [{ Arn: bus, RoleArn: { 'Fn::GetAtt': ['Sender', 'Arn'] } }],
        },
      });
    }
    expect(Sender.Properties.Policies[0].PolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Action: ['events:PutEvents'], Resource: [bus] },
    ]);
  });

  test('another Region of the same account needs no role', () => {
    const environments = [{ name: 'production', cluster: 'main', service: 'my-api', region: 'us-east-1' }];

    const { Resources } = templateOf({}, config({ environments }));

    expect(Object.keys(Resources)).toEqual([
      'Sender',
      'DeploymentChanged',
      'HookChanged',
      'ServiceTaskStopped',
    ]);
  });
});

test('for Terraform the same is written in its own words', () => {
  const { resource } = templateOf({ format: 'terraform' });
  const { Resources } = templateOf();

  expect(JSON.parse(resource.aws_iam_role.tidegate.assume_role_policy)).toEqual(
    Resources.Tidegate.Properties.AssumeRolePolicyDocument,
  );
  expect(JSON.parse(resource.aws_iam_role_policy.tidegate.policy)).toEqual(
    Resources.Tidegate.Properties.Policies[0].PolicyDocument,
  );
  expect(JSON.parse(resource.aws_cloudwatch_event_rule.tidegate_deployment_changed.event_pattern)).toEqual(
    Resources.DeploymentChanged.Properties.EventPattern,
  );
  expect(resource.aws_cloudwatch_event_target.tidegate_deployment_changed).toMatchObject({
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform fills it in
    rule: '${aws_cloudwatch_event_rule.tidegate_deployment_changed.name}',
  });
});

test('a registry elsewhere sends its pushes on, and is told what to add to the policy of its repository', () => {
  const registry = { account: '333333333333', region: 'eu-west-1' };
  const environments = [{ name: 'production', cluster: 'main', service: 'my-api' }];

  const { templates, notes } = printed(config({ registry, environments }), asked);

  expect(templates).toMatchObject([
    { Resources: { ImagePushed: { Properties: { EventPattern: { account: ['333333333333'] } } } } },
  ]);
  expect(notes.join('\n')).toMatch(/Add to the policy of its repository my-api: .*ecr:BatchGetImage/);
});

test.each<{ it: string; more: Partial<Asked>; says: string }>([
  {
    it: 'an environment that nobody has',
    more: { environment: 'prod' },
    says: 'no environment prod, only staging, production',
  },
  { it: 'no account', more: { account: undefined }, says: '--account must name the account' },
  { it: 'no Region', more: { region: '' }, says: '--region must name the Region' },
  { it: 'a strange format', more: { format: 'yaml' }, says: 'no format yaml: cloudformation or terraform' },
])('$it is told', ({ more, says }) => {
  expect(() => printed(config(), { ...asked, ...more })).toThrow(says);
});

test('where nothing is elsewhere, that is said', () => {
  expect(printed(config(), { ...asked, environment: 'staging' })).toEqual({
    templates: [],
    notes: ['staging is where Tidegate is: nothing has to be made elsewhere'],
  });
});
