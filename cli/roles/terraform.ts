/** As a configuration of Terraform in JSON, to be kept as a `.tf.json` file. */
import type { Elsewhere } from '../../core/access/elsewhere.ts';

export function terraform({ role, forwarded, sender, bus }: Elsewhere): object {
  const rules = Object.entries(forwarded).map(([name, pattern]) => ({ label: labelOf(name), pattern }));
  return {
    resource: {
      aws_iam_role: {
        ...(role && {
          tidegate: { name: role.name, path: role.path, assume_role_policy: JSON.stringify(role.trust) },
        }),
        tidegate_sender: {
          name_prefix: 'tidegate-sender-',
          assume_role_policy: JSON.stringify(sender.trust),
        },
      },
      aws_iam_role_policy: {
        ...(role && {
          tidegate: { role: from('aws_iam_role.tidegate.name'), policy: JSON.stringify(role.access) },
        }),
        tidegate_sender: {
          role: from('aws_iam_role.tidegate_sender.name'),
          policy: JSON.stringify(sender.access),
        },
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
            role_arn: from('aws_iam_role.tidegate_sender.arn'),
          },
        ]),
      ),
    },
  };
}

/** Terraform fills it in. */
const from = (attribute: string) => `\${${attribute}}`;

/** `ImagePushed2` as `tidegate_image_pushed2`. */
const labelOf = (name: string) =>
  `tidegate${name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
