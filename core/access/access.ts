/** What each function may do in AWS, and what the roles may that it takes on elsewhere. */
import type { Config } from '../config.ts';
import { membersOf } from '../members.ts';
import { placeOf } from '../place.ts';
import type { Installation } from './installation.ts';
import { type Need, needs } from './needs.ts';
import {
  type Action,
  atHome,
  type HomeAction,
  type Located,
  type Mailing,
  type PlacedAction,
  placed,
  type Scope,
} from './resources.ts';
import type { Statement } from './statement.ts';

/** By a function's name: steps as their state, event handlers as their file. */
export function accessOf(config: Config, installation: Installation): Record<string, Statement[]> {
  const context = { installation, permissions: config.permissions, mail: mailingOf(config) };
  const everywhere = locatedIn(config, installation);
  return Object.fromEntries(
    Object.entries(needs).map(([name, need]) => [name, accessFor(need, { ...context, located: everywhere })]),
  );
}

function accessFor({ actions, items }: Need, scope: Scope): Statement[] {
  const { installation, located } = scope;
  const here = located.filter(({ environment }) => environment.roleArn === undefined);
  // Only where something may be done by the role: most actions are of all environments, some of few.
  const elsewhere = located.flatMap((where) => {
    const { roleArn } = where.environment;
    const its = { ...scope, located: [where] };
    const some = actions.filter(isPlaced).some((action) => allowed(action, its).resources.length > 0);
    return roleArn && some ? [roleArn] : [];
  });
  return joined([
    ...Object.entries(items).map(([action, kinds]) => itemAccess(installation, action, kinds)),
    ...actions.filter(isPlaced).map((action) => allowed(action, { ...scope, located: here })),
    ...actions.filter(isAtHome).map((action) => allowed(action, scope)),
    { actions: ['sts:AssumeRole'], resources: [...new Set(elsewhere)] },
  ]);
}

/** Of a role that environments name: all that any function does by it. */
export function accessByRole(config: Config, installation: Installation, roleArn: string): Statement[] {
  const located = locatedIn(config, installation).filter(
    ({ environment }) => environment.roleArn === roleArn,
  );
  const scope = { installation, permissions: config.permissions, located };
  const actions = new Set(Object.values(needs).flatMap((need) => need.actions.filter(isPlaced)));
  return joined([...actions].sort().map((action) => allowed(action, scope)));
}

const locatedIn = ({ services }: Config, installation: Installation): Located[] =>
  Object.values(services).flatMap((service) =>
    service.environments.flatMap((environment) =>
      membersOf(service, environment).map((member) => ({
        ...member,
        place: placeOf(environment, installation),
      })),
    ),
  );

/** Whom links are sent to. */
function mailingOf({ services, people = {}, mail }: Config): Mailing | undefined {
  const names = Object.values(services).flatMap(({ environments }) =>
    environments.flatMap(({ approval }) => approval?.links?.to ?? []),
  );
  const to = [...new Set(names)].flatMap((name) => people[name]?.email ?? []);
  return mail && { ...mail, to };
}

const isPlaced = (action: Action): action is PlacedAction => action in placed;
const isAtHome = (action: Action): action is HomeAction => action in atHome;

function allowed(action: Action, scope: Scope): Statement {
  const on = isPlaced(action) ? placed[action](scope) : atHome[action](scope);
  const [name = action] = action.split(' ');
  // Nothing of a place is allowed where no environment is there.
  return { actions: [name], ...on, ...(scope.located.length === 0 && { resources: [] }) };
}

function itemAccess(installation: Installation, action: string, kinds: readonly string[]): Statement {
  const { partition, region, account, table } = installation;
  return {
    actions: [`dynamodb:${action}`],
    resources: [`arn:${partition}:dynamodb:${region}:${account}:table/${table}`],
    conditions: [
      {
        test: 'ForAllValues:StringLike',
        variable: 'dynamodb:LeadingKeys',
        values: kinds.map((kind) => `${kind} *`),
      },
    ],
  };
}

/** Actions on the same resources under the same conditions are one statement. */
function joined(statements: readonly Statement[]): Statement[] {
  const found = new Map<string, Statement>();
  for (const { actions, ...on } of statements) {
    if (on.resources.length === 0) continue;
    const key = JSON.stringify(on);
    found.set(key, { ...on, actions: [...new Set([...(found.get(key)?.actions ?? []), ...actions])].sort() });
  }
  return [...found.values()];
}
