/** What is wrong with a configuration only where Tidegate is. */
import { expect, test } from 'vitest';
import { type ConfigInput, defineConfig } from '../../core/config.ts';
import { checkAt, fingerprint } from '../../core/installed.ts';

const home = { account: '111111111111', region: 'eu-west-1' };
type EnvironmentInput = ConfigInput['services'][string]['environments'][number];
const environment: EnvironmentInput = { name: 'production', cluster: 'main', service: 'my-api' };

const config = (environments: EnvironmentInput[], more: Partial<ConfigInput> = {}) =>
  defineConfig({
    services: { 'my-api': { repository: 'my-api', container: 'app', environments } },
    ...more,
  });

test.each<{ it: string; other: Partial<EnvironmentInput>; same: boolean }>([
  { it: 'the Region that Tidegate is in, by name', other: { region: 'eu-west-1' }, same: true },
  {
    it: 'a role in the own account',
    other: { roleArn: 'arn:aws:iam::111111111111:role/tidegate' },
    same: true,
  },
  { it: 'another Region', other: { region: 'us-east-1' }, same: false },
  { it: 'another account', other: { roleArn: 'arn:aws:iam::222222222222:role/tidegate' }, same: false },
])('the same ECS service in $it is found to be the same: $same', ({ other, same }) => {
  const check = () =>
    checkAt(
      config([
        { ...environment, name: 'staging' },
        { ...environment, ...other },
      ]),
      home,
    );

  if (same) expect(check).toThrow('my-api.production and my-api.staging are both the ECS service');
  else expect(check).not.toThrow();
});

test('with the installation named, two owners of a service are found before anything else', () => {
  const environments = [
    { ...environment, name: 'staging' },
    { ...environment, region: 'eu-west-1' },
  ];

  expect(() => config(environments, { installation: home })).toThrow('already belongs to my-api.staging');
});

test('a deploy to anywhere else than the configuration means is refused', () => {
  const installation = { account: '111111111111', region: 'us-east-1' };

  expect(() => checkAt(config([environment], { installation }), home)).toThrow(
    'is for an installation in 111111111111, us-east-1, and this is 111111111111, eu-west-1: look at AWS_PROFILE',
  );
  expect(() => checkAt(config([environment], { installation: home }), home)).not.toThrow();
});

test('a configuration that says something else has another fingerprint, and the same has the same', () => {
  expect(fingerprint(config([environment]))).toBe(fingerprint(config([environment])));
  expect(fingerprint(config([environment]))).not.toBe(
    fingerprint(config([{ ...environment, cluster: 'other' }])),
  );
});

test('a setting that is gone says what took its place', () => {
  const slack = { channel: 'deploys', tokenSecret: 'tidegate/slack-token' } as { channel: string };

  expect(() => config([environment], { slack })).toThrow(
    'slack.tokenSecret: is gone: take it out, and keep the token by npx sst secret set SlackToken',
  );
});
