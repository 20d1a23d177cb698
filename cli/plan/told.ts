/** A plan as people read it. */
import { spoken } from '../../core/duration.ts';
import { shortDigest } from '../../core/image.ts';
import type { Change } from '../../core/task-definition.ts';
import type { Terminal } from '../terminal.ts';
import type { Foresight } from './look.ts';

const column = 12;

export function told(seen: Foresight, now: number, screen: Terminal): void {
  const { say, tell, paint } = screen;
  const row = (head: string, text: string) => tell(`  ${paint('bold', head)}`, text, column);
  const { service, environment, tag, digest, pushedAt, commit = {}, reasons } = seen;

  const good = seen.would === 'deploy' || seen.would === 'do nothing';
  say();
  tell(
    '',
    `${service} ${tag} to ${environment} would ${paint('bold', paint(good ? 'green' : 'red', seen.would))}`,
  );
  for (const reason of reasons) tell('  · ', reason, 4);
  for (const warning of seen.warnings) tell(`  ${paint('yellow', '!')} `, warning, 4);
  say();
  row('image', `${shortDigest(digest)}, pushed ${spoken(Math.max(0, now - pushedAt) / 1000)} ago`);
  const { revision, author, compareUrl } = commit;
  const what = [revision?.slice(0, 12), author && `by ${author}`].filter(Boolean).join(' ');
  if (what) row('commit', what);
  if (compareUrl) row('', compareUrl);
  if (seen.comesFrom && seen.would !== 'do nothing') row('comes', `once ${seen.comesFrom} has deployed it`);
  if (seen.scan) row('scan', `${seen.scan.status}: ${seen.scan.summary}`);
  if (seen.scan?.signedBy) row('', `report signed by ${seen.scan.signedBy}`);
  for (const upgrade of seen.scan?.upgrades ?? []) row('', upgrade);
  if (seen.slot) row('slot', seen.slot.sentence);
  if (seen.wayBack) row('way back', `${nameIn(seen.wayBack.taskDefinition)}, ${imageIn(seen.wayBack.image)}`);

  tellDifferences(seen, '', screen);
  for (const other of seen.alongside ?? []) {
    const where = ` of ${other.service}`;
    if (other.would === 'do nothing') row('alongside', `${other.service} runs it already`);
    else tellDifferences(other, where, screen);
  }
  if (seen.would === 'do nothing' || seen.would === 'be superseded') return;
  say();
  say(
    paint(
      'bold',
      seen.would === 'deploy' ? 'What happens, in order' : 'What would happen if that were not so, in order',
    ),
  );
  for (const { state, does, atLeast } of seen.states)
    tell(`  ${state}`, does + (atLeast > 0 ? ` (at least ${spoken(atLeast)})` : ''), 26);
  const atLeast = seen.states.reduce((sum, state) => sum + state.atLeast, 0);
  const more = seen.states.some(({ state }) => state === 'RequestApproval' || state === 'RequestContinuation')
    ? 'the approval and what ECS needs to start tasks'
    : 'what ECS needs to start tasks';
  tell('  ', `At least ${spoken(atLeast)}, and ${more}.`, 2);
}

function tellDifferences(
  { changes, drift }: Pick<Foresight, 'changes' | 'drift'>,
  where: string,
  screen: Terminal,
): void {
  const { say, tell, paint } = screen;
  if (changes.length > 0) {
    say();
    say(paint('bold', `Changes of the task definition${where}`));
    for (const change of changes) tellChange(change, screen);
  }
  if (!drift) return;
  say();
  say(paint('bold', `Not deployed: what ${nameIn(drift.taskDefinition)} has beside`));
  tell(
    '  ',
    'Somebody registered it later than what runs. Update the service to it first, if it is meant.',
    2,
    'dim',
  );
  for (const change of drift.changes) tellChange(change, screen);
}

function tellChange({ path, before, after }: Change, { tell, paint }: Terminal): void {
  tell('  ', path, 2, 'dim');
  if (before !== '') tell(`    ${paint('red', '-')} `, before, 6);
  if (after !== '') tell(`    ${paint('green', '+')} `, after, 6);
}

const nameIn = (taskDefinition: string) => taskDefinition.slice(taskDefinition.lastIndexOf('/') + 1);
const imageIn = (image: string) => (image.startsWith('sha256:') ? shortDigest(image) : image);
