/** Metric alarms whose state is what was set: nothing evaluates them, so that a rehearsal decides when one fires. */
import { AwsError, account, region } from '../aws-service.ts';
import { page, required, validationError } from './wire.ts';

const states = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
type State = (typeof states)[number];

interface Alarm {
  AlarmName: string;
  AlarmArn: string;
  StateValue: State;
  StateReason: string;
  StateReasonData?: string;
  StateUpdatedTimestamp: Date;
  StateTransitionedTimestamp: Date;
  AlarmConfigurationUpdatedTimestamp: Date;
  ActionsEnabled: boolean;
}

interface SetAlarmStateInput {
  AlarmName: string;
  StateValue: State;
  StateReason: string;
  StateReasonData?: string;
}

interface DescribeAlarmsInput {
  AlarmNames?: string[];
  AlarmNamePrefix?: string;
  StateValue?: State;
  MaxRecords?: number;
  NextToken?: string;
}

export function alarmOperations(now: () => number) {
  const alarms = new Map<string, Alarm>();

  return {
    PutMetricAlarm(input: { AlarmName: string; ActionsEnabled?: boolean }) {
      required({ ...input }, 'AlarmName', 'ComparisonOperator', 'EvaluationPeriods');
      const updated = new Date(now());
      const known = alarms.get(input.AlarmName);
      alarms.set(input.AlarmName, {
        StateValue: 'INSUFFICIENT_DATA',
        StateReason: 'Unchecked: Initial alarm creation',
        StateUpdatedTimestamp: updated,
        StateTransitionedTimestamp: updated,
        ...known,
        ActionsEnabled: true,
        ...input,
        AlarmArn: `arn:aws:cloudwatch:${region}:${account}:alarm:${input.AlarmName}`,
        AlarmConfigurationUpdatedTimestamp: updated,
      });
      return {};
    },

    SetAlarmState({ AlarmName, StateValue, StateReason, StateReasonData }: SetAlarmStateInput) {
      required({ AlarmName, StateValue, StateReason }, 'AlarmName', 'StateValue', 'StateReason');
      const alarm = alarms.get(AlarmName);
      if (!alarm) throw new AwsError('ResourceNotFound', `Unknown alarm: ${AlarmName}`, 404);
      if (!states.includes(StateValue)) {
        throw validationError(`The value ${StateValue} for parameter StateValue is invalid.`);
      }
      const updated = new Date(now());
      if (alarm.StateValue !== StateValue) alarm.StateTransitionedTimestamp = updated;
      Object.assign(alarm, { StateValue, StateReason, StateUpdatedTimestamp: updated });
      if (StateReasonData !== undefined) alarm.StateReasonData = StateReasonData;
      return {};
    },

    DescribeAlarms({
      AlarmNames,
      AlarmNamePrefix = '',
      StateValue,
      MaxRecords = 50,
      NextToken,
    }: DescribeAlarmsInput) {
      const found = [...alarms.values()]
        .filter(
          (alarm) =>
            (AlarmNames === undefined || AlarmNames.includes(alarm.AlarmName)) &&
            alarm.AlarmName.startsWith(AlarmNamePrefix) &&
            (StateValue === undefined || alarm.StateValue === StateValue),
        )
        .sort((one, other) => (one.AlarmName < other.AlarmName ? -1 : 1));
      const { items, ...next } = page(found, MaxRecords, NextToken);
      return { MetricAlarms: items, CompositeAlarms: [], ...next };
    },
  };
}
