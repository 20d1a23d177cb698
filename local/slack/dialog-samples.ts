/** The dialogs behind "Roll back now", one for each layout: for the preview, and for the test of Slack's limits. */
import type { ModalView } from '@slack/types';
import {
  type GoingBack,
  lookingDialog,
  rollBackDialog,
  saidDialog,
  startingDialog,
} from '../../core/roll-back-dialog.ts';
import { escaped } from '../../core/slack-text.ts';

const release = 'shop-api-production-v1.4.2-0a1b2c3d';
const named = { service: 'shop-api', environment: 'production', tag: 'v1.4.2' };
const source = 'https://github.com/example/shop-api';
const goingBack: GoingBack = {
  kind: 'rollback',
  from: { tag: 'v1.4.2', digest: `sha256:${'4f2c9a1b7d3e'.repeat(6).slice(0, 64)}` },
  to: {
    ...{ tag: 'v1.4.1', digest: `sha256:${'cd29e03e3ba6'.repeat(6).slice(0, 64)}` },
    ...{ deployedAt: Date.UTC(2026, 0, 4, 15, 30), commitUrl: `${source}/commit/8c1f0b7` },
  },
  compareUrl: `${source}/compare/8c1f0b7...cd29e03`,
  schemaStays: false,
};

/** `text`: put wherever a text from outside may stand. */
export function dialogSamples(text = (usual: string) => usual): Record<string, ModalView> {
  const of = { ...named, tag: text(named.tag) };
  const back: GoingBack = { ...goingBack, to: { ...goingBack.to, tag: text(goingBack.to.tag) } };
  return {
    'while it is looked up': lookingDialog(release, of),
    'what it would go back to': rollBackDialog(release, of, back),
    'with a schema that stays': rollBackDialog(release, of, { ...back, schemaStays: true }),
    'a release under way': rollBackDialog(release, of, {
      ...{ kind: 'stop', state: 'CompareMetrics', becomes: 'is taken back' },
      before: 'what ran before (cd29e03e3ba6)',
    }),
    'being started': startingDialog(release),
    'why not': saidDialog(
      release,
      escaped(text('V1.4.2 was replaced meanwhile: v1.4.3 is what was deployed last')),
    ),
  };
}
