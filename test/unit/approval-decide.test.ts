/** Who may decide, how many are needed, and when: both sides of each rule. */
import { describe, expect, test } from 'vitest';
import type { ApprovalAnswer } from '../../core/approval/answer.ts';
import { type Attempt, decide, expire, type Pending, stillNeeded } from '../../core/approval/decide.ts';
import { peopleSchema } from '../../core/approval/person.ts';
import { approvalPolicySchema, breakGlassSchema, type Rules, rulesFrom } from '../../core/approval/rules.ts';

const now = Date.parse('2026-11-27T10:00:00Z'); // a Friday
const pending = (over: Partial<Pending> = {}): Pending => ({
  ...{ openedAt: now - 60_000, expiresAt: now + 3_600_000, decisions: [] },
  ...over,
});
const people = peopleSchema.parse({
  ada: {
    slack: 'U0ADA',
    principals: ['arn:aws:iam::111122223333:user/ada'],
    author: ['ada@example.com'],
  },
  bob: {
    slack: 'U0BOB',
    principals: ['arn:aws:iam::111122223333:user/bob'],
    author: ['bob@example.com'],
  },
});
const rules = (approval: object = {}, breakGlass?: object): Rules =>
  rulesFrom(
    {
      approval: approvalPolicySchema.parse(approval),
      breakGlass: breakGlass && breakGlassSchema.parse({ who: breakGlass }),
    },
    people,
  );
const by = (id: string, over: Partial<Attempt> & { groups?: string[] | undefined } = {}): Attempt => {
  const { groups = [], ...rest } = over;
  const slackGroups = 'groups' in over ? over.groups : groups;
  return { actor: { id, slackGroups }, action: 'approve', door: 'slack', ...rest };
};
const ada = 'slack:U0ADA';
const bob = 'slack:U0BOB';

/** One after the other, each judged by what the ones before left. */
function all(attempts: Attempt[], of: Rules, at: Pending = pending(), when = now) {
  let state = at;
  const verdicts = attempts.map((attempt) => {
    const decided = decide(state, of, attempt, when);
    if (decided.verdict !== 'refused')
      state = { ...state, decisions: decided.decisions, answer: decided.answer };
    return decided.verdict === 'refused' ? decided.why : decided.verdict;
  });
  return { verdicts, answer: state.answer };
}

describe('how many', () => {
  test('one approval is enough unless more are asked for', () => {
    expect(all([by(ada)], rules())).toEqual({
      verdicts: ['decided'],
      answer: { decision: 'approved', by: ada },
    });
  });

  test('two are two people, and the second one decides', () => {
    expect(all([by(ada), by(ada), by(bob)], rules({ approvals: 2 }))).toEqual({
      verdicts: ['accepted', 'twice', 'decided'],
      answer: { decision: 'approved', by: `${ada} and ${bob}` },
    });
  });

  test('who comes by both doors counts once', () => {
    const iam = by('arn:aws:iam::111122223333:user/ada', { door: 'command' });

    expect(all([by(ada), iam], rules({ approvals: 2 })).verdicts).toEqual(['accepted', 'same person']);
  });

  test('who cannot be told apart does not count as two', () => {
    const stranger = by('arn:aws:iam::111122223333:user/carol', { door: 'command' });
    const session = (name: string) => by(`arn:aws:sts::111122223333:assumed-role/deploy/${name}`);
    const sso = (name: string) => by(`arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Ops_1/${name}`);
    const two = rules({ approvals: 2 });

    expect(all([by(ada), stranger], two).verdicts).toEqual(['accepted', 'same person']);
    // Whoever takes on a role chooses the session's name.
    expect(all([session('x'), session('y')], two).verdicts).toEqual(['accepted', 'same person']);
    expect(all([sso('x'), sso('x'), sso('y')], two).verdicts).toEqual(['accepted', 'twice', 'decided']);
  });

  test('any rejection decides, also of who had approved', () => {
    const no = by(ada, { action: 'reject', reason: 'I saw an error' });

    expect(all([by(ada), no], rules({ approvals: 2 }))).toEqual({
      verdicts: ['accepted', 'decided'],
      answer: { decision: 'rejected', by: ada, reason: 'I saw an error' },
    });
  });

  test('a rejection needs a reason', () => {
    expect(all([by(ada, { action: 'reject', reason: '  ' })], rules()).verdicts).toEqual(['no reason']);
  });
});

