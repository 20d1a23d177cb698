/** Stands in for the Pulumi engine and AWS: a resource gets a plausible ARN and is remembered, a data source its answer. */
import { policyDocument } from './policy-document.ts';

export const account = '123456789012';
export const region = 'eu-west-1';

export interface Resource {
  /** Pulumi's, such as `aws:lambda/function:Function`. */
  type: string;
  name: string;
  /** False: a component, which is made of others. */
  custom: boolean;
  inputs: Record<string, unknown>;
  state: Record<string, unknown>;
}

type Arn = (name: string) => string;
const regional =
  (service: string, kind: string): Arn =>
  (name) =>
    `arn:aws:${service}:${region}:${account}:${kind}${name}`;

const arns: Record<string, Arn> = {
  'aws:lambda/function:Function': regional('lambda', 'function:'),
  'aws:sfn/stateMachine:StateMachine': regional('states', 'stateMachine:'),
  'aws:iam/policy:Policy': (name) => `arn:aws:iam::${account}:policy/${name}`,
  'aws:iam/role:Role': (name) => `arn:aws:iam::${account}:role/${name}`,
  'aws:sqs/queue:Queue': regional('sqs', ''),
  'aws:sns/topic:Topic': regional('sns', ''),
  'aws:dynamodb/table:Table': regional('dynamodb', 'table/'),
  'aws:cloudwatch/logGroup:LogGroup': regional('logs', 'log-group:'),
  'aws:cloudwatch/eventRule:EventRule': regional('events', 'rule/'),
  'aws:cloudwatch/metricAlarm:MetricAlarm': regional('cloudwatch', 'alarm:'),
  'aws:ssm/parameter:Parameter': regional('ssm', 'parameter'),
};

/** What only AWS knows of a resource that it made. */
function made({ type, name, inputs }: Pick<Resource, 'type' | 'name' | 'inputs'>, physical: string) {
  switch (type) {
    case 'aws:sqs/queue:Queue':
      return { url: `https://sqs.${region}.amazonaws.com/${account}/${physical}` };
    case 'aws:lambda/functionUrl:FunctionUrl':
      return { functionUrl: `https://${name.toLowerCase()}.lambda-url.${region}.on.aws/` };
    case 'random:index/randomBytes:RandomBytes':
      return { base64: Buffer.alloc(Number(inputs.length)).toString('base64') };
    default:
      return {};
  }
}

/** For `setMocks` of @pulumi/pulumi. Every resource is added to `resources` when it is made. */
export const pulumiMocks = (resources: Resource[]) => ({
  newResource(asked: { type: string; name: string; custom?: boolean; inputs: Record<string, unknown> }) {
    const { type, name, inputs, custom = false } = asked;
    const physical = typeof inputs.name === 'string' ? inputs.name : name;
    const arn = (arns[type] ?? regional('mock', `${type.split(':').at(-1)}/`))(physical);
    const state = { ...inputs, name: physical, arn, ...made({ type, name, inputs }, physical) };
    resources.push({ type, name, custom, inputs, state });
    return { id: physical, state };
  },

  call({ token, inputs }: { token: string; inputs: Record<string, unknown> }) {
    switch (token) {
      case 'aws:iam/getPolicyDocument:getPolicyDocument':
        return { ...inputs, json: policyDocument(inputs.statements) };
      case 'aws:index/getCallerIdentity:getCallerIdentity':
        return { accountId: account, arn: `arn:aws:iam::${account}:user/test`, userId: 'AIDTEST' };
      case 'aws:index/getRegion:getRegion':
        return { region, id: region };
      case 'aws:index/getPartition:getPartition':
        return { partition: 'aws', dnsSuffix: 'amazonaws.com', id: 'aws' };
      default:
        throw new Error(`no answer here for the data source ${token}: add it to local/sst/mocks.ts`);
    }
  },
});
