/** A chart of what the metrics said, as a picture in the thread of a release's message: after everything else, and once at most. */
import type { Aws } from '../aws/gateways.ts';
import type { Posted } from '../aws/slack.ts';
import { SlackRefused } from '../aws/slack-api.ts';
import type { PictureTelling } from '../aws/tellings.ts';
import { paint } from '../core/picture/paint.ts';
import { png } from '../core/picture/png.ts';
import type { ReleaseRecord } from '../core/record.ts';
import { chartPicture, type Picture, pictureComment } from '../core/telling/chart.ts';

type PictureAws = Pick<Aws, 'measure' | 'slackFiles' | 'tellings'>;

/** As often as Lambda runs a function for one event. Then the characters in the message have to do. */
const mostAttempts = 3;

/**
 * Answers what became of it; undefined where there is none to show. Rejects where it may be tried again: characters say the same
 * until it is there. A file that was handed over is kept before it is shared, and Slack shares a file once: so one is seen, or none.
 */
export async function tellPicture(
  record: ReleaseRecord,
  posted: Posted,
  before: PictureTelling | undefined,
  aws: PictureAws,
): Promise<PictureTelling | undefined> {
  if (before?.ended) return before;
  const picture = chartPicture(record);
  if (!picture) return undefined;
  const { execution } = record;
  const keep = async (telling: PictureTelling) => {
    await aws.tellings.keep(execution, { picture: telling });
    return telling;
  };

  const attempts = (before?.attempts ?? 0) + 1;
  let telling = await keep({ ...before, attempts });
  try {
    telling = telling.file ? telling : await keep({ ...telling, file: await handOver(record, picture, aws) });
    await aws.slackFiles.share(String(telling.file), titleOf(record), pictureComment, posted);
  } catch (error) {
    if (!(error instanceof SlackRefused) && attempts < mostAttempts) throw error;
    aws.measure('SlackFailures', 1, {});
    return keep({ ...telling, ended: 'given up', why: (error as Error).message.slice(0, 200) });
  }
  return keep({ ...telling, ended: 'shared' });
}

const handOver = ({ execution }: ReleaseRecord, { drawing, words }: Picture, { slackFiles }: PictureAws) =>
  slackFiles.upload({
    name: `${execution.slice(execution.lastIndexOf(':') + 1)}.png`,
    bytes: png(paint(drawing)),
    words,
  });

const titleOf = ({ request }: ReleaseRecord) =>
  request
    ? `${request.service} ${request.push.tag}: its metrics (${request.environment})`
    : 'Metrics before and after the deployment';
