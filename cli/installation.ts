/** Which Tidegate a command speaks to: an installation on AWS, or the local world of this folder. */
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import * as z from 'zod';
import { callerOf } from '../aws/caller.ts';
import type { Surroundings } from '../aws/means.ts';
import type { Installation as Names } from '../core/access/installation.ts';
import type { Config } from '../core/config.ts';
import { checkAt } from '../core/installed.ts';
import { configFrom, inFile } from './config-file.ts';
import { Mistake } from './mistake.ts';

export interface Asked {
  local: boolean;
  config: string | undefined;
  stage: string;
}

export interface Installation {
  surroundings: Surroundings;
  /** Where it is, for whom reads it. */
  where: string;
  /** As far as what it consists of is called after it. */
  names: Pick<Names, 'account' | 'partition' | 'prefix' | 'region'>;
  /** Who gives the command: an ARN, or the name of the local user. */
  by: string;
}

/** `npm start` writes it. */
const worldFile = '.tidegate/world.json';
const worldSchema = z.object({
  address: z.url(),
  config: z.custom<Config>((value) => typeof value === 'object'),
  environment: z.custom<Surroundings['environment']>((value) => typeof value === 'object'),
});

/** Rejects with a `Mistake` where there is none, saying what to do. */
export async function installation({ local, config: file, stage }: Asked): Promise<Installation> {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  const world = local || endpoint ? await localWorld() : undefined;
  const isHere = local || (world && new URL(String(endpoint)).origin === new URL(world.address).origin);
  if (isHere) {
    if (!world)
      throw new Mistake('the local world is not running: run `npm start` first, in another terminal');
    return inLocalWorld(world, file);
  }
  return onAws(await configFrom(file), stage, file);
}

async function localWorld() {
  const text = await readFile(worldFile, 'utf8').catch(() => '{}');
  try {
    return worldSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

async function inLocalWorld(world: z.infer<typeof worldSchema>, file?: string): Promise<Installation> {
  const { address, environment } = world;
  const answers = await fetch(new URL('/v2/', address), { signal: AbortSignal.timeout(5000) }).catch(
    () => undefined,
  );
  if (!answers)
    throw new Mistake(
      `the local world does not answer at ${address}: run \`npm start\` first, in another terminal`,
    );
  const [, , , region = '', account = ''] = environment.STATE_MACHINE_ARN.split(':');
  return {
    surroundings: {
      ...usual,
      // As it runs: with its own load balancers and short times laid over what is installed.
      config: file === undefined ? world.config : await configFrom(file),
      environment,
      client: {
        region,
        endpoint: address,
        // Who gives the command; another name where somebody plays a second person.
        credentials: { accessKeyId: localName(), secretAccessKey: 'local' },
      },
    },
    names: { account, partition: 'aws', prefix: 'tidegate-local', region },
    where: `the local world at ${address}`,
    by: localName(),
  };
}

/** Keys of the real AWS have another secret. */
function localName(): string {
  const { AWS_ACCESS_KEY_ID: name, AWS_SECRET_ACCESS_KEY: secret } = process.env;
  return name && secret === 'local' ? name : userInfo().username;
}

async function onAws(config: Config, stage: string, file: string | undefined): Promise<Installation> {
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  const region = config.installation?.region ?? AWS_REGION ?? AWS_DEFAULT_REGION;
  if (!region)
    throw new Mistake(
      inFile(
        file,
        'in which Region is Tidegate installed? Set installation in tidegate.config.ts, or AWS_REGION; for the local world of this folder add --local',
      ),
    );
  const client = { region, requestHandler: patience };
  const caller = await callerOf(client).catch((error: Error) => {
    throw new Mistake(
      `AWS does not say whose credentials these are: ${error.message}\nLook at AWS_PROFILE, or log in; for the local world of this folder add --local`,
    );
  });
  const { account } = caller;
  try {
    checkAt(config, { account, region });
  } catch (error) {
    throw new Mistake(inFile(file, (error as Error).message));
  }
  // As stacks/names.ts has them.
  const prefix = `tidegate-${stage}`;
  const partition = caller.arn.split(':')[1] ?? 'aws';
  return {
    surroundings: {
      ...usual,
      config,
      environment: {
        TABLE_NAME: `${prefix}-releases`,
        STATE_MACHINE_ARN: `arn:${partition}:states:${region}:${account}:stateMachine:${prefix}-deploy`,
        AWS_LAMBDA_FUNCTION_NAME: 'tidegate-cli',
        ...(partition === 'aws' && {
          CONSOLE_URL: `https://${region}.console.aws.amazon.com/states/home?region=${region}#/v2/executions/details/`,
        }),
        ...(config.slack && { SLACK_TOKEN_PARAMETER: `/tidegate/${stage}/slack-token` }),
        APPROVAL_COMMAND_PARAMETER: `/tidegate/${stage}/approval-command-url`,
      },
      client,
    },
    names: { account, partition, prefix, region },
    where: `${account}, ${region}, stage ${stage}`,
    by: caller.arn,
  };
}

/** Somebody waits in front of it. */
const patience = { connectionTimeout: 3000, requestTimeout: 15_000, throwOnRequestTimeout: true };

const usual = {
  fetch: globalThis.fetch,
  measure: () => {},
  now: Date.now,
  wait: (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
} satisfies Partial<Surroundings>;