describe('who', () => {
  const team = rules({ who: { slackUsers: ['U0ADA'], slackGroups: ['S0TEAM'] } });

  test.each([
    { it: 'a named user may', attempt: by(ada), verdict: 'decided' },
    {
      it: 'a member of a named group may',
      attempt: by('slack:U9', { groups: ['S0TEAM'] }),
      verdict: 'decided',
    },
    { it: 'somebody else may not', attempt: by('slack:U9'), verdict: 'not allowed' },
    {
      it: 'somebody else may not reject either',
      attempt: by('slack:U9', { action: 'reject', reason: 'no' }),
      verdict: 'not allowed',
    },
    {
      it: 'nobody may whose groups Slack does not tell',
      attempt: by('slack:U9', { groups: undefined }),
      verdict: 'unknown',
    },
    {
      it: 'a named user may in a terminal, where their identity is known',
      attempt: by('arn:aws:iam::111122223333:user/ada'),
      verdict: 'decided',
    },
    {
      it: 'an unknown IAM user may not',
      attempt: by('arn:aws:iam::111122223333:user/mallory'),
      verdict: 'not allowed',
    },
  ])('$it', ({ attempt, verdict }) => {
    expect(all([attempt], team).verdicts).toEqual([verdict]);
  });

  test('a role stands for its sessions, and for no other role', () => {
    const of = rules({ who: { principals: ['arn:aws:iam::111122223333:role/teams/release-managers'] } });
    const session = (role: string) => by(`arn:aws:sts::111122223333:assumed-role/${role}/x`);

    expect(all([session('release-managers')], of).verdicts).toEqual(['decided']);
    expect(all([session('release-managers-2')], of).verdicts).toEqual(['not allowed']);
    expect(all([by('arn:aws:sts::999999999999:assumed-role/release-managers/x')], of).verdicts).toEqual([
      'not allowed',
    ]);
  });

  test('of each required group one has to approve, and each another', () => {
    const of = rules({
      requireFrom: { security: { slackGroups: ['S0ONE'] }, owners: { slackGroups: ['S0TWO'] } },
    });
    const both = by(ada, { groups: ['S0ONE', 'S0TWO'] });
    const owner = by(bob, { groups: ['S0TWO'] });

    expect(all([both, owner], of).verdicts).toEqual(['accepted', 'decided']);
    expect(all([both, by(bob)], of)).toMatchObject({ verdicts: ['accepted', 'accepted'], answer: undefined });
  });

  test('each is covered by somebody of its own wherever that can be, however many there are', () => {
    const groups = ['S0ONE', 'S0TWO', 'S0THREE'];
    const of = rules({
      requireFrom: Object.fromEntries(groups.map((group) => [group, { slackGroups: [group] }])),
    });
    const approval = (actor: string, slackGroups: string[]) => ({
      ...{ action: 'approve' as const, actor, slackGroups, door: 'slack', at: now },
    });
    // Only the last one can stand for the first group, so that the others have to move.
    const three = [approval('a', groups), approval('b', ['S0TWO', 'S0THREE']), approval('c', ['S0ONE'])];
    const many = Array.from({ length: 500 }, (_, index) => approval(`${index}`, ['S0ONE', 'S0TWO']));

    expect(stillNeeded({}, of, three)).toBeUndefined();
    expect(stillNeeded({}, of, three.slice(0, 2))).toBe('1 more approval is needed (one from S0THREE)');
    expect(stillNeeded({}, of, many)).toBe('1 more approval is needed (one from S0THREE)');
  });

  test('what is still needed is said', () => {
    const of = rules({ approvals: 3, requireFrom: { security: { slackGroups: ['S0ONE'] } } });
    const one = { action: 'approve' as const, actor: ada, slackGroups: [], door: 'slack', at: now };

    expect(stillNeeded({}, of, [one])).toBe('2 more approvals are needed (one from security)');
  });
});

