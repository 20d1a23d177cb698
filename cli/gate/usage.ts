/** What `npm run gate -- --help` says. */
export const usage = `npm run gate -- --report trivy.json [--service my-api [--environment production] | --policy policy.json]
npm run gate -- --bundle bundle.json --digest sha256:… [--key cosign.pub] [--service … | --policy …]

What the scan gate makes of a report: the same decision as in a release, on a file.

  --report       what \`trivy image --format json\` wrote, or \`--format cosign-vuln\`, or what
                 \`aws ecr describe-image-scan-findings\` answered, at most 20 MiB; - reads it from standard input
  --bundle       instead, a report that cosign has signed: a Sigstore bundle, or a DSSE envelope
  --digest       of the image that the bundle is to be about: sha256:…
  --key          a file with a public key as PEM that may have signed it; may be given several times. Without one, those in
                 \`signedBy\` of the policy count, but for keys in KMS
  --service      by the policy of this service in tidegate.config.ts
  --environment  with that of this environment over it
  --policy       by a policy in a file instead: the settings of \`scan\`, as JSON
  --running      a report of the image that runs, for a policy with baseline: 'running'
  --json         the verdict as JSON, as a release records it (npm run --silent gate -- …)

Without a service or a policy, the defaults decide.

Exit code
  0  pass
  1  fail
  2  not usable: a wrong option, a file that cannot be read, a report that is none, a signature that does not hold, a policy
     with mistakes

What a release knows and a file does not: whether the report is about the image that is deployed, and not too old; when a
finding was first seen, so that a time of grace begins now; and that an image which passed is not judged again. Of a --report
nobody's signature is asked for, even where the policy asks for one: a release does.`;
