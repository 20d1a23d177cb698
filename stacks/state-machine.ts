/** The state machine, its role and its log. */

import { policyDocument } from '../core/access/statement.ts';
import { functionNameOf } from '../core/functions.ts';
import definition from '../state-machines/deploy.asl.json' with { type: 'json' };
import { substitute } from './definition.ts';
import { arnOf, type Names } from './names.ts';
import { runStateMachine } from './own-access.ts';
import type { Platform } from './platform.ts';

/** `steps`: the functions' ARNs, by the names of their states. */
export function stateMachine(
  { aws, util }: Platform,
  names: Names,
  steps: Record<string, sst.aws.Function['arn']>,
) {
  const { stateMachine: name, account } = names;
  const log = new aws.cloudwatch.LogGroup('DeployLog', {
    // Under this prefix CloudWatch Logs needs no resource policy, whose length would have a limit.
    name: `/aws/vendedlogs/states/${name}`,
    retentionInDays: 90,
  });
  const functions = Object.keys(steps).map((step) =>
    arnOf(names, 'lambda', `function:${functionNameOf(names, step)}`),
  );
  const role = new aws.iam.Role('DeployRole', {
    name,
    assumeRolePolicy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'states.amazonaws.com' },
          Condition: {
            StringEquals: { 'aws:SourceAccount': account },
            ArnLike: { 'aws:SourceArn': arnOf(names, 'states', 'stateMachine:*') },
          },
        },
      ],
    }),
    inlinePolicies: [{ name: 'run', policy: JSON.stringify(policyDocument(runStateMachine(functions))) }],
  });
  return new aws.sfn.StateMachine('Deploy', {
    name,
    type: 'STANDARD',
    roleArn: role.arn,
    definition: util.all(steps).apply((arns) => substitute(definition, arns)),
    loggingConfiguration: {
      level: 'ALL',
      // Task tokens are data of an execution: with them in the log, who reads it could approve (docs/adr/0010).
      includeExecutionData: false,
      logDestination: log.arn.apply((arn) => `${arn}:*`),
    },
    tracingConfiguration: { enabled: true },
  });
}
