/** What `npm run roles` prints, from what is asked for. */
import { type Elsewhere, elsewhere } from '../../core/access/elsewhere.ts';
import type { Config } from '../../core/config.ts';
import { cloudFormation } from './cloudformation.ts';
import { terraform } from './terraform.ts';

export const usage = `npm run roles -- <environment> --account <12 digits> [--region eu-west-1] [--stage production] [--format cloudformation]

Prints what has to be made in the accounts and Regions of the environments of this name, where Tidegate is not itself:
the role that it takes on, the rules that send events on to it; and says what to add to the policies of repositories.

  --account   the account that Tidegate is installed in
  --region    the Region that it is installed in; AWS_REGION unless given
  --stage     of the installation
  --format    cloudformation (a template in JSON) or terraform (a .tf.json file)`;

export interface Asked {
  environment: string;
  account?: string | undefined;
  region: string;
  stage: string;
  format: string;
}

export interface Printed {
  /** One for each account and Region. */
  templates: object[];
  /** For whom reads them. */
  notes: string[];
}

const formats: Record<string, (made: Elsewhere) => object> = { cloudformation: cloudFormation, terraform };

/** Throws where something is missing, saying what. */
export function printed(
  config: Config,
  { environment, account = '', region, stage, format }: Asked,
): Printed {
  const write = Object.hasOwn(formats, format) ? formats[format] : undefined;
  if (!write) throw new Error(`there is no format ${format}: cloudformation or terraform`);
  if (!/^\d{12}$/.test(account))
    throw new Error(`--account must name the account that Tidegate is installed in, 12 digits\n\n${usage}`);
  if (!region) throw new Error(`--region must name the Region that Tidegate is installed in\n\n${usage}`);
  const names = Object.values(config.services).flatMap((service) =>
    service.environments.map(({ name }) => name),
  );
  if (!names.includes(environment))
    throw new Error(
      `tidegate.config.ts has no environment ${environment}, only ${[...new Set(names)].join(', ')}`,
    );

  const prefix = `tidegate-${stage}`;
  const installation = {
    ...{ partition: partitionOf(region), account, region, secretParameters: {} },
    ...{ table: `${prefix}-releases`, stateMachine: `${prefix}-deploy` },
  };
  const made = elsewhere(config, installation, { environment, prefix });
  if (made.length === 0)
    return {
      templates: [],
      notes: [`${environment} is where Tidegate is: nothing has to be made elsewhere`],
    };
  return {
    templates: made.map(write),
    notes: made.flatMap(({ place, repositories }) => [
      `In the account ${place.account}, Region ${place.region}:`,
      ...Object.entries(repositories).map(
        ([repository, policy]) =>
          `Add to the policy of its repository ${repository}: ${JSON.stringify(policy.Statement)}`,
      ),
    ]),
  };
}

const partitionOf = (region: string) =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
