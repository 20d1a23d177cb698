/** What happens in an execution, told in lines: a state, how long after the push, and what it said. */
import { type Outcome, outcomes } from '../../core/release.ts';
import { spokenActors } from '../../core/spoken-actor.ts';
import type { HistoryEvent } from '../asl/index.ts';
import { saysNo } from '../console/page/payload.ts';
import type { StatusChange } from '../states/states.ts';

export interface Line {
  /** ms since the execution started. */
  afterMs: number;
  state: string;
  text: string;
  /** `waiting` lines may be followed by more of the same state; `failed` also where a check worked and said no. */
  mark: 'done' | 'waiting' | 'failed';
}

/** One execution's narrator: give it the events in order, it answers what is worth a line. */
export function narrator(startedAt: number) {
  let state = '';
  /** New and old tasks stand beside each other, and ECS moves the traffic. */
  let shifts = false;
  const said = new Map<string, string>();

  const line = (event: HistoryEvent, mark: Line['mark'], text: string): Line | undefined => {
    // A state that is asked again and again is only told when it says something new: that time passes is nothing new.
    const news = text.replaceAll(/\b\d+ s\b/g, '');
    if (said.get(state) === news) return undefined;
    said.set(state, news);
    return { afterMs: event.timestamp.getTime() - startedAt, state, text, mark };
  };

  return (event: HistoryEvent): Line | undefined => {
    switch (event.type) {
      case 'TaskStateEntered':
        state = String(event.stateEnteredEventDetails?.name);
        return undefined;
      case 'TaskSubmitted': {
        // What knows its answer at once waits for nothing: TaskSucceeded tells it.
        const { Payload } = parsed(event.taskSubmittedEventDetails?.output);
        if (fields(Payload).waiting !== true) return undefined;
        const wait = waits.get(shifts ? `${state}, traffic shifts` : state) ?? waits.get(state);
        return wait ? line(event, 'waiting', wait) : undefined;
      }
      case 'TaskFailed': {
        const { error, cause } = event.taskFailedEventDetails ?? {};
        const mark = triedAgain.includes(String(error)) ? 'waiting' : 'failed';
        return line(event, mark, messageOf(cause) || String(error));
      }
      case 'TaskSucceeded': {
        const output = parsed(event.taskSucceededEventDetails?.output);
        const answer = fields(output.Payload ?? output);
        shifts ||= shifting.includes(String(answer.status));
        const text = sentences[state]?.(answer);
        return text ? line(event, markOf(answer), text) : undefined;
      }
      default:
        return undefined;
    }
  };
}

export interface End {
  outcome: Outcome;
  reason: string;
}

/** How a release ended, from its execution; undefined where that was stopped, timed out or failed at ending. */
export function endOf({ output, error, cause }: StatusChange): End | undefined {
  const { outcome = error, reason = cause } = parsed(output);
  return isOutcome(outcome) ? { outcome, reason: text(reason) } : undefined;
}

const isOutcome = (word: unknown): word is Outcome => outcomes.includes(word as Outcome);

type Answer = Record<string, unknown>;

function markOf(answer: Answer): Line['mark'] {
  if (answer.status === 'continue') return 'waiting';
  return saysNo(answer) ? 'failed' : 'done';
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');

/** What `AwaitDeployment` says of strategies that shift traffic alone. */
const shifting = ['testable', 'serving', 'paused'];

/** By its retriers, and as a matter of course: nothing is wrong. */
const triedAgain = ['ScanPending', 'Transient', 'Throttled'];

const waits = new Map([
  ['RequestApproval', 'waiting for a person'],
  ['RequestContinuation', 'ECS is paused: waiting for a person'],
  ['AwaitDeployment', 'ECS starts the new tasks, then drains the old ones'],
  ['AwaitDeployment, traffic shifts', 'ECS moves the traffic to the new tasks; the old ones still stand'],
  ['AwaitRollback', 'ECS brings the previous revision back'],
]);

const sentences: Record<string, (answer: Answer) => string> = {
  ResolveRelease: ({ decision, reason, release }) => {
    if (decision === 'skip') return text(reason);
    const { digest, commit } = fields(release);
    const { revision, author } = fields(commit);
    const commitWords = revision ? `, commit ${text(revision).slice(0, 8)}` : '';
    return `${text(digest).slice(7, 19)}${commitWords}${author ? ` by ${text(author)}` : ''}`;
  },
  CheckScan: ({ status, summary }) => `${text(status)}: ${text(summary)}`,
  RequestApproval: ({ decision, by }) => spokenActors(`${text(decision)} by ${text(by)}`),
  AcquireSlot: ({ status, by }) => (status === 'granted' ? 'granted' : `superseded by ${text(by)}`),
  PlanDeployment: ({ unchanged, others, ...leading }) => {
    const alongside = Object.entries(fields(others)).map(
      ([name, plan]) => `; ${name}: ${changesIn(fields(plan))}`,
    );
    return (unchanged ? 'runs it already' : changesIn(leading)) + alongside.join('');
  },
  RegisterTaskDefinition: ({ taskDefinitionArn, unchanged, others }) =>
    [...(unchanged ? [] : [taskDefinitionArn]), ...Object.values(fields(others))]
      .map((arn) => text(arn).split('/').at(-1) ?? '')
      .join(' and '),
  RunReleaseTask: ({ sentence }) => text(sentence),
  StartDeployment: ({ status, by, reason }) =>
    status === 'started'
      ? 'one UpdateService, way back recorded'
      : by
        ? `superseded by ${text(by)}`
        : `${text(status)}: ${text(reason)}`,
  AwaitDeployment: ({ status, reason }) =>
    status === 'paused' ? text(reason) : `${text(status)}: ${text(reason)}`,
  RequestContinuation: ({ status, reason }) =>
    status === 'look again' ? '' : spokenActors(`${text(status)}: ${text(reason)}`),
  RunSmokeTests: ({ status, sentence }) => `${text(status)}: ${text(sentence)}`,
  CompareMetrics: ({ status, headline }) => `${text(status)}: ${text(headline)}`,
  ConfirmRelease: ({ status, reason }) => `${text(status)}: ${text(reason)}`,
  ProveWayBack: ({ status, sentence }) => `${text(status)}: ${text(sentence)}`,
  RollBack: ({ method }) => text(method),
  AwaitRollback: ({ status, reason }) => `${text(status)}: ${text(reason)}`,
};

function changesIn({ decision, changes }: Answer): string {
  if (decision === 'skip') return 'runs it already';
  const [first, ...more] = Array.isArray(changes) ? changes.map((change) => text(fields(change).path)) : [];
  return first
    ? `changes ${first}${more.length > 0 ? ` and ${more.length} more` : ' and nothing else'}`
    : 'no difference';
}

const fields = (value: unknown): Answer =>
  typeof value === 'object' && value !== null ? (value as Answer) : {};

function parsed(value: unknown): Answer {
  try {
    return fields(JSON.parse(String(value)));
  } catch {
    return {};
  }
}

/** Lambda's cause is the whole error as JSON text. */
const messageOf = (cause: unknown) => text(parsed(cause).errorMessage) || text(cause);
