/** As configurations of Terraform in JSON: `.tf.json` files. */
import type { EventsElsewhere, RoleElsewhere } from '../../core/access/elsewhere.ts';
import { policiesOf } from '../../core/access/policies.ts';
import { policyDocument } from '../../core/access/statement.ts';
import { sending, trustOfSender } from './cloudformation.ts';

function role({ arn, account, name, path, trust, access }: RoleElsewhere): object {
  const called = labelOf(`_${account}_${name}`);
  const { inline, managed } = policiesOf(arn, [], access);
  const whose = from(`aws_iam_role.${called}.name`);
  return {
    resource: {
      aws_iam_role: { [called]: { name, path, assume_role_policy: JSON.stringify(trust) } },
      ...(inline.length > 0 && {
        aws_iam_role_policy: {
          [called]: { role: whose, policy: JSON.stringify(policyDocument(inline)) },
        },
      }),
      ...(managed.length > 0 && {
        aws_iam_policy: Object.fromEntries(
          managed.map((statements, index) => [
            `${called}_${index + 1}`,
            { name_prefix: `${name}-`, policy: JSON.stringify(policyDocument(statements)) },
          ]),
        ),
        aws_iam_role_policy_attachment: Object.fromEntries(
          managed.map((_, index) => [
            `${called}_${index + 1}`,
            { role: whose, policy_arn: from(`aws_iam_policy.${called}_${index + 1}.arn`) },
          ]),
        ),
      }),
    },
  };
}

function events({ place, forwarded, bus }: EventsElsewhere): object {
  const called = labelOf(`_sender_${place.account}_${place.region}`);
  const rules = Object.entries(forwarded).map(([name, pattern]) => ({
    label: `${called}${labelOf(name).slice('tidegate'.length)}`,
    pattern,
  }));
  return {
    resource: {
      aws_iam_role: {
        [called]: { name_prefix: 'tidegate-sender-', assume_role_policy: JSON.stringify(trustOfSender) },
      },
      aws_iam_role_policy: {
        [called]: { role: from(`aws_iam_role.${called}.name`), policy: JSON.stringify(sending(bus)) },
      },
      aws_cloudwatch_event_rule: Object.fromEntries(
        rules.map(({ label, pattern }) => [label, { event_pattern: JSON.stringify(pattern) }]),
      ),
      aws_cloudwatch_event_target: Object.fromEntries(
        rules.map(({ label }) => [
          label,
          {
            rule: from(`aws_cloudwatch_event_rule.${label}.name`),
            arn: bus,
            role_arn: from(`aws_iam_role.${called}.arn`),
          },
        ]),
      ),
    },
  };
}

/** Terraform fills it in. */
const from = (attribute: string) => `\${${attribute}}`;

/** `ImagePushed2` as `tidegate_image_pushed2`: files of one folder are one configuration. */
const labelOf = (name: string) =>
  `tidegate${name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replaceAll(/[^a-z0-9_]/g, '_')}`;

export const terraform = { role, events };