describe('the author', () => {
  const author = 'Ada Lovelace <ADA@example.com>';

  test('does not approve their own commit', () => {
    const of = rules({ selfApproval: 'deny', authorTrust: 'label' });

    expect(all([by(ada), by(bob)], of, pending({ author })).verdicts).toEqual(['own commit', 'decided']);
  });

  test.each([
    { it: 'nobody has signed who that is', approval: { authorTrust: 'signed' }, who: author },
    { it: 'nobody knows them', approval: { authorTrust: 'label' }, who: 'Eve <eve@example.com>' },
    {
      it: 'the label names two',
      approval: { authorTrust: 'label' },
      who: 'ada@example.com <bob@example.com>',
    },
    { it: 'nobody says', approval: { authorTrust: 'label' }, who: undefined },
  ])('two people are needed where $it', ({ approval, who }) => {
    const of = rules({ selfApproval: 'deny', ...approval });
    const at = who === undefined ? pending() : pending({ author: who });

    expect(all([by(bob), by('slack:U0EVE')], of, at).verdicts).toEqual(['accepted', 'decided']);
  });

  test('does not approve it alone by an identity that nobody has listed either', () => {
    const of = rules({ selfApproval: 'deny', authorTrust: 'label' });
    const role = by('arn:aws:sts::111122223333:assumed-role/deploy/x', { door: 'command' });
    const at = pending({ author });

    expect(all([role], of, at)).toMatchObject({ verdicts: ['accepted'], answer: undefined });
    expect(decide(at, of, role, now).says).toBe(
      'Counted. 1 more approval is needed, since nobody can tell whether it is the author who approved.',
    );
    expect(all([role, by(bob)], of, at).verdicts).toEqual(['accepted', 'decided']);
    expect(all([role, by(ada)], of, at).verdicts).toEqual(['accepted', 'same person']);
    // Who has a Slack user has no other one.
    expect(all([by('slack:U9')], of, at).verdicts).toEqual(['decided']);
  });

  test('approves alone where that is allowed', () => {
    expect(all([by(ada)], rules(), pending({ author })).verdicts).toEqual(['decided']);
  });
});

describe('when', () => {
  test('not before the wait timer, though a rejection may come at once', () => {
    const of = rules({ waitTimer: '10m' });
    const at = pending({ openedAt: now });
    const no = by(bob, { action: 'reject', reason: 'no' });

    expect(all([by(ada)], of, at, now + 599_999).verdicts).toEqual(['too early']);
    expect(all([by(ada)], of, at, now + 600_000).verdicts).toEqual(['decided']);
    expect(all([no], of, at, now).verdicts).toEqual(['decided']);
  });

  test('not outside of the hours, and the answer says from when on', () => {
    const of = rules({ hours: { from: '09:00', to: '11:00' }, timeZone: 'Europe/Berlin' });
    const decided = decide(pending(), of, by(ada), now);

    expect(decided).toMatchObject({ verdict: 'refused', why: 'closed' });
    expect(decided.says).toContain('It can be approved from Mon 2026-11-30 09:00 (Europe/Berlin) on.');
  });

  test('not during a freeze', () => {
    const of = rules({ freezes: [{ from: '2026-11-27', to: '2026-11-30', reason: 'Black Friday' }] });

    expect(decide(pending(), of, by(ada), now).says).toContain('frozen until 2026-11-30 (UTC): Black Friday');
  });

  test('not after its time', () => {
    const at = pending({ expiresAt: now });

    expect(all([by(ada)], rules(), at, now - 1).verdicts).toEqual(['decided']);
    expect(all([by(ada)], rules(), at, now).verdicts).toEqual(['expired']);
  });

  test.each<{ answer: ApprovalAnswer; says: string }>([
    { answer: { decision: 'approved', by: bob }, says: 'already approved, by slack:U0BOB' },
    { answer: { decision: 'expired', by: 'nobody' }, says: 'has expired' },
    { answer: { decision: 'superseded', by: 'nobody' }, says: 'Nobody has to decide this any more' },
  ])('not once it is $answer.decision, and the answer says so', ({ answer, says }) => {
    expect(decide(pending({ answer }), rules(), by(ada), now)).toMatchObject({
      verdict: 'refused',
      why: 'decided',
      says: expect.stringContaining(says),
    });
  });
});

describe('the end of its time', () => {
  const over = { asked: true, spent: '1 h', now };

  test.each([
    { it: 'rejects', approval: {}, over, decision: 'expired' },
    {
      it: 'approves where silence is consent',
      approval: { onExpiry: 'approve' },
      over,
      decision: 'approved',
    },
    {
      it: 'does not approve what nobody was asked about',
      approval: { onExpiry: 'approve' },
      over: { ...over, asked: false },
      decision: 'expired',
    },
    {
      it: 'does not approve into a freeze',
      approval: { onExpiry: 'approve', freezes: [{ from: '2026-11-27', to: '2026-11-28', reason: 'x' }] },
      over,
      decision: 'expired',
    },
  ])('$it', ({ approval, over, decision }) => {
    expect(expire(pending(), rules(approval), over)).toMatchObject({ decision, by: 'nobody' });
  });

  test('lets nothing through that a gate holds', () => {
    expect(expire(pending({ held: '1 CRITICAL' }), rules({ onExpiry: 'approve' }), over)).toMatchObject({
      decision: 'expired',
      reason: '1 CRITICAL; nobody let it through',
    });
  });
});

