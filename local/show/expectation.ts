/** What a push is expected to come to, by the configuration of the world and by what is wrong with the variant. */
import type { Environment, Service, SmokeEndpoint } from '../../core/config.ts';
import { spoken } from '../../core/duration.ts';
import { deployable, toolTag } from '../../core/push/deployable.ts';
import type { Outcome } from '../../core/release.ts';
import { type ScanResult, scanResult } from '../../core/scan/finding.ts';
import { type ScanPolicy, scanPolicyOf } from '../../core/scan/policy.ts';
import { parseReport } from '../../core/scan/report.ts';
import { judgeScan } from '../../core/scan/verdict.ts';
import { type VariantName, variants } from '../images/variants.ts';

export interface Pushed {
  variant: VariantName;
  tag: string;
  /** Whose findings are not known here. */
  report?: 'none' | 'given' | undefined;
}

export interface Expectation {
  /** Of the last release that the push leads to; undefined where that depends on what is not known, or where there is none. */
  outcome?: Outcome | undefined;
  /** What happens, to follow `Expect that `. */
  words: string;
}

/** Wrong only in figures: nothing but a comparison notices. */
const judged: readonly VariantName[] = ['slow', 'errors'];

/** `now` in ms since the epoch: waivers end. */
export function expectation(service: Service, { variant, tag, report }: Pushed, now: number): Expectation {
  if (toolTag(tag)) return { words: `no release starts: the tag ${tag} ${toolTag(tag)}` };
  const deploys = deployable(tag, service.tags, service.latest);
  if (!deploys.yes) return { outcome: 'NothingToDo', words: `nothing is deployed: ${deploys.reason}` };
  if (report === 'given')
    return { words: 'it goes as the given report says, and after that as the image behaves' };
  return inEnvironments(service, { variant, tag, report }, now);
}

/** What its gate makes of it, as the end of a sentence; undefined where it lets it through. */
function rejectedByScan(policy: ScanPolicy, { variant, report }: Pushed, now: number): string | undefined {
  if (report === 'none') {
    if (policy.withoutReport === 'pass' || policy.mode === 'warn') return undefined;
    return `is rejected after ${spoken(policy.waitFor)} without a report`;
  }
  const { status, summary } = judgeScan(resultOf(variant), policy, { now });
  return status === 'fail' ? `is rejected before anything changes: ${summary}` : undefined;
}

function resultOf(variant: VariantName): ScanResult {
  const Results = [{ Vulnerabilities: variants[variant].findings }];
  const read = parseReport(JSON.stringify({ SchemaVersion: 2, ArtifactType: 'container_image', Results }));
  if (!read.ok) throw new Error(`the report of ${variant} is ${read.reason}`);
  return scanResult(read.report);
}

/** Each environment gets what the one before it kept. */
function inEnvironments(service: Service, pushed: Pushed, now: number): Expectation {
  const { environments } = service;
  const { variant, tag } = pushed;
  const passed: string[] = [];
  for (const environment of environments) {
    const before = passed.length > 0 ? `it is deployed to ${passed.join(', then to ')}, then ` : '';
    const where = environments.length > 1 ? ` (${environment.name})` : '';
    const rejected = rejectedByScan(scanPolicyOf(service, environment), pushed, now);
    if (rejected) return { outcome: 'Rejected', words: `${before}it ${rejected}${where}` };
    const approved = environment.approval ? 'once somebody has approved it on the Slack page, it ' : 'it ';
    if (environment.releaseTask && !endsWell(environment.releaseTask.command)) {
      const words = `${approved}is rejected in ${environment.name}: the sample service ends the release task ${JSON.stringify(environment.releaseTask.command)} with an error`;
      return { outcome: 'Rejected', words };
    }
    const taken = takenBack(environment, variant, tag);
    if (taken) {
      return { outcome: 'RolledBack', words: before + approved + taken + where };
    }
    passed.push(
      environment.name + (environment.approval ? ' (once somebody has approved it on the Slack page)' : ''),
    );
  }
  const words = `it is deployed to ${passed.join(', then to ')}`;
  const unseen = judged.includes(variant)
    ? ': no environment compares metrics (analysis), so nothing notices what is wrong with it'
    : '';
  return { outcome: 'Deployed', words: words + unseen };
}

/** Which check takes it back, as the end of a sentence; undefined where none does. */
function takenBack({ smoke, analysis }: Environment, variant: VariantName, tag: string): string | undefined {
  if (variant === 'crash' || variant === 'unhealthy') return variants[variant].expect;
  const unanswered = smoke?.endpoints.find((endpoint) => !answers(endpoint, tag));
  if (unanswered) {
    const { pathname } = new URL(unanswered.url);
    return `is taken back: the sample service does not answer ${pathname} as its smoke test wants`;
  }
  return analysis && judged.includes(variant) ? variants[variant].expect : undefined;
}

/** As `examples/my-api/server.mjs` takes it. */
const endsWell = ([task, how]: readonly string[]) => task === 'migrate' && how !== 'fail';

/** As `examples/my-api/server.mjs` answers. */
function answers({ url, status, contains = '' }: SmokeEndpoint, tag: string): boolean {
  const bodies: Record<string, object> = {
    '/': { service: 'my-api', version: tag, revision: '' },
    '/healthz': { status: 'ok' },
  };
  const body = bodies[new URL(url).pathname];
  if (!body) return status === 404;
  return status === 200 && JSON.stringify(body).includes(contains);
}

/**
 * Why there is too little to compare with yet, in a sentence; undefined where there is enough, or nothing is compared.
 * `servingSeconds`: for how long users have come.
 */
export function tooEarly(
  { environments }: Service,
  variant: VariantName,
  servingSeconds: number,
): string | undefined {
  const baselines = environments.flatMap(({ analysis }) => analysis ?? []);
  const short = baselines.find(({ baseline }) => servingSeconds < baseline);
  if (!short || !judged.includes(variant)) return undefined;
  const then = { pass: 'it is kept', rollback: 'it is taken back', ask: 'a person is asked' }[
    short.onInconclusive
  ];
  return `But users have come for only ${spoken(servingSeconds)} of the ${spoken(short.baseline)} that it would be compared with: where that is too little to judge by, ${then}.`;
}
