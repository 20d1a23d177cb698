/** As CloudFormation templates. */
import type { EventsElsewhere, RoleElsewhere } from '../../core/access/elsewhere.ts';
import { policiesOf } from '../../core/access/policies.ts';
import { policyDocument } from '../../core/access/statement.ts';

const template = (Resources: object) => ({
  AWSTemplateFormatVersion: '2010-09-09',
  Description: 'What Tidegate needs outside of its own account and Region',
  Resources,
});

function role({ arn, name, path, trust, access }: RoleElsewhere): object {
  const { inline, managed } = policiesOf(arn, [], access);
  const policies = managed.map((statements, index) => [
    `Access${index + 1}`,
    { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: policyDocument(statements) } },
  ]);
  return template({
    ...Object.fromEntries(policies),
    Tidegate: {
      Type: 'AWS::IAM::Role',
      Properties: {
        ...{ RoleName: name, Path: path, AssumeRolePolicyDocument: trust },
        ...(inline.length > 0 && {
          Policies: [{ PolicyName: 'tidegate', PolicyDocument: policyDocument(inline) }],
        }),
        ...(policies.length > 0 && { ManagedPolicyArns: policies.map(([called]) => ({ Ref: called })) }),
      },
    },
  });
}

function events({ forwarded, bus }: EventsElsewhere): object {
  const rules = Object.entries(forwarded).map(([name, pattern]) => [
    name,
    {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: pattern,
        Targets: [{ Id: 'tidegate', Arn: bus, RoleArn: { 'Fn::GetAtt': ['Sender', 'Arn'] } }],
      },
    },
  ]);
  return template({
    Sender: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: trustOfSender,
        Policies: [{ PolicyName: 'send', PolicyDocument: sending(bus) }],
      },
    },
    ...Object.fromEntries(rules),
  });
}

/** EventBridge's own. */
export const trustOfSender = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

export const sending = (bus: string) => policyDocument([{ actions: ['events:PutEvents'], resources: [bus] }]);

export const cloudFormation = { role, events };
