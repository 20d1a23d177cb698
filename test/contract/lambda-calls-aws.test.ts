import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { virtualClock } from '../../local/clock.ts';
import { type AnsweringOptions, answering } from '../../local/door/answering.ts';
import { inProcessHandler } from '../../local/door/in-process.ts';
import { eventBus } from '../../local/events/bus.ts';
import { pause } from '../../local/lambda/pause.ts';
import { lambdaRuntime } from '../../local/lambda/runtime.ts';

/** One function, woken by events, that asks an ECS which takes its time. */
function world(latencyMs: number, timeoutSeconds = 20) {
  const clock = virtualClock();
  const answers: { atMs: number; services: number | undefined }[] = [];
  const start = clock.now();
  const around: AnsweringOptions['around'] = async (_call, next) => {
    await pause(clock, latencyMs);
    return next();
  };
  const ecs = {
    target: 'AmazonEC2ContainerServiceV20141113',
    operations: { DescribeServices: () => ({ services: [{}] }) },
  };
  const client = new ECSClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    requestHandler: inProcessHandler(answering({ services: [ecs], around })),
  });
  const functions = {
    async watch() {
      const asking = ['a', 'b'].map((name) => client.send(new DescribeServicesCommand({ services: [name] })));
      const [answer] = await Promise.all(asking);
      answers.push({ atMs: clock.now() - start, services: answer?.services?.length });
    },
  };
  const runtime = lambdaRuntime({ clock, functions, timeoutSeconds: () => timeoutSeconds });
  const rules = { Pushed: { pattern: { source: ['aws.ecr'] }, function: 'watch' } };
  const bus = eventBus({ clock, rules, invokeLambda: runtime.invokeAsync });
  bus.emit({ source: 'aws.ecr', 'detail-type': 'ECR Image Action', resources: [], detail: {} });
  return { clock, answers, bus, ...runtime };
}

test('an event wakes a function that asks AWS, and all of it takes the time that the clock says', async () => {
  const { clock, answers, bus } = world(1500);

  await clock.advance(60_000);

  expect(answers).toEqual([{ atMs: 500 + 1500, services: 1 }]);
  expect(bus.deadLetters()).toEqual([]);
});

test('a function whose calls take too long times out, is repeated, and is given up', async () => {
  const { clock, answers, bus, asyncFailures } = world(5000, 3);

  await clock.advance(600_000);

  expect(answers).toEqual([]);
  expect(asyncFailures()).toMatchObject([
    { functionName: 'watch', attempts: 3, error: { name: 'Sandbox.Timedout' } },
  ]);
  expect(bus.deadLetters()).toEqual([]);
});
