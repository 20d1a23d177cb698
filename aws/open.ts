/** The one place where gateways are opened: just those that a function names, from an environment parsed by one schema. */
import type { Place } from '../core/place.ts';
import { environmentSchema, type Means, type Opener, type Openers, type Surroundings } from './means.ts';
import { onFirstUse } from './on-first-use.ts';

/** What every function has. */
export interface Always extends Pick<Surroundings, 'config' | 'measure' | 'now' | 'wait'> {
  /** Where this installation is. */
  home: Place;
  /** Where people look at an execution: its ARN is appended. */
  consoleUrl: string | undefined;
}

/** What a function has that names these openers. */
export type Opened<Uses extends Openers> = Always & {
  readonly [Name in keyof Uses]: ReturnType<Uses[Name]>;
};

/**
 * Throws where the environment lacks something, naming it. A gateway is opened, and a client made, when it is first used:
 * a call needs one or two of them, and somebody waits for its cold start.
 */
export function openAws<Uses extends Openers>(surroundings: Surroundings, uses: Uses): Opened<Uses> {
  const { environment, config, client, fetch, measure, now, wait } = surroundings;
  const { makeClient = (Client, settings) => new Client(settings) } = surroundings;
  const settings = environmentSchema.parse(environment);
  const [, , , region = '', account = ''] = settings.STATE_MACHINE_ARN.split(':');
  const home = { account, region };
  const opened = new Map<Opener, unknown>();
  const means: Means = {
    ...{ client, config, fetch, home, now, wait, environment: settings },
    makeClient: (Client, own) => makeClient(Client, { ...client, ...own }),
    open<Gateway>(opener: Opener<Gateway>): Gateway {
      if (!opened.has(opener)) opened.set(opener, opener(means));
      return opened.get(opener) as Gateway;
    },
  };
  const always: Always = { config, home, measure, now, wait, consoleUrl: settings.CONSOLE_URL };
  const openers = Object.entries(uses).map(([name, opener]) => [name, () => means.open(opener)] as const);
  return Object.assign(onFirstUse(Object.fromEntries(openers)), always) as Opened<Uses>;
}
