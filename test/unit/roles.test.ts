/** `npm run roles`: what has to be made outside of Tidegate's own account and Region. */
import { describe, expect, test } from 'vitest';
import { type Asked, type Written, written } from '../../cli/roles/written.ts';
import { accessByRole } from '../../core/access/access.ts';
import { policyDocument } from '../../core/access/statement.ts';
import { type ConfigInput, defineConfig } from '../../core/config.ts';

const home = { account: '111111111111', region: 'eu-west-1' };
const roleArn = 'arn:aws:iam::222222222222:role/teams/tidegate';
const away = { region: 'us-east-1', roleArn };
const asked: Asked = { ...home, stage: 'production', format: 'cloudformation' };

type EnvironmentInput = ConfigInput['services'][string]['environments'][number];
const environment = { name: 'production', cluster: 'main', service: 'my-api' };

const config = (environments: EnvironmentInput[], service: Partial<ConfigInput['services'][string]> = {}) =>
  defineConfig({
    services: { 'my-api': { repository: 'my-api', container: 'app', environments, ...service } },
  });
const usual = config([
  { ...environment, name: 'staging' },
  { ...environment, ...away },
]);

// biome-ignore lint/suspicious/noExplicitAny: what CloudFormation or Terraform reads
const contentOf = ({ files }: Written, name: string): any => {
  const found = files.find((file) => file.name === name);
  if (!found) throw new Error(`no ${name}, only ${files.map((file) => file.name).join(', ')}`);
  return found.content;
};
const role = 'role-222222222222-tidegate.template.json';
const events = 'events-222222222222-us-east-1.template.json';

describe('for CloudFormation', () => {
  test('the role may do what its environments need', () => {
    const { Properties } = contentOf(written(usual, asked), role).Resources.Tidegate;

    expect(Properties).toMatchObject({ RoleName: 'tidegate', Path: '/teams/' });
    const installation = {
      ...{ partition: 'aws', ...home, prefix: 'tidegate-production' },
      ...{ table: 't', stateMachine: 's', secretParameters: {} },
    };
    expect(Properties.Policies[0].PolicyDocument).toEqual(
      policyDocument(accessByRole(usual, installation, roleArn)),
    );
  });

  test('it trusts the functions of this installation that go there, and no other role', () => {
    const { Resources } = contentOf(written(usual, asked), role);

    const [statement] = Resources.Tidegate.Properties.AssumeRolePolicyDocument.Statement;
    expect(statement.Principal).toEqual({ AWS: 'arn:aws:iam::111111111111:root' });
    const trusted: string[] = statement.Condition.ArnEquals['aws:PrincipalArn'];
    expect(trusted).toContain('arn:aws:iam::111111111111:role/tidegate-production-start-deployment');
    expect(trusted.filter((arn) => arn.endsWith('-promote') || arn.includes('*'))).toEqual([]);
  });

  test('events of its services are sent on to the bus of the installation, and no others', () => {
    const { Sender, ...rules } = contentOf(written(usual, asked), events).Resources;

    expect(Object.keys(rules)).toEqual(['DeploymentChanged', 'HookChanged', 'ServiceTaskStopped']);
    const bus = 'arn:aws:events:eu-west-1:111111111111:event-bus/tidegate-production-elsewhere';
    for (const rule of Object.values(rules)) {
      expect(rule).toMatchObject({
        Type: 'AWS::Events::Rule',
        Properties: {
          EventPattern: { account: ['222222222222'], region: ['us-east-1'] },
          Targets: [{ Arn: bus, RoleArn: { 'Fn::GetAtt': ['Sender', 'Arn'] } }],
        },
      });
    }
    expect(Sender.Properties.Policies[0].PolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Action: ['events:PutEvents'], Resource: [bus] },
    ]);
  });

  test('what is too much for a role by itself is in policies of their own', () => {
    const environments = (name: string) => [
      { ...environment, ...away, service: name, roles: [`${name}-task`] },
    ];
    const many = defineConfig({
      services: Object.fromEntries(
        Array.from({ length: 20 }, (_, index) => [
          `service-${index}`,
          { repository: 'shop', container: 'app', environments: environments(`service-${index}`) },
        ]),
      ),
    });

    const { Tidegate, ...policies } = contentOf(written(many, asked), role).Resources;

    expect(Object.keys(policies).length).toBeGreaterThan(1);
    expect(Tidegate.Properties.Policies).toBeUndefined();
    expect(Tidegate.Properties.ManagedPolicyArns).toEqual(Object.keys(policies).map((Ref) => ({ Ref })));
    for (const { Properties } of Object.values(policies) as { Properties: { PolicyDocument: object } }[])
      expect(JSON.stringify(Properties.PolicyDocument).length).toBeLessThanOrEqual(6144);
  });
});

