/** What the services of the benchmark are like: how their traffic, errors and durations vary, and what a release does to them. */

/** The law of a service's noise. Nothing of it is told to the judges. */
export interface World {
  name: string;
  /** Deviation of the logarithm of traffic, error rate and durations, as AR(1) processes from minute to minute. */
  traffic: number;
  errors: number;
  durations: number;
  /** What is left of a deviation after a minute. */
  memory: number;
  /** Traffic over a day: times 1 ± this. Errors and durations follow traffic with these exponents. */
  diurnal: number;
  errorsByLoad: number;
  durationsByLoad: number;
  /** Bursts of one to three minutes a day: errors times 8, durations times 1.8. */
  bursts?: number;
  /** Of the logarithm of a minute's error rate, independent from minute to minute. */
  heavy?: number;
  /** How many errors come at once, on average (geometric). */
  cluster?: number;
  /** Of the logarithm of the error rate, with a memory of hours. */
  drift?: number;
  /** Share of the points that CloudWatch never gets. */
  gaps?: number;
  /** Traffic is multiplied by this from some minute around the deployment on. */
  step?: number;
  /** Durations of the first two minutes of every version, as tasks start. */
  warmUp?: boolean;
  /** Ten minutes in which this share of the requests fails, so many minutes before the deployment starts. */
  outages?: { share: number; minutesBefore: number }[];
  /** An incident that has gone on for so many minutes when the deployment starts, and does not end: errors times `times`, or a share that fails. */
  ongoing?: { minutesBefore: number; times?: number; share?: number };
  /** Minutes before the deployment from which on there are figures; a day where absent. */
  history?: number;
}

const iid: World = {
  ...{ name: 'independent', traffic: 0, errors: 0, durations: 0, memory: 0 },
  ...{ diurnal: 0, errorsByLoad: 0, durationsByLoad: 0 },
};
const od: World = {
  ...{ name: 'overdispersed', traffic: 0.15, errors: 0.35, durations: 0.06, memory: 0.8 },
  ...{ diurnal: 0.5, errorsByLoad: 0.3, durationsByLoad: 0.25 },
};

/** Healthy most of the time: every cell of the main table. */
export const worlds: World[] = [iid, od, { ...od, name: 'bursts', bursts: 12 }];

/** What else happens to services. */
export const stress: World[] = [
  { ...od, name: 'warm-up', warmUp: true },
  { ...od, name: 'drift', drift: 0.7 },
  { ...od, name: 'heavy tails', heavy: 0.9 },
  { ...od, name: 'clusters', cluster: 5 },
  { ...od, name: 'gaps', gaps: 0.1 },
  { ...od, name: 'traffic step', step: 3 },
  { ...od, name: 'past outage', outages: [{ share: 0.6, minutesBefore: 35 }] },
  {
    ...od,
    name: 'two outages',
    outages: [
      { share: 0.6, minutesBefore: 35 },
      { share: 0.6, minutesBefore: 400 },
    ],
  },
  { ...od, name: 'ongoing incident', ongoing: { minutesBefore: 12, share: 0.3 } },
  { ...od, name: 'ongoing mild', ongoing: { minutesBefore: 12, times: 5 } },
  { ...od, name: 'an hour of history', history: 60 },
];

/** What a release does. */
export interface Change {
  name: string;
  /** Times the odds of failing. */
  errors?: number;
  /** The share of requests that fails, whatever it was. */
  failing?: number;
  /** Times the duration: of all requests, or of the slowest twentieth. */
  durations?: number;
  tail?: number;
}

export const nothing: Change = { name: 'nothing' };
export const changes: Change[] = [
  { name: 'errors ×1.5', errors: 1.5 },
  { name: 'errors ×2', errors: 2 },
  { name: 'errors ×5', errors: 5 },
  { name: 'errors ×20', errors: 20 },
  { name: 'outage', failing: 1 },
  { name: 'durations +20 %', durations: 1.2 },
  { name: 'durations +50 %', durations: 1.5 },
  { name: 'durations +100 %', durations: 2 },
  { name: 'tail +50 %', tail: 1.5 },
  { name: 'tail +100 %', tail: 2 },
];

/** Durations are lognormal: the median in seconds, and the deviation of the logarithm. Their p99 is 374 ms. */
export const medianSeconds = 0.05;
export const durationDeviation = 0.865;
/** Of requests, those that a change of the tail slows down. */
export const tailShare = 0.05;

export const trafficLevels = [0.2, 2, 20, 200];
export const errorRates = [0.0001, 0.001, 0.01];
