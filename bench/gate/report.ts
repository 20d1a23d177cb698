/** What was measured, as a page. */
import type { FuzzedRegistry } from '../../test/fuzz/fuzz-registry.ts';
import type { Fuzzed } from '../../test/fuzz/fuzz-reports.ts';
import type { Agreement } from './agreement.ts';
import type { Measured } from './measure.ts';

export interface GateReport {
  rounds: number;
  measured: readonly Measured[];
  /** The largest report that a release reads. */
  limitBytes: number;
  agreements: readonly Agreement[];
  fuzzed: { reports: Fuzzed; registry: FuzzedRegistry };
  seed: number;
}

export function report({ rounds, measured, limitBytes, agreements, fuzzed, seed }: GateReport): string {
  const { ends, inputs, wrong } = fuzzed.reports;
  const { registry } = fuzzed;
  const [same, of] = [sum(agreements, (each) => each.same), sum(agreements, (each) => each.of)];
  const largest = measured.findLast(({ bytes }) => bytes <= limitBytes);
  return `# The scan gate

From the text of a report to the verdict, against \`JSON.parse\` of the same text: what no reader can do without. Reports are made of the
findings of a real one, again and again, each time of other packages; the policy blocks CRITICAL and HIGH with a fix, so that most is
sorted, grouped and worded. Each figure is the median of ${rounds} processes, the two kinds in turns; in each, the first time and the median of at
least five more. Memory is what the process had at the most after the first time, beyond what it had with the text read.

    npm run bench:gate -- --rounds ${rounds} --inputs ${inputs}

| report | findings | first ms | \`JSON.parse\` | then ms | \`JSON.parse\` | ratio | memory MB | \`JSON.parse\` |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${measured.map(row).join('\n')}

- A release reads at most ${limitBytes / 1024 / 1024} MiB, once, in a function with 1,024 MB${largest ? `: ${round(largest.gate.first)} ms and ${megabytes(largest.gate.bytes)} MB here for ${sizeOf(largest.bytes)}` : ''}. What is larger is refused by the
  size that its manifest names, and where that is not true, as soon as more than so much has come: it is no evidence (\`it is larger than
  ${limitBytes / 1024 / 1024} MiB\`). The lines below that are what it would cost.
- The first time, schemas and rules are compiled, too: ${round(measured[0]?.gate.first ?? 0)} ms where there is nothing to sort, some tens where there is.
- A report of 1 KB has no room for a finding: it is the clean one.
- Milliseconds are those of the machine that ran this, with Node ${process.versions.node}; ratios carry over.

## Counts

${same} of ${of} numbers agree with those that two other programs counted (\`test/fixtures/trivy/index.json\`): findings, findings with a fixed version
and secrets by severity, and distinct identifiers by severity. \`test/unit/scan-report.test.ts\` and \`scan-verdict.test.ts\` hold it.

| report | KB | findings | distinct: critical / high / medium / low / unknown | agree |
| --- | --- | --- | --- | --- |
${agreements.map(agreement).join('\n')}

## Mutants of reports

${inputs} mutants of these reports (seed ${seed}): values taken away, replaced, renamed, moved or doubled, text cut, repeated or disturbed.
${ends.refused} were refused as no report, ${ends.fail} failed by a policy that blocks everything, ${ends.pass} passed. **${wrong.length} were read wrongly.** What is checked
of each (\`test/fuzz/check-mutant.ts\`), against a reader of its own that knows no schema and keeps names that come twice:

- nothing throws, the verdict keeps to its schema, and the summary has no control characters;
- as many findings are read as the document names, wherever they are in it, except what Trivy was told to leave out;
- what passes names nothing that blocks, and what is called clean names no vulnerability.

So the mutants that pass are those whose findings are gone: the end of a list, a list itself. Absence is normal in Trivy's format, and a
report from which findings were taken out in this way cannot be told from a clean one; that is what signatures are for.

## Mutants of a registry

${registry.inputs} repositories (seed ${seed}), half of them with an image whose report names a CRITICAL finding with a fix: the image as an index or alone, its
config, manifests and attached reports as they are or as mutants whose digests follow; beside the true report newer ones that are clean and no
evidence (of another image, attached to another, from last month, from next week, of a file system); in half of them every seventh answer of ECR
and every seventh download is something else. The step itself reads them, by its real gateway.

| ends | |
| --- | --- |
| ${registry.ends.fail} fail, ${registry.ends.pass} pass | verdicts; all that pass are clean |
| ${registry.ends.pending} pending | no evidence, and there is time yet |
| ${registry.ends.rejected} rejected | it is no container image, or gone |
| ${registry.ends.later} later | ECR or the download failed in a way that is tried again |
| ${registry.ends.stopped} stopped | ECR refuses for good, or content has another digest than was asked for: a person is told |
| **${registry.wrong.length} wrong** | an error that nobody expects, a vulnerable image that passes, or an undisturbed clean one that does not |

    npm run fuzz -- --inputs ${inputs} --seed ${seed}
`;
}

const row = ({ bytes, findings, parse, gate }: Measured) =>
  cells([
    ...[sizeOf(bytes), findings, round(gate.first), round(parse.first)],
    ...[round(gate.again), round(parse.again), `${round(gate.again / parse.again)} ×`],
    ...[megabytes(gate.bytes), megabytes(parse.bytes)],
  ]);
const agreement = ({ file, bytes, findings, distinct, same, of }: Agreement) =>
  cells([file, round(bytes / 1000), findings, distinct, `${same} of ${of}`]);

const cells = (of: readonly (string | number)[]) => `| ${of.join(' | ')} |`;
const sum = <Item>(items: readonly Item[], of: (item: Item) => number) =>
  items.reduce((total, item) => total + of(item), 0);
const round = (value: number) => (value < 10 ? value.toFixed(value < 1 ? 2 : 1) : String(Math.round(value)));
const megabytes = (bytes: number) => round(bytes / 1e6);
const sizeOf = (bytes: number) => (bytes < 1e6 ? `${round(bytes / 1e3)} KB` : `${round(bytes / 1e6)} MB`);
