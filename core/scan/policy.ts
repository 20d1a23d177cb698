/** What may be deployed with what is found in it: per service, and over that per environment. */
import * as z from 'zod';
import { durationSchema } from '../duration.ts';
import { byEcr, evidenceSettingSchema } from './evidence-setting.ts';
import { type Severity, severities, severitySchema } from './severity.ts';
import { signedBySchema } from './signed-by.ts';
import { waiverSchema } from './waiver.ts';

const year = 365 * 86_400;
const consequence = z.enum(['block', 'warn', 'ignore']);

const settings = {
  /** Where reports are looked for: of these, and of no other place, anything is evidence. */
  evidence: evidenceSettingSchema,
  /** Whose signature a report must have. Of nobody: whoever may push to the repository is believed. */
  signedBy: signedBySchema,
  /** Severities that stop a release. */
  block: z.array(severitySchema),
  /** Severities that are told of, and stop nothing. */
  warn: z.array(severitySchema),
  /** `only`: a finding without a fix never counts, since nobody could act on it. */
  fixable: z.enum(['only', 'any']),
  /** What a finding counts as whose severity nobody has rated. */
  unknownSeverity: severitySchema,
  waivers: z.array(waiverSchema),
  /** By severity, how long a finding may be deployed after it was first seen in this repository. */
  grace: z.partialRecord(
    severitySchema,
    durationSchema.refine((seconds) => seconds <= year, {
      error: 'must be at most 365d: when a finding was first seen is forgotten after two years',
    }),
  ),
  /** `running`: what the image that runs has too stops nothing. */
  baseline: z.enum(['none', 'running']),
  /** Passwords, keys and tokens in the image. */
  secrets: consequence,
  /** A distribution that gets no fixes any more: a clean report of it means little. */
  endOfLifeOs: consequence,
  /** Whose reports are no evidence: a scanner and its version, in which `*` stands for anything. */
  denyScanners: z.array(
    z.string().regex(/^[A-Za-z][\w-]* \S+$/, {
      error: 'a scanner and its version such as Trivy 0.69.4, or Trivy 0.69.*',
    }),
  ),
  /** `warn`: nothing that is found, or missing, stops a release; what would have is told of. */
  mode: z.enum(['enforce', 'warn']),
  /** How long after the push a report may arrive. */
  waitFor: durationSchema.refine((seconds) => seconds <= 1500, {
    error: 'must be at most 25m: the state machine stops asking for the report after that',
  }),
  /** What happens when no report came in time. */
  withoutReport: z.enum(['reject', 'pass']),
  /** Reports older than this are no evidence. */
  maxReportAge: durationSchema,
};

const givenSchema = z.strictObject(settings);
export type ScanPolicy = z.output<typeof givenSchema>;

export const scanDefaults: ScanPolicy = {
  evidence: 'referrer',
  signedBy: [],
  block: ['CRITICAL'],
  warn: [],
  fixable: 'only',
  unknownSeverity: 'UNKNOWN',
  waivers: [],
  grace: {},
  baseline: 'none',
  secrets: 'block',
  endOfLifeOs: 'warn',
  // Releases that attackers published in March 2026: they stole what they found, and their word proves nothing.
  denyScanners: ['Trivy 0.69.4', 'Trivy 0.69.5', 'Trivy 0.69.6'],
  mode: 'enforce',
  waitFor: 600,
  withoutReport: 'reject',
  maxReportAge: 7 * 86_400,
};

/** Of an environment: what is given goes before what its service says, setting by setting. */
export const scanOverlaySchema = givenSchema.partial();
export type ScanOverlay = z.output<typeof scanOverlaySchema>;

/** Of a service: what is not given has its default. */
export const scanSchema = scanOverlaySchema.transform((given) =>
  laidOver(structuredClone(scanDefaults), given),
);