test.each<{ it: string; environments: EnvironmentInput[]; names: string[] }>([
  {
    it: 'two roles in one account are two',
    environments: [
      { ...environment, ...away },
      { ...environment, name: 'eu', service: 'other', region: 'us-east-1', roleArn: `${roleArn}-2` },
    ],
    names: [role, 'role-222222222222-tidegate-2.template.json', events],
  },
  {
    it: 'one role in two Regions is one, since roles are known everywhere',
    environments: [
      { ...environment, ...away },
      { ...environment, name: 'eu', region: 'eu-west-1', roleArn },
    ],
    names: [role, events, 'events-222222222222-eu-west-1.template.json'],
  },
  {
    it: 'where new versions are tested before users get them, ECS takes on a role to ask for it',
    environments: [
      {
        ...environment,
        ...away,
        rollout: { strategy: 'BLUE_GREEN' },
        smoke: { endpoints: [{ url: 'http://a.test' }], testListener: { url: 'http://a.test:8443' } },
      },
    ],
    names: [role, 'role-222222222222-tidegate-production-ecs-hook.template.json', events],
  },
  {
    it: 'a role in the own account has to be made as well',
    environments: [{ ...environment, roleArn: 'arn:aws:iam::111111111111:role/tidegate' }],
    names: ['role-111111111111-tidegate.template.json'],
  },
  {
    it: 'another Region of the own account needs no role',
    environments: [{ ...environment, region: 'us-east-1' }],
    names: ['events-111111111111-us-east-1.template.json'],
  },
  { it: 'where nothing is elsewhere, nothing is made', environments: [environment], names: [] },
])('$it', ({ environments, names }) => {
  const { files, notes } = written(config(environments), asked);

  expect(files.map(({ name }) => name)).toEqual(names);
  expect(notes.length > 0).toBe(names.length === 0);
});

test('for Terraform the same is written in its own words', () => {
  const { resource } = contentOf(
    written(usual, { ...asked, format: 'terraform' }),
    'role-222222222222-tidegate.tf.json',
  );
  const { Tidegate } = contentOf(written(usual, asked), role).Resources;

  const called = 'tidegate_222222222222_tidegate';
  expect(JSON.parse(resource.aws_iam_role[called].assume_role_policy)).toEqual(
    Tidegate.Properties.AssumeRolePolicyDocument,
  );
  expect(JSON.parse(resource.aws_iam_role_policy[called].policy)).toEqual(
    Tidegate.Properties.Policies[0].PolicyDocument,
  );
});

test('Terraform can have all files in one folder: no two resources have one name', () => {
  const environments = [
    { ...environment, ...away },
    {
      ...environment,
      name: 'eu',
      region: 'eu-central-1',
      roleArn: 'arn:aws:iam::333333333333:role/tidegate',
    },
  ];

  const { files } = written(config(environments), { ...asked, format: 'terraform' });

  const names = files.flatMap(({ content }) =>
    Object.entries((content as { resource: Record<string, object> }).resource).flatMap(([type, some]) =>
      Object.keys(some).map((name) => `${type}.${name}`),
    ),
  );
  expect(new Set(names).size).toBe(names.length);
});

test('a registry elsewhere sends its pushes on, and is told what to add to the policy of its repository', () => {
  const registry = { account: '333333333333', region: 'eu-west-1' };

  const { files, notes } = written(config([environment], { registry }), asked);

  expect(files).toMatchObject([
    {
      content: {
        Resources: { ImagePushed: { Properties: { EventPattern: { account: ['333333333333'] } } } },
      },
    },
  ]);
  expect(notes.join('\n')).toMatch(
    /Add to the policy of the repository my-api in 333333333333.*ecr:BatchGetImage/,
  );
});

test("where ECR's own scans are the evidence, its repository has to let them be read, too", () => {
  const registry = { account: '333333333333', region: 'eu-west-1' };
  const scan = { evidence: 'ecr-enhanced' as const };
  const notes = (own: object) => written(config([environment], { registry, ...own }), asked).notes.join('\n');

  expect(notes({ scan })).toContain('ecr:DescribeImageScanFindings');
  expect(notes({})).not.toContain('ecr:DescribeImageScanFindings');
});

test.each<{ it: string; more: Partial<Asked>; says: string }>([
  { it: 'no account', more: { account: '' }, says: '--account must name the account' },
  { it: 'no Region', more: { region: '' }, says: '--region must name the Region' },
  { it: 'a strange format', more: { format: 'yaml' }, says: 'no format yaml: cloudformation or terraform' },
])('$it is told', ({ more, says }) => {
  expect(() => written(usual, { ...asked, ...more })).toThrow(says);
});
