/** What all parts of ECS share: the clock, the seams to the other rooms, and the events. */

import type { Place } from '../../core/place.ts';
import type { TaskEngine } from '../engine/engine.ts';
import type { ImageSource } from '../engine/image-source.ts';
import type { TargetGroup } from '../load-balancer/target-group.ts';
import type { EcsEvents } from './events.ts';
import type { FindRule } from './listener-rules.ts';
import type { Ids } from './names.ts';
import type { Pace } from './pace.ts';
import type { Placement } from './placement.ts';
import type { Timers } from './timers.ts';

export interface World {
  place: Place;
  clock: Timers;
  pace: Pace;
  ids: Ids;
  events: EcsEvents;
  engine: TaskEngine;
  images: ImageSource;
  targetGroups: (arn: string) => TargetGroup | undefined;
  listenerRules: FindRule;
  /** Answers the payload of a Lambda function, also of one that threw. Rejects where it could not be invoked. */
  invoke: (functionArn: string, payload: unknown) => Promise<unknown>;
  /** The value behind a container's `secrets[].valueFrom`, or `undefined` where there is none. */
  secrets: (valueFrom: string) => string | undefined;
  placement: Placement;
  /** Which of these alarms are in ALARM now. */
  alarmsFiring: (names: readonly string[]) => string[];
  logs: (group: string, stream: string, line: string) => void;
}
