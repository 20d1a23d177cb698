/** What somebody has to see before they decide, as plain data: for doors that are not Slack. Every text is one short line, and still to be escaped. */
import * as z from 'zod';
import { spoken } from '../duration.ts';
import { isGroup } from '../group.ts';
import { pausedSentence } from '../pause-hook.ts';
import type { Release } from '../release.ts';
import type { ScanVerdict } from '../scan/verdict.ts';
import { commitLink } from '../source/commit.ts';
import { foreignText, foreignUrl } from '../source/foreign-text.ts';
import { spokenActors } from '../spoken-actor.ts';
import { type Change, changeSchema } from '../task-definition.ts';
import { glassRule, stillNeeded } from './decide.ts';
import type { KeptApproval } from './event.ts';

const mostChanges = 20;
const mostText = 300;

/** Of a plan, what fits beside an approval. */
export const keptPlanSchema = z.object({
  changes: z.array(changeSchema),
  /** So many more there are. */
  more: z.number(),
  wayBack: z.string(),
});
export type KeptPlan = z.infer<typeof keptPlanSchema>;

/** One line, without what could disguise it. */
export const short = (text: string, limit = mostText): string => foreignText(text, limit) ?? '';

export const keptPlan = ({
  changes,
  wayBack,
}: {
  changes: readonly Change[];
  wayBack: string;
}): KeptPlan => ({
  changes: changes
    .slice(0, mostChanges)
    .map(({ path, before, after }) => ({ path: short(path), before: short(before), after: short(after) })),
  more: Math.max(0, changes.length - mostChanges),
  wayBack: short(wayBack),
});

export interface Fact {
  name: string;
  text: string;
  /** An http(s) address. */
  url?: string | undefined;
}

export interface ShownApproval {
  /** `my-api v1.4.2`, and where to. */
  what: string;
  environment: string;
  /** Its deployment has begun. */
  begun: boolean;
  facts: Fact[];
  warnings: string[];
  /** What the environment before came to. */
  before: { environment: string; ran: string; found: readonly string[] } | undefined;
  plan: KeptPlan | undefined;
  /** Who has decided so far. */
  decisions: string[];
  needs: string;
  expiresAt: number;
}

/** `release` and `scan`: from its record; undefined where that does not say. */
export function shownApproval(
  approval: KeptApproval & { plan?: KeptPlan | undefined },
  {
    release,
    scan,
    found = [],
  }: {
    release: Release | undefined;
    scan: Pick<ScanVerdict, 'summary' | 'signedBy' | 'waived'> | undefined;
    /** On the new version so far, where ECS has paused its deployment. */
    found?: readonly string[];
  },
  now: number,
): ShownApproval {
  const { subject, rules, decisions, held, pause, plan, expiresAt } = approval;
  const { compareUrl, revision, source, author } = release?.commit ?? {};
  const { before } = release ?? {};
  const waived = (scan?.waived ?? []).map(
    ({ id, statement, owner, expires }) => `${id} by ${owner} until ${expires}: ${statement}`,
  );
  const facts: (Fact | undefined)[] = [
    revision
      ? { name: 'Commit', text: short(revision.slice(0, 12)), url: commitLink(source, revision) }
      : undefined,
    compareUrl ? { name: 'What changed', text: 'the difference to what runs', url: compareUrl } : undefined,
    fact(
      `${pause && release && isGroup(release) ? pause.service : 'ECS'} is`,
      pause && pausedSentence(pause),
    ),
    ...found.slice(0, 5).map((one) => fact('Found', one)),
    fact('Author', author ?? approval.author),
    fact('Scan', scan?.summary),
    fact('Report signed by', scan?.signedBy),
    ...waived.slice(0, 5).map((one) => fact('Waived', one)),
    fact('Waived', waived.length > 5 ? `and ${waived.length - 5} more` : undefined),
    fact('Digest', subject?.digest),
  ];
  return {
    what: short([subject?.service, subject?.tag].filter(Boolean).join(' ')),
    environment: subject?.environment ?? '',
    begun: pause !== undefined,
    facts: facts.flatMap((one) => (one ? [{ ...one, url: one.url && foreignUrl(one.url, 2000)?.href }] : [])),
    warnings: (release?.warnings ?? []).map((warning) => short(warning, 500)),
    before: before && {
      environment: before.environment,
      ran: spoken(Math.max(0, now - before.deployedAt) / 1000),
      found: before.found.map((sentence) => short(sentence)),
    },
    plan,
    decisions: decisions.map(({ action, actor, reason }) => {
      const done = { approve: 'Approved', reject: 'Rejected', 'break glass': 'Glass broken' }[action];
      return short(`${done} by ${spokenActors(actor)}${reason ? `: ${reason}` : ''}`, 600);
    }),
    needs:
      held === undefined ? (stillNeeded(approval, rules, decisions) ?? 'Nothing more is needed') : glassRule,
    expiresAt,
  };
}

function fact(name: string, text: string | undefined): Fact | undefined {
  const shown = text === undefined ? undefined : foreignText(text, mostText);
  return shown === undefined ? undefined : { name, text: shown };
}