describe('rules that nobody could meet', () => {
  const bob = { slackUsers: ['U0BOB'] };

  test.each([
    { it: 'more approvals than people', approvals: 2, who: bob, names: 1 },
    {
      it: 'with those of a group',
      approvals: 3,
      who: bob,
      requireFrom: { security: { slackUsers: ['U0ADA'] } },
      names: 2,
    },
  ])('are refused: $it', ({ names, it: _, ...policy }) => {
    const { error } = approvalPolicySchema.safeParse(policy);

    expect(error?.issues[0]?.message).toBe(
      `is more than the people who may approve: who and requireFrom name ${names}`,
    );
  });

  test.each([
    { approvals: 1, who: bob },
    { approvals: 2, who: { ...bob, slackGroups: ['S0TEAM'] } },
    { approvals: 2, who: { ...bob, principals: ['arn:aws:iam::123456789012:role/team'] } },
    { approvals: 2 },
  ])('are let be where they may be met: %o', (policy) => {
    expect(approvalPolicySchema.safeParse(policy).success).toBe(true);
  });

  test('a glass takes two', () => {
    const { error } = breakGlassSchema.safeParse({ who: bob });

    expect(error?.issues[0]?.message).toBe('names one person, and it takes two to break the glass');
  });
});

describe('breaking the glass', () => {
  const glass = rules({ who: { slackUsers: ['U0EVE'] } }, { slackUsers: ['U0ADA', 'U0BOB'] });
  const held = pending({ held: 'openssl: 1 CRITICAL' });
  const breaking = (id: string, reason = 'checkout is down') => by(id, { action: 'break glass', reason });

  test('takes two people who may, each with a reason, and the reasons are kept', () => {
    expect(all([breaking(ada), breaking(bob, 'I have seen it')], glass, held)).toEqual({
      verdicts: ['accepted', 'decided'],
      answer: {
        ...{ decision: 'approved', by: `${ada} and ${bob}`, brokenGlass: true },
        reason: `${ada}: checkout is down; ${bob}: I have seen it`,
      },
    });
  });

  test.each([
    { it: 'one person twice', attempts: [breaking(ada), breaking(ada)], verdicts: ['accepted', 'twice'] },
    {
      it: 'one person by two doors',
      attempts: [breaking(ada), breaking('arn:aws:iam::111122223333:user/ada')],
      verdicts: ['accepted', 'same person'],
    },
    { it: 'without a reason', attempts: [breaking(ada, ' ')], verdicts: ['no reason'] },
    { it: 'by who may only approve', attempts: [breaking('slack:U0EVE')], verdicts: ['not allowed'] },
    { it: 'by approvals', attempts: [by('slack:U0EVE'), by(ada)], verdicts: ['held', 'held'] },
    {
      it: 'by one approval and one break',
      attempts: [breaking(ada), by(bob)],
      verdicts: ['accepted', 'held'],
    },
  ])('not $it', ({ attempts, verdicts }) => {
    expect(all(attempts, glass, held)).toEqual({ verdicts, answer: undefined });
  });

  test('not after its time, and not once it was rejected', () => {
    const no = by(bob, { action: 'reject', reason: 'no' });

    expect(all([breaking(ada)], glass, { ...held, expiresAt: now }).verdicts).toEqual(['expired']);
    expect(all([no, breaking(ada)], glass, held).verdicts).toEqual(['decided', 'decided']);
  });

  test('not where nobody is named for it', () => {
    expect(all([breaking(ada)], rules(), held).verdicts).toEqual(['no glass']);
  });

  test('goes before hours, freezes and the wait timer of an ordinary approval', () => {
    const of = rules(
      { waitTimer: '10m', freezes: [{ from: '2026-11-27', to: '2026-11-28', reason: 'x' }] },
      { slackUsers: ['U0ADA', 'U0BOB'] },
    );

    expect(all([by(ada)], of).verdicts).toEqual(['too early']);
    expect(all([breaking(ada), breaking(bob)], of).verdicts).toEqual(['accepted', 'decided']);
  });
});
