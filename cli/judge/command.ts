/** `tidegate judge`: a past deployment judged again, by the present policy or another one. */
import { writeFile } from 'node:fs/promises';
import { chart } from '../../core/judge/chart.ts';
import { replay } from '../../core/judge/replay.ts';
import type { Command } from '../command.ts';
import { installation } from '../installation.ts';
import { BadUse } from '../mistake.ts';
import { asAnswer, asRequest, type Figures } from './data.ts';
import { type Asked, type JudgePast, pastOf } from './past.ts';
import { told } from './told.ts';

const text = { type: 'string' } as const;

/** Who is named by the policy and could not be heard. */
function silent({ policy, startedAt }: JudgePast, { found, alarmHistory }: Figures): string[] {
  const weekOld = startedAt - 6 * 86_400_000;
  const hasWeek = Object.values(found).some((points) => points?.some(([time]) => time < weekOld));
  return [
    ...(policy.alarms?.length && !alarmHistory
      ? ['Alarms had no say: what they were is not in the file, or longer ago than 30 days.']
      : []),
    ...(policy.week && !hasWeek ? ['A week ago had no say: there are no figures of it.'] : []),
  ];
}

export const judge: Command = {
  summary: 'judges a past deployment again from CloudWatch, by this policy or another',
  usage: `tidegate judge [<service> <environment>] --at <time> [options]

Says what the judge of a release would have said of a deployment, look by look,
by the very code of the release: the sentence, the table, the chart. Reads
CloudWatch, the history of its alarms, and Logs Insights where log lines are
counted, which is billed. Changes nothing.

  --at <time>        when the deployment started: 2026-11-27T10:00:00Z
  --stable <time>    when it was stable; as --at unless given
  --release <name>   both from the record of this execution instead
  --until <time>     look at nothing later
  --baseline <what>  compare with something else: day, week, 2h, a time such as
                     2026-11-20T10:00Z/1h, or what another release was, by the
                     name of its execution
  --policy <file>    JSON of an analysis, instead of the configuration's
  --file <file>      figures from a file instead of CloudWatch: the answer of
                     GetMetricData. With --policy no service needs to be named
  --queries          print what to ask GetMetricData for, as JSON, and end
  --save <file>      keep the figures, for --file
  --svg <file>       write the chart there

Exit code:
  0 it would be kept
  1 it would be taken back, or its window is not over
  2 bad use
  3 AWS could not be asked`,
  options: {
    ...{ at: text, stable: text, until: text, release: text },
    ...{ policy: text, baseline: text, file: text, save: text, svg: text },
    queries: { type: 'boolean', default: false },
  },
  arguments: ['service', 'environment'],
  async run({ positionals, values, screen }) {
    const [service, environment, ...others] = positionals;
    const { queries, save, svg, ...typed } = values.own;
    if (others.length > 0 || (service === undefined) !== (environment === undefined))
      throw new BadUse(
        'judge needs a service and an environment, such as: tidegate judge my-api production --at 2026-11-27T10:00:00Z',
      );
    if (service === undefined && typed.policy === undefined)
      throw new BadUse('which service and environment? Or give --policy, and --file or --queries');
    const surroundings = service === undefined ? undefined : (await installation(values)).surroundings;
    const past = await pastOf({ service, environment, ...(typed as Asked) }, surroundings);
    if (queries) {
      // One request, whatever lies between its spans: who asks by hand asks once.
      const [first, last] = [past.spans[0]?.from ?? 0, past.spans.at(-1)?.until ?? 0];
      screen.say(JSON.stringify(asRequest(past.queries, first, last), null, 2));
      return 0;
    }
    const figures = await past.figures();
    if (typeof save === 'string') await writeFile(save, `${JSON.stringify(asAnswer(figures), null, 2)}\n`);
    const looks = replay({ ...past, ...figures });
    const last = looks.at(-1);
    const moments = { startedAt: past.startedAt, stableAt: past.stableAt };
    if (typeof svg === 'string' && last)
      await writeFile(svg, chart(last.comparison, { ...moments, decidedAt: last.at }));
    if (values.json) screen.say(JSON.stringify({ ...moments, looks }, null, 2));
    else {
      told(looks, moments, screen);
      for (const missing of silent(past, figures)) screen.tell('', missing);
    }
    return last?.comparison.decision === 'keep' ? 0 : 1;
  },
};
