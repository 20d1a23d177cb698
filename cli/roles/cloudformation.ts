/** As a CloudFormation template. */
import type { Elsewhere } from '../../core/access/elsewhere.ts';

export function cloudFormation({ role, forwarded, sender, bus }: Elsewhere): object {
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
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'What Tidegate needs where its environments are',
    Resources: {
      ...(role && {
        Tidegate: {
          Type: 'AWS::IAM::Role',
          Properties: {
            ...{ RoleName: role.name, Path: role.path, AssumeRolePolicyDocument: role.trust },
            Policies: [{ PolicyName: 'tidegate', PolicyDocument: role.access }],
          },
        },
      }),
      Sender: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: sender.trust,
          Policies: [{ PolicyName: 'send', PolicyDocument: sender.access }],
        },
      },
      ...Object.fromEntries(rules),
    },
  };
}
