import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandInput,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { expect, test } from 'vitest';
import { virtualClock } from '../../local/clock.ts';
import { cloudwatch } from '../../local/cloudwatch/cloudwatch.ts';
import { clientOf } from './cloudwatch-door.ts';

const alarm = (AlarmName: string) =>
  new PutMetricAlarmCommand({
    AlarmName,
    ComparisonOperator: 'GreaterThanThreshold',
    EvaluationPeriods: 1,
    Threshold: 5,
  });

test('an alarm has the state that was set last, and keeps it when it is put again', async () => {
  const client = new CloudWatchClient(clientOf(cloudwatch({ clock: virtualClock() }).service));

  await client.send(alarm('errors'));
  const fresh = await client.send(new DescribeAlarmsCommand({ AlarmNames: ['errors'] }));
  await client.send(
    new SetAlarmStateCommand({ AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'rehearsal' }),
  );
  await client.send(alarm('errors'));
  const firing = await client.send(new DescribeAlarmsCommand({ StateValue: 'ALARM' }));

  expect(fresh.MetricAlarms).toMatchObject([
    { AlarmName: 'errors', StateValue: 'INSUFFICIENT_DATA', Threshold: 5 },
  ]);
  expect(firing.MetricAlarms).toMatchObject([
    {
      AlarmArn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:errors',
      StateValue: 'ALARM',
      StateReason: 'rehearsal',
    },
  ]);
});

test('alarms are described in pages, by name or prefix; names that do not exist are left out', async () => {
  const client = new CloudWatchClient(clientOf(cloudwatch({ clock: virtualClock() }).service));
  for (const name of ['web-b', 'web-a', 'other']) await client.send(alarm(name));
  const names = async (input: DescribeAlarmsCommandInput) => {
    const { MetricAlarms = [], NextToken } = await client.send(new DescribeAlarmsCommand(input));
    return { names: MetricAlarms.map(({ AlarmName }) => AlarmName), NextToken };
  };

  const first = await names({ AlarmNamePrefix: 'web-', MaxRecords: 1 });
  const second = await names({ AlarmNamePrefix: 'web-', MaxRecords: 1, NextToken: first.NextToken ?? '' });
  const byName = await names({ AlarmNames: ['other', 'gone'] });

  expect([first.names, second.names, byName.names]).toEqual([['web-a'], ['web-b'], ['other']]);
  expect(second.NextToken).toBeUndefined();
});

test('the state of an alarm that does not exist cannot be set', async () => {
  const client = new CloudWatchClient(clientOf(cloudwatch({ clock: virtualClock() }).service));

  const answer = client.send(
    new SetAlarmStateCommand({ AlarmName: 'gone', StateValue: 'OK', StateReason: 'x' }),
  );

  await expect(answer).rejects.toMatchObject({ name: 'ResourceNotFound' });
});

test('the history of an alarm tells each change of its state, the newest first, for thirty days', async () => {
  const clock = virtualClock();
  const client = new CloudWatchClient(clientOf(cloudwatch({ clock }).service));
  const set = (StateValue: 'ALARM' | 'OK') =>
    client.send(new SetAlarmStateCommand({ AlarmName: 'errors', StateValue, StateReason: 'rehearsal' }));
  const changes = async (more: object = {}) => {
    const asked = { AlarmName: 'errors', HistoryItemType: 'StateUpdate', ...more } as const;
    const { AlarmHistoryItems = [] } = await client.send(new DescribeAlarmHistoryCommand(asked));
    return AlarmHistoryItems.map(({ HistoryData = '', HistorySummary, Timestamp }) => ({
      at: (Timestamp?.getTime() ?? 0) - started,
      to: JSON.parse(HistoryData).newState.stateValue,
      HistorySummary,
    }));
  };
  const started = clock.now();
  await client.send(alarm('errors'));
  await client.send(alarm('other'));
  for (const state of ['OK', 'ALARM', 'ALARM', 'OK'] as const) {
    await clock.advance(60_000);
    await set(state);
  }

  const all = await changes();
  const since = await changes({ StartDate: new Date(started + 90_000), ScanBy: 'TimestampAscending' });
  await clock.advance(31 * 86_400_000);
  await set('ALARM');

  expect(all).toEqual([
    { at: 240_000, to: 'OK', HistorySummary: 'Alarm updated from ALARM to OK' },
    { at: 120_000, to: 'ALARM', HistorySummary: 'Alarm updated from OK to ALARM' },
    { at: 60_000, to: 'OK', HistorySummary: 'Alarm updated from INSUFFICIENT_DATA to OK' },
  ]);
  expect(since.map(({ to }) => to)).toEqual(['ALARM', 'OK']);
  expect((await changes()).map(({ to }) => to)).toEqual(['ALARM']);
});
