/** Plays the acts, one after the other, among whatever else is pushed meanwhile. */
import { pushVariant } from '../images/push-variant.ts';
import { type Act, actsFor, review } from './acts.ts';
import { approving } from './approve.ts';
import type { Reporter } from './reporter.ts';
import type { ShowWorld } from './show-world.ts';
import type { Terminal } from './terminal.ts';
import { usersOf, usersWords } from './users.ts';

/** What a first release is judged by, and how much of that time a release takes until then if it goes through another environment before. */
const baseline = { seconds: 16, elsewhere: 9 };

interface Stage {
  show: ShowWorld;
  screen: Terminal;
  report: Reporter;
  /** What is pushed by others counts as a failure: nobody looks, and the acts were not shown. */
  strict: boolean;
}

/** Answers whether each act that can be played ended as it must. */
export async function play({ show, screen, report, strict }: Stage): Promise<boolean> {
  const { say, paint, tell } = screen;
  const [first] = Object.entries(show.config.services);
  if (!first) return true;
  const [name, service] = first;
  const judgedFirst = service.environments.findIndex(({ analysis }) => analysis) === 0;
  const seconds = baseline.seconds - (judgedFirst ? 0 : baseline.elsewhere);
  say();
  tell('', 0, `Users come for ${seconds} s first, so that there is something to compare with.`, 'dim');
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));

  const stopApproving = approving(show, screen, !strict);
  let good = true;
  for (const [index, act] of actsFor(service, Date.now()).entries()) {
    say();
    if (act.instead) {
      tell('', 0, `${index + 1}. ${act.title}: not here`, 'bold');
      tell('   ', 3, `By this configuration ${act.instead}.`);
      continue;
    }
    await quiet({ screen, report });
    tell('', 0, `${index + 1}. ${act.title}: ${name} ${act.tag}`, 'bold');
    const since = Date.now();
    const outcome = await outcomeOf(act, { show, report, service: name });
    const meanwhile = usersWords(usersOf(show, name, Math.ceil((Date.now() - since) / 1000)));
    say(paint('blue', `           users meanwhile: ${meanwhile}`));
    const reviewed = review(act, outcome, strict);
    if (reviewed.words) tell('   ', 3, reviewed.words, reviewed.overtaken ? 'dim' : 'red');
    good &&= reviewed.good;
  }
  stopApproving();
  return good;
}

/** What others pushed is let end first: two releases of a service give way to each other. */
async function quiet({ screen, report }: Pick<Stage, 'screen' | 'report'>): Promise<void> {
  if (report.running().length === 0) return;
  screen.tell('', 0, 'A release is under way: the show goes on when it has ended.', 'dim');
  while (report.running().length > 0) await report.nextEnd();
  screen.say();
}

/** Pushes, and answers how it ended in the last environment that it came to. */
async function outcomeOf(
  { variant, tag }: Act,
  { show, report, service }: Pick<Stage, 'show' | 'report'> & { service: string },
) {
  const { address, config } = show;
  const repository = config.services[service]?.repository;
  const pushed = await pushVariant({ address, service, repository, variant, tag, log: () => {} });
  const isIts = ({ request }: { request?: Request }) =>
    request?.service === service && request.push.digest === pushed.digest;
  const ends = () => report.ended().filter(isIts);
  // The next environment's release has started before this one's ends.
  while (ends().length === 0 || report.running().some(isIts)) await report.nextEnd();
  return ends().at(-1)?.outcome;
}

type Request = ReturnType<Reporter['running']>[number]['request'];
