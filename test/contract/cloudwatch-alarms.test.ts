import {
  CloudWatchClient,
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
