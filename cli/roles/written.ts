/** What `npm run roles` writes, from what is asked for. */
import { elsewhere } from '../../core/access/elsewhere.ts';
import type { Config } from '../../core/config.ts';
import { cloudFormation } from './cloudformation.ts';
import { terraform } from './terraform.ts';

export const usage = `npm run roles -- [--account 111111111111] [--region eu-west-1] [--stage production] [--format cloudformation] [--out roles]

Writes what has to be made outside of the account and Region that Tidegate is in: one file for each role that it takes on, and one for
each account and Region that sends events on to it. Says what to add to the policies of repositories.

  --account   the account that Tidegate is installed in; that of installation in tidegate.config.ts unless given
  --region    the Region that it is installed in; the same, else AWS_REGION
  --stage     of the installation
  --format    cloudformation (templates in JSON) or terraform (.tf.json files)
  --out       the folder; files of the same name are written over`;

export interface Asked {
  account: string;
  region: string;
  stage: string;
  format: string;
}

export interface Written {
  /** `where`: for whom reads it. */
  files: { name: string; where: string; content: object }[];
  notes: string[];
}

const formats = {
  cloudformation: { ...cloudFormation, suffix: 'template.json' },
  terraform: { ...terraform, suffix: 'tf.json' },
};

/** Throws where something is missing, saying what. */
export function written(config: Config, { account, region, stage, format }: Asked): Written {
  if (format !== 'cloudformation' && format !== 'terraform')
    throw new Error(`there is no format ${format}: cloudformation or terraform`);
  if (!/^\d{12}$/.test(account))
    throw new Error(`--account must name the account that Tidegate is installed in, 12 digits\n\n${usage}`);
  if (!region) throw new Error(`--region must name the Region that Tidegate is installed in\n\n${usage}`);

  const prefix = `tidegate-${stage}`;
  const { roles, events, repositories } = elsewhere(config, {
    ...{ partition: partitionOf(region), account, region, prefix, secretParameters: {} },
    ...{ table: `${prefix}-releases`, stateMachine: `${prefix}-deploy` },
  });
  const write = formats[format];
  const files = [
    ...roles.map((role) => ({
      name: `role-${role.account}-${role.name}.${write.suffix}`,
      where: `in the account ${role.account}, in any one Region`,
      content: write.role(role),
    })),
    ...events.map((some) => ({
      name: `events-${some.place.account}-${some.place.region}.${write.suffix}`,
      where: `in the account ${some.place.account}, Region ${some.place.region}`,
      content: write.events(some),
    })),
  ];
  return {
    files,
    notes: [
      ...repositories.map(
        ({ place, repository, statement }) =>
          `Add to the policy of the repository ${repository} in ${place.account}, ${place.region}: ${JSON.stringify(statement)}`,
      ),
      ...(files.length === 0 ? ['everything is where Tidegate is: nothing has to be made elsewhere'] : []),
    ],
  };
}

const partitionOf = (region: string) =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
