/** Pushes a version of the sample service as a CI workflow would: build, push, scan, attach the report. */
import { createHash } from 'node:crypto';
import { type Clock, realClock } from '../clock.ts';
import { attachReport } from './attach-report.ts';
import type { BuiltImage } from './build-image.ts';
import { pushImage } from './push-image.ts';
import type { RegistryAccess } from './registry-client.ts';
import { sampleImage } from './sample-image.ts';
import { trivyReport } from './trivy-report.ts';
import { type VariantName, variants } from './variants.ts';

/** Between push and report, in milliseconds: the gate must wait for it, as it must for a real scan. */
const scanTime = 1000;

export interface VariantToPush {
  address: string;
  service: string;
  /** Where it is pushed; named as the service when absent. */
  repository?: string | undefined;
  variant: VariantName;
  tag: string;
  /** `none`, or the text of a report to attach instead of the variant's own. */
  report?: 'none' | { text: string } | undefined;
  /** Told each thing that was done, in a line. */
  log: (line: string) => void;
  clock?: Clock | undefined;
  fetch?: RegistryAccess['fetch'];
}

export interface PushedVariant {
  digest: string;
  tag: string;
  image: BuiltImage;
  /** Of the referrer; absent without a report. */
  reportDigest?: string;
}

/** Throws with the registry's words where the push is refused. Each call makes a new image, since its time is in it. */
export async function pushVariant(options: VariantToPush): Promise<PushedVariant> {
  const { address, service, repository = service, tag, report, log, clock = realClock() } = options;
  const access = { address, repository, fetch: options.fetch };
  const variant = variants[options.variant];
  const revision = createHash('sha1').update(`${service} ${options.variant} ${tag}`).digest('hex');

  const created = new Date(clock.now());
  const image = await clock.during(sampleImage({ service, variant, tag, revision, created }));
  const { digest } = image.manifest;
  const env = Object.entries(variant.env).map(([name, value]) => `${name}=${value}`);
  log(`built ${service} ${tag}${env.length > 0 ? ` with ${env.join(' ')}` : ''}: ${digest}`);

  const { uploaded } = await clock.during(pushImage({ ...access, image, tag }));
  log(`pushed ${repository}:${tag}: ${uploaded} of ${image.layers.length + 1} blobs were new`);
  if (report === 'none') {
    log('attached no report: the release waits for one until its deadline');
    return { digest, tag, image };
  }

  await new Promise<void>((resolve) => clock.after(scanTime, resolve));
  const createdAt = new Date(clock.now());
  const name = `${new URL(address).host}/${repository}`;
  const own = () =>
    JSON.stringify(trivyReport({ repository: name, tag, image, findings: variant.findings, createdAt }));
  const text = report?.text ?? own();
  const subject = image.manifest;
  const attaching = attachReport({ ...access, subject, report: text, created: createdAt });
  const reportDigest = await clock.during(attaching);
  log(`attached ${report ? 'the given report' : reportLine(variant.findings)}: ${reportDigest}`);
  return { digest, tag, image, reportDigest };
}

const reportLine = (findings: (typeof variants)[VariantName]['findings']) =>
  `a scan report with ${findings.map(({ VulnerabilityID, Severity }) => `${VulnerabilityID} (${Severity.toLowerCase()})`).join(' and ')}`;
