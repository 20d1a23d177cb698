/** Metric alarms whose state is what was set, and their history: nothing evaluates them, so that a rehearsal decides when one fires. */
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

type HistoryItemType = 'ConfigurationUpdate' | 'StateUpdate' | 'Action';

interface HistoryItem {
  AlarmName: string;
  AlarmType: 'MetricAlarm';
  Timestamp: Date;
  HistoryItemType: HistoryItemType;
  HistorySummary: string;
  HistoryData: string;
}

interface DescribeAlarmHistoryInput {
  AlarmName?: string;
  AlarmTypes?: string[];
  HistoryItemType?: HistoryItemType;
  /** Seconds since the epoch, as the wire has them. */
  StartDate?: number;
  EndDate?: number;
  MaxRecords?: number;
  NextToken?: string;
  ScanBy?: 'TimestampDescending' | 'TimestampAscending';
}

const historyMs = 30 * 86_400_000;

interface DescribeAlarmsInput {
  AlarmNames?: string[];
  AlarmNamePrefix?: string;
  StateValue?: State;
  MaxRecords?: number;
  NextToken?: string;
}

export function alarmOperations(now: () => number) {
  const alarms = new Map<string, Alarm>();
  const history: HistoryItem[] = [];
  const note = (
    AlarmName: string,
    HistoryItemType: HistoryItemType,
    HistorySummary: string,
    data: object,
  ) => {
    const Timestamp = new Date(now());
    const HistoryData = JSON.stringify({ version: '1.0', ...data });
    history.push({
      AlarmName,
      AlarmType: 'MetricAlarm',
      Timestamp,
      HistoryItemType,
      HistorySummary,
      HistoryData,
    });
    while ((history[0]?.Timestamp.getTime() ?? 0) < now() - historyMs && history.length > 0) history.shift();
  };

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
      const summary = `Alarm "${input.AlarmName}" ${known ? 'updated' : 'created'}`;
      note(input.AlarmName, 'ConfigurationUpdate', summary, { type: known ? 'Update' : 'Create' });
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
      if (alarm.StateValue !== StateValue) {
        alarm.StateTransitionedTimestamp = updated;
        note(AlarmName, 'StateUpdate', `Alarm updated from ${alarm.StateValue} to ${StateValue}`, {
          oldState: { stateValue: alarm.StateValue, stateReason: alarm.StateReason },
          newState: { stateValue: StateValue, stateReason: StateReason },
        });
      }
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

    DescribeAlarmHistory({
      AlarmName,
      AlarmTypes = ['MetricAlarm'],
      HistoryItemType,
      StartDate = 0,
      EndDate = Number.POSITIVE_INFINITY,
      MaxRecords = 100,
      NextToken,
      ScanBy = 'TimestampDescending',
    }: DescribeAlarmHistoryInput) {
      const found = history.filter(
        (item) =>
          (AlarmName === undefined || item.AlarmName === AlarmName) &&
          AlarmTypes.includes(item.AlarmType) &&
          (HistoryItemType === undefined || item.HistoryItemType === HistoryItemType) &&
          item.Timestamp.getTime() >= StartDate * 1000 &&
          item.Timestamp.getTime() <= EndDate * 1000,
      );
      if (ScanBy === 'TimestampDescending') found.reverse();
      const { items, ...next } = page(found, MaxRecords, NextToken);
      return { AlarmHistoryItems: items, ...next };
    },
  };
}
