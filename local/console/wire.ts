/** What travels between the console's server and its pages, as JSON. Types only: the pages import nothing else from here. */
import type { Outcome } from '../../core/release.ts';
import type { EnvironmentStatus } from '../../functions/status/look.ts';
import type { Surroundings } from './source.ts';

/** How a release ended, or that it goes on. What Tidegate has no outcome for is said as Step Functions says it. */
export type Ending = Outcome | 'Running' | 'Stopped' | 'TimedOut' | 'Failed';

/** A row of the table of releases. Times in ms since the epoch. */
export interface ReleaseRow {
  executionArn: string;
  /** Of the execution. */
  name: string;
  service: string;
  environment: string;
  tag: string;
  /** Whole. */
  digest: string;
  /** The environment's predecessor released the same digest: the ARN of that execution. */
  promotedFrom?: string | undefined;
  ending: Ending;
  /** One sentence: why it ended so, or what it does now. */
  reason: string;
  /** Only while it runs: the state it is in, and since when. */
  current?: { state: string; since: number } | undefined;
  startedAt: number;
  /** Absent while it runs. */
  endedAt?: number | undefined;
}

/** What the page of all releases shows at one moment. */
export interface ReleasesSnapshot {
  /** The world's time: a browser's clock may be another. */
  now: number;
  releases: ReleaseRow[];
  surroundings: Surroundings;
}

/** All environments at one moment. */
export interface EnvironmentsSnapshot {
  now: number;
  environments: EnvironmentStatus[];
}

/** An event of GetExecutionHistory; its time as ISO text. */
export interface WireEvent {
  id: number;
  previousEventId: number;
  timestamp: string;
  type: string;
  [details: `${string}EventDetails`]: Record<string, unknown>;
}

/** A line of what happened, as `npm start` tells it. */
export interface StoryLine {
  afterMs: number;
  state: string;
  text: string;
  mark: 'done' | 'waiting' | 'failed';
}

/** An event, and the line that it is worth, if any. */
export interface ToldEvent {
  event: WireEvent;
  line?: StoryLine | undefined;
}

/** A release as its page is opened. Later events come over the event stream. */
export interface ReleaseDetails {
  now: number;
  row: ReleaseRow;
  /** Of the state machine, parsed. */
  definition: unknown;
  told: ToldEvent[];
  slack?: string | undefined;
}
