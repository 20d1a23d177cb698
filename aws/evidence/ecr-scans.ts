/** Evidence of ECR's own scans: basic scanning, and enhanced, which is Amazon Inspector. */
import { hash } from 'node:crypto';
import {
  DescribeImageScanFindingsCommand,
  type DescribeImageScanFindingsCommandOutput as Page,
} from '@aws-sdk/client-ecr';
import { shortDigest } from '../../core/image.ts';
import type { EvidenceQuestion, EvidenceSource } from '../../core/scan/evidence.ts';
import { maxReportBytes } from '../../core/scan/report.ts';
import { calling, isAwsError } from '../calling.ts';
import { type ecrClients, named } from '../ecr-clients.ts';

type Format = 'ecr-enhanced' | 'ecr-basic';

/** Of a thousand findings each; whoever has more has other worries than this one. */
const maxPages = 50;

export const ecrScans = (clientFor: ReturnType<typeof ecrClients>, format: Format): EvidenceSource =>
  async function* (question) {
    // An index is not scanned: its images are.
    const subject = question.image.digests.at(-1) ?? '';
    const locator = `ECR's scan of ${shortDigest(subject)}`;
    try {
      const pages = await allPages(clientFor, question, subject);
      if (typeof pages === 'string') {
        yield { locator, reason: pages };
        return;
      }
      const bytes = Buffer.from(JSON.stringify(asOne(pages)));
      yield { format, bytes, subject, locator, contentDigest: `sha256:${hash('sha256', bytes)}` };
    } catch (error) {
      if (isAwsError(error, 'ScanNotFoundException')) {
        yield { locator, reason: 'ECR has none', pending: true };
      } else if (isAwsError(error, 'ImageNotFoundException')) {
        yield { locator, reason: 'ECR has no such image' };
      } else if (isAwsError(error, 'UnsupportedImageTypeException')) {
        yield { locator, reason: 'ECR does not scan images of its kind' };
      } else throw error;
    }
  };

/** Or why there are too many. */
async function allPages(
  clientFor: ReturnType<typeof ecrClients>,
  { repository }: EvidenceQuestion,
  imageDigest: string,
): Promise<[Page, ...Page[]] | string> {
  const page = (nextToken?: string) =>
    calling('DescribeImageScanFindings', () =>
      clientFor(repository).send(
        new DescribeImageScanFindingsCommand({
          ...named(repository),
          imageId: { imageDigest },
          maxResults: 1000,
          ...(nextToken && { nextToken }),
        }),
      ),
    );
  const pages: [Page, ...Page[]] = [await page()];
  for (let bytes = 0; ; ) {
    const last = pages.at(-1);
    bytes += JSON.stringify(last?.imageScanFindings ?? '').length;
    if (bytes > maxReportBytes) return `it is larger than ${maxReportBytes / 1024 / 1024} MiB`;
    if (!last?.nextToken) return pages;
    if (pages.length >= maxPages) return `it has more than ${maxPages} pages`;
    pages.push(await page(last.nextToken));
  }
}

/** As if it had come on one page. What no page has is not there in it either, for who reads it to see. */
function asOne(pages: [Page, ...Page[]]) {
  const [{ imageId, imageScanStatus, imageScanFindings }] = pages;
  const all = <Finding>(of: (page: Page) => Finding[] | undefined) =>
    pages.some((page) => of(page)) ? pages.flatMap((page) => of(page) ?? []) : undefined;
  return {
    ...{ imageId, imageScanStatus },
    imageScanFindings: imageScanFindings && {
      ...imageScanFindings,
      findings: all((page) => page.imageScanFindings?.findings),
      enhancedFindings: all((page) => page.imageScanFindings?.enhancedFindings),
    },
  };
}
