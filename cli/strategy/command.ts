/** `tidegate strategy`: shows, and makes, an ECS service's way to bring new versions in as `rollout` says. */
import type { Command } from '../command.ts';
import { installation } from '../installation.ts';
import { BadUse } from '../mistake.ts';
import { against, strategies } from './change.ts';

export const strategy: Command = {
  summary: "makes an ECS service's deployment strategy that of the configuration",
  usage: `tidegate strategy <service> <environment> [--apply] [options]

Compares the deploymentConfiguration of the environment's ECS services with
\`rollout\` in tidegate.config.ts: the strategy, its bake times and steps, and
Tidegate's lifecycle hook where smoke tests run before users come. Changes
nothing without --apply.

  --apply   one UpdateService with deploymentConfiguration alone: it starts no
            deployment. Refused while a release or a deployment is under way.
            What belongs to the load balancer is named where it is missing, and
            is for whoever made it to add

Exit code:
  0 they agree, or do now
  1 they differ, and nothing was changed
  2 bad use
  3 AWS could not be asked`,
  options: { apply: { type: 'boolean', default: false } },
  arguments: ['service', 'environment'],
  async run({ positionals, values, screen }) {
    const [service, environment, ...others] = positionals;
    if (!service || !environment || others.length > 0)
      throw new BadUse(
        'strategy needs a service and an environment, such as: tidegate strategy my-api production',
      );
    const found = await strategies({ service, environment }, await installation(values));
    const { services } = found;
    const differs = services.some(({ differences }) => differences.length > 0);
    const obstacles = against(services);
    const applied = values.own.apply === true && differs && obstacles.length === 0;
    if (applied) await found.apply();

    if (values.json) screen.say(JSON.stringify({ services, obstacles, applied }, null, 2));
    else {
      for (const { target, strategy: wanted, differences } of services) {
        const good = differences.length === 0;
        const verdict = good ? 'as the configuration says' : `to be ${wanted}`;
        screen.tell(
          '',
          `${target.service} in ${target.cluster}: ${screen.paint(good ? 'green' : 'yellow', verdict)}`,
        );
        for (const difference of differences) screen.tell('  · ', difference, 4);
      }
      if (obstacles.length > 0) screen.say('\nFirst:');
      for (const obstacle of obstacles) screen.tell('  · ', obstacle, 4);
      if (applied) screen.say(screen.paint('green', '\nChanged. The next release goes this way.'));
      else if (differs)
        screen.say(`\nNothing was changed${obstacles.length > 0 ? '' : ': --apply makes it so'}.`);
    }
    return differs && !applied ? 1 : 0;
  },
};
