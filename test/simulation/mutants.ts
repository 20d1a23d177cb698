/** Errors that somebody could make, as data. Each is planted alone, and the simulator must find it. */

export interface Mutant {
  name: string;
  file: string;
  /** What stands there once. */
  find: string;
  replace: string;
}

const machine = 'state-machines/deploy.asl.json';
/** What StartDeployment is to ask for, asked for at once. */
const deployAll = `    for (const { part } of toAsk.splice(0))
      await aws.ecs(part.release.target).deploy(part.release.target, part.revision.taskDefinitionArn);`;
const rollsBack = '"Next": "RollBack" }],\n      "Next": ';

export const mutants: readonly Mutant[] = [
  {
    name: 'an error of StartDeployment is recorded without going back',
    file: machine,
    find: `${rollsBack}"DeploymentStarted"`,
    replace: '"Next": "Reject" }],\n      "Next": "DeploymentStarted"',
  },
  {
    name: 'an error of ConfirmRelease counts as confirmed',
    file: machine,
    find: `${rollsBack}"Confirmed"`,
    replace: '"Next": "RecordOutcome", "Assign": { "outcome": "Deployed" } }],\n      "Next": "Confirmed"',
  },
  {
    name: 'a failed rollout is taken for a superseded one',
    file: machine,
    find: `"{% $rollout.status = 'failed' %}", "Next": "RollBack"`,
    replace: `"{% $rollout.status = 'failed' %}", "Next": "RecordOutcome", "Assign": { "outcome": "Superseded" }`,
  },
  {
    name: 'a release that gives way does not go back',
    file: machine,
    find: `"{% $rollout.status = 'gives way' %}", "Next": "RollBack"`,
    replace: `"{% $rollout.status = 'gives way' %}", "Next": "RecordOutcome"`,
  },
  {
    name: 'failing smoke tests are passed over',
    file: machine,
    find: `{ "Condition": "{% $smoke.status = 'fail' %}", "Next": "RollBack" },`,
    replace: '',
  },
  {
    name: 'a bad comparison is passed over',
    file: machine,
    find: `"{% $comparison.decision = 'take back' %}", "Next": "RollBack"`,
    replace: `"{% $comparison.decision = 'take back' %}", "Next": "ConfirmRelease"`,
  },
  {
    name: 'a scan that failed is passed over',
    file: machine,
    find: `{ "Condition": "{% $scan.status = 'fail' %}", "Next": "MayBreakGlass" },`,
    replace: '',
  },
  {
    name: 'a way back that was not reached is recorded as RolledBack',
    file: machine,
    find: `"Next": "GaveWay" },`,
    replace: `"Next": "GaveWay" },\n        { "Condition": "{% $wayBack.status = 'failed' %}", "Next": "GaveWay" },`,
  },
  {
    name: 'who waits for the slot does not ask again',
    file: machine,
    find: `{ "ErrorEquals": ["States.Timeout"], "Next": "AcquireSlot" },`,
    replace: '',
  },
  {
    name: 'a rollout whose event was lost is taken back after a minute',
    file: machine,
    find: `{ "ErrorEquals": ["States.Timeout"], "Next": "AwaitDeployment" },`,
    replace: '',
  },
  {
    name: 'who waits for an approval does not look again',
    file: machine,
    find: `{ "ErrorEquals": ["States.Timeout"], "Next": "RequestApproval" },`,
    replace: '',
  },
  {
    name: 'UpdateService comes before the way back is recorded',
    file: 'functions/steps/start-deployment.ts',
    find: '    await records.start(arn, { startedAt, ...undo.record',
    replace: `${deployAll}\n    await records.start(arn, { startedAt, ...undo.record`,
  },
  {
    name: 'UpdateService is repeated without looking',
    file: 'functions/steps/start-deployment.ts',
    find: "if (set === taskDefinitionArn) return { part, is: 'asked', set, since: createdAt };",
    replace: "if (set === taskDefinitionArn) return { part, is: 'open', set, since: createdAt };",
  },
  {
    name: 'the way back is recorded only in the slot before UpdateService',
    file: 'functions/steps/start-deployment.ts',
    find: '    await records.start(arn, { startedAt, ...undo.record',
    replace: `    await slots.begin(release.target, arn, { ...undo.slot, since: startedAt }, serves);
${deployAll}
    await records.start(arn, { startedAt, ...undo.record`,
  },
  {
    name: 'StartDeployment does not look at the service',
    file: 'functions/steps/start-deployment.ts',
    find: 'const { taskDefinitionArn: set, createdAt } = await ecs.seenService(target);',
    replace:
      'const { runningTaskDefinitionArn: set } = planOf(plan, part.release);\n  const createdAt = undefined;',
  },
  {
    name: 'what somebody deployed meanwhile is overwritten',
    file: 'functions/steps/start-deployment.ts',
    find: "is: set === wayBack || set === unproved ? 'open' : 'foreign'",
    replace: "is: wayBack === unproved ? 'foreign' : 'open'",
  },
  {
    name: 'UpdateService is tried three times at once',
    file: 'aws/ecs.ts',
    find: `name, taskDefinition: taskDefinitionArn });
      await calling('UpdateService', () => once.send(command));`,
    replace: `name, taskDefinition: taskDefinitionArn });
      for (let tries = 0; ; tries += 1) {
        try {
          await calling('UpdateService', () => once.send(command));
          break;
        } catch (error) {
          if (tries === 2) throw error;
        }
      }`,
  },
  {
    name: 'a change of an item does not look whether it changed meanwhile',
    file: 'aws/table.ts',
    find: "ConditionExpression: 'version = :version',",
    replace: "ConditionExpression: ':version = :version',",
  },
  {
    name: 'a second outcome overwrites the first',
    file: 'aws/records.ts',
    find: "table.setFirst(keyOf(execution), 'outcome', {\n        ...{ execution, ...ending },\n        ...forgetting('release', ending.endedAt),\n      })",
    replace: 'table.set(keyOf(execution), { execution, ...ending }).then(() => true)',
  },
  {
    name: 'the slot goes to whoever asks',
    file: 'core/slot.ts',
    find: 'if (!holder && mayGo) {',
    replace: 'if (mayGo) {',
  },
  {
    name: 'the slot forgets what was deployed last',
    file: 'core/slot.ts',
    find: "...(how === 'fifo' ? [] : line), deployed].find(",
    replace: "...(how === 'fifo' ? [] : line)].find(",
  },
  {
    name: 'the slot is not given to who waits for it',
    file: 'core/slot.ts',
    find: 'return { slot: granted, answers: [...answers, ...late] };',
    replace: 'return { slot: granted, answers: late };',
  },
  {
    name: 'the slot is kept when a release ends',
    file: 'functions/end-release.ts',
    find: 'if (target) await leaveSlot(aws, target, { execution, request, outcome: ended.outcome });',
    replace: 'void [leaveSlot, target];',
  },
  {
    name: 'a release that is stopped is not cleaned up behind',
    file: 'functions/clean-up.ts',
    find: 'if (leftSlot(await records.of(execution))) return { recorded: false };',
    replace: 'if (execution) return { recorded: false };',
  },
  {
    name: 'nobody is told of an end that Slack was away for',
    file: 'functions/end-open.ts',
    find: 'const told = await tellRelease(arn, aws);',
    replace: 'const told = tellRelease;',
  },
  {
    name: 'what Slack was told first stays',
    file: 'functions/tell-release.ts',
    find: 'if (shown !== telling.shown) {',
    replace: 'if (shown !== telling.shown && !telling.posted) {',
  },
  {
    name: 'the schedule does not look for releases that ended unseen',
    file: 'functions/events/reconcile-pushes.ts',
    find: 'attempt(release.name, () => endOpen(release, sweep))',
    replace: '[release, endOpen]',
  },
  {
    name: 'the schedule does not look for lost promotions',
    file: 'functions/missed-promotions.ts',
    find: 'if (!slot?.deployed || slot.deployed.rollback) continue;',
    replace: 'if (!slot?.deployed || later) continue;',
  },
  {
    name: 'the schedule does not look for lost pushes',
    file: 'functions/missed-pushes.ts',
    find: 'if (revision === undefined) return false;',
    replace: 'if (revision) return false;',
  },
  {
    name: 'an event that comes after the schedule looked starts a second release',
    file: 'aws/pushes.ts',
    find: 'return !covered || late?.execution === execution;',
    replace: 'return true;',
  },
  {
    name: 'an event that comes twice starts two releases',
    file: 'functions/start-execution.ts',
    find: 'eventId: push.eventId });',
    replace: 'eventId: push.eventId.slice(0, 4) + String(Math.random()).slice(2, 6) });',
  },
  {
    name: 'an event answers a wait that somebody answered before',
    file: 'functions/wake-deployment.ts',
    find: 'if (!answer || !(await aws.waits.take(service, wait.taskToken))) return null;',
    replace: 'if (!answer) return null;',
  },
  {
    name: "somebody else's deployment is taken back",
    file: 'core/rollback.ts',
    find: "if (service.taskDefinitionArn !== ours && service.taskDefinitionArn !== unproved) return 'superseded';",
    replace: '',
  },
  {
    name: 'a push is not seen before its release has started',
    file: 'functions/start-execution.ts',
    find: `  const first = isLate(request) ? pushes.seeLate(request, name, now()) : pushes.see(request, name);
  if (await first) return { name, started: await states.start(name, request) };`,
    replace: `  const started = await states.start(name, request);
  const first = isLate(request) ? pushes.seeLate(request, name, now()) : pushes.see(request, name);
  if (await first) return { name, started };`,
  },
  {
    name: 'tasks that crash after their start are not counted',
    file: 'core/rollout.ts',
    find: 'return count >= limit ?',
    replace: 'return count >= limit * 1e6 ?',
  },
  {
    name: 'going back believes what ECS showed before the last change',
    file: 'functions/steps/roll-back.ts',
    find: "if (method !== 'deployment stopped' && isSettling(askedAt, now()))",
    replace: "if (method !== 'deployment stopped' && isSettling(askedAt, Number.MAX_VALUE))",
  },
  {
    name: 'UpdateService is repeated before ECS shows what became of the first',
    file: 'functions/steps/start-deployment.ts',
    find: 'if (isSettling(askedAt, now()))',
    replace: 'if (isSettling(askedAt, Number.MAX_VALUE))',
  },
  {
    name: 'a deployment that has completed is thought to need no way back',
    file: 'core/rollback.ts',
    find: "default:\n      return 'previous revision deployed';",
    replace: "default:\n      return 'nothing to undo';",
  },
  {
    name: 'a way back is not waited for',
    file: 'core/rollback.ts',
    find: "taskDefinitionArn === wayBack && rolloutState === 'COMPLETED' && runningCount >= desiredCount;",
    replace: 'taskDefinitionArn === wayBack || now > startedAt;',
  },
  {
    name: 'only the leading one of several services goes back',
    file: 'functions/steps/roll-back.ts',
    find: 'for (const part of changedParts({ release, revision })) {',
    replace: 'for (const part of changedParts({ release, revision }).slice(0, 1)) {',
  },
  {
    name: 'of several services, the others stay where somebody deployed into one',
    file: 'core/group.ts',
    find: "if (replaced[0]) return { ...replaced[0].answer, status: 'gives way', reason: naming(replaced) };",
    replace: 'if (replaced[0]) return replaced[0].answer;',
  },
  {
    name: 'only the leading one of several services is written down',
    file: 'functions/steps/start-deployment.ts',
    find: '...(others.length > 0 && {',
    replace: '...(others.length > 9 && {',
  },
  {
    name: 'an approval is noted as asked for before it is',
    file: 'functions/ask-people.ts',
    find: '    const place = await slack.post(',
    replace: '    await approvals.mark(approvalId, { asked: true });\n    const place = await slack.post(',
  },
  {
    name: 'a release task is started by every call',
    file: 'functions/steps/run-release-task.ts',
    find: "createHash('sha256').update(arn)",
    replace: "createHash('sha256').update(arn + aws.now())",
  },
  {
    name: 'ECS is told at once that users may have a new version',
    file: 'core/lifecycle-hook.ts',
    find: '  return askAgain;',
    replace: "  return { hookStatus: 'SUCCEEDED' };",
  },
  {
    name: 'that the metrics held is forgotten',
    file: machine,
    find: `"Next": "AwaitDeployment", "Assign": { "measured": true } }`,
    replace: `"Next": "AwaitDeployment" }`,
  },
  {
    name: 'what was measured to be good gives way',
    file: 'core/rollout.ts',
    find: 'if (newer === undefined || shifting?.measured) return undefined;',
    replace: 'if (newer === undefined) return undefined;',
  },
  {
    name: 'the target groups of old and new are mistaken for each other',
    file: 'core/judge/target-groups.ts',
    find: 'return pair && { old: pair.old, new: pair.new };',
    replace: 'return pair && { old: pair.new, new: pair.old };',
  },
  {
    name: 'a rollback is as old as what it brings back',
    file: 'core/release.ts',
    find: 'rollback?.requestedAt ?? push.pushedAt;',
    replace: 'push.pushedAt;',
  },
  {
    name: 'of those in line, the newest push is first',
    file: 'core/slot.ts',
    find: '(isNewer(one, other) ? 1 : -1)',
    replace: '(isNewer(one, other) ? -1 : 1)',
  },
  {
    name: 'who finds the slot taken waits, though nobody is to',
    file: 'core/slot.ts',
    find: "if (how === 'reject') {",
    replace: 'if (false) {',
  },
  {
    name: 'a report that is no report passes the gate',
    file: 'functions/steps/check-scan.ts',
    find: 'if (waited >= policy.waitFor) return withoutReport(policy, refused, pending);',
    replace:
      "if (waited >= policy.waitFor || refused.length > 0) return withoutReport({ ...policy, withoutReport: 'pass' }, refused, pending);",
  },
  {
    name: 'one approval is enough, though two are needed',
    file: 'core/approval/decide.ts',
    find: 'Math.max(required - approvals.length, missing.length)',
    replace: 'Math.max(1 - approvals.length, missing.length)',
  },
  {
    name: 'whoever sees the message may decide',
    file: 'core/approval/decide.ts',
    find: '  if (!may)\n',
    replace: '  if (false)\n',
  },
  {
    name: 'the wait timer is not waited for',
    file: 'core/approval/decide.ts',
    find: 'if (now < from)',
    replace: 'if (false)',
  },
  {
    name: 'one person breaks the glass',
    file: 'core/approval/decide.ts',
    find: 'broken.length >= 2 ?',
    replace: 'broken.length >= 1 ?',
  },
  {
    name: 'ECS is let go on before anybody has decided',
    file: 'functions/ask-at-pauses.ts',
    find: '  for (const approval of stay) await answerPause(approval, aws);\n  const now',
    replace:
      "  for (const { pause } of stay) if (pause) await aws.pauseHooks(pause.target).answer(pause, 'CONTINUE');\n  const now",
  },
];