/** The one place where the settings of a service and an environment become one. */
export function scanPolicyOf(
  { scan }: { scan: ScanPolicy },
  environment?: { name: string; scan?: ScanOverlay | undefined },
): ScanPolicy {
  const policy = laidOver(scan, environment?.scan ?? {});
  const here = policy.waivers.filter(
    ({ environments }) => !environment || !environments || environments.includes(environment.name),
  );
  return { ...policy, waivers: here };
}

function laidOver(policy: ScanPolicy, given: ScanOverlay): ScanPolicy {
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...policy, ...Object.fromEntries(said) };
}

/** A service, as far as its scans go. */
interface Scanned {
  scan: ScanPolicy;
  environments: readonly { name: string; scan?: ScanOverlay | undefined }[];
}

export interface PolicyMistake {
  path: (string | number)[];
  message: string;
}

/** What cannot be meant, in what each environment comes to. */
export function scanMistakes(service: Scanned): PolicyMistake[] {
  const named = service.environments.map(({ name }) => name);
  // With a mistake elsewhere in it, it comes without its defaults.
  const scan = laidOver(scanDefaults, service.scan);
  const found = service.environments.flatMap((environment, index) => {
    const at = environment.scan ? ['environments', index, 'scan'] : ['scan'];
    return policyMistakes(laidOver(scan, environment.scan ?? {}), named).map(({ path, message }) => ({
      path: [...at, ...path],
      message,
    }));
  });
  return [...new Map(found.map((mistake) => [JSON.stringify(mistake), mistake])).values()];
}

/** `named`: the environments that a waiver may be limited to. */
export function policyMistakes(policy: ScanPolicy, named?: readonly string[]): PolicyMistake[] {
  const { block, warn, grace, unknownSeverity, waivers, signedBy, withoutReport, evidence, fixable } = policy;
  const patient = severities.filter((severity) => grace[severity] !== undefined);
  const mistakes = (field: string, of: readonly Severity[], message: (severity: Severity) => string) =>
    of.map((severity) => ({ path: [field], message: message(severity) }));
  const unreached = (of: readonly Severity[]) =>
    unknownSeverity === 'UNKNOWN' ? [] : of.filter((severity) => severity === 'UNKNOWN');
  const unreachable = () =>
    `UNKNOWN counts as ${unknownSeverity} (unknownSeverity), so it means nothing here: leave it out`;
  return [
    ...mistakes(
      'warn',
      warn.filter((severity) => block.includes(severity)),
      (severity) => `${severity} is in block already: what stops a release is not only told of`,
    ),
    ...mistakes(
      'grace',
      patient.filter((severity) => !block.includes(severity)),
      (severity) => `${severity} is not in block, so nothing would wait for its time to be over`,
    ),
    ...(evidence === 'ecr-basic' && fixable === 'only'
      ? [
          {
            path: ['fixable'],
            message:
              "must be 'any' with evidence: 'ecr-basic': basic scanning does not say what has a fix, so nothing would ever count, and every image would be called clean. With 'ecr-enhanced' it is said",
          },
        ]
      : []),
    ...(signedBy.length > 0 && byEcr(evidence)
      ? [
          {
            path: ['evidence'],
            message: `must not be ${evidence} where signedBy asks for a signature: what AWS answers has none, and every release would end Rejected`,
          },
        ]
      : []),
    ...(signedBy.length > 0 && withoutReport === 'pass'
      ? [
          {
            path: ['withoutReport'],
            message:
              'must be reject where signedBy asks for a signature: a report that nobody signed would be as good as none',
          },
        ]
      : []),
    ...mistakes('block', unreached(block), unreachable),
    ...mistakes('warn', unreached(warn), unreachable),
    ...waivers.flatMap(({ id, environments = [] }, index) =>
      environments
        .filter((environment) => named && !named.includes(environment))
        .map((environment) => ({
          path: ['waivers', index, 'environments'],
          message: `the waiver for ${id} is for ${environment}, and the environments here are ${named?.join(', ')}: it would never hold`,
        })),
    ),
  ];
}
