#!/usr/bin/env bash
# What github-actions/deploy.yml does, from a laptop: builds, scans and pushes an image, the scan report attached to its digest.
# The tag goes last: with it the release starts, and all that is asked about the image is there.
set -euo pipefail

usage() {
  cat << 'END'
usage: push.sh [options] <repository> <tag>

  push.sh 111111111111.dkr.ecr.eu-west-1.amazonaws.com/shop-api v1.2.3

  --folder <folder>      with the Dockerfile; the current one unless given
  --platform <platform>  what the tasks run on; linux/amd64 unless given
  --sign-with <key>      also signs the report: `keyless`, or a key such as awskms:///alias/reports
  --allow-dirty          builds what is not committed; its revision is then no whole truth

BUILD_OPTIONS has more options for `docker buildx build`, or `podman build` where there is no Docker.
END
}

fail() {
  printf 'push.sh: %s\n' "$1" >&2
  exit 1
}

folder=. platform=linux/amd64 sign_with='' allow_dirty=false
while [ $# -gt 0 ]; do
  case $1 in
    --folder | --platform | --sign-with)
      [ $# -gt 1 ] || fail "$1 needs a value"
      case $1 in
        --folder) folder=$2 ;;
        --platform) platform=$2 ;;
        --sign-with) sign_with=$2 ;;
      esac
      shift 2
      ;;
    --allow-dirty) allow_dirty=true && shift ;;
    --help | -h) usage && exit 0 ;;
    -*) fail "no option $1; --help says which there are" ;;
    *) break ;;
  esac
done
[ $# -eq 2 ] || {
  usage >&2
  exit 64
}
repository=$1 tag=$2 registry=${1%%/*}
[[ $repository =~ ^[a-z0-9.-]+(:[0-9]+)?/[a-z0-9._/-]+$ ]] || fail "$repository is no repository, as <registry>/<name>"
[[ $tag =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$ ]] || fail "an image cannot have the tag $tag"
[ "$tag" != latest ] || fail 'latest is never released: push a version, such as v1.2.3'
[ -f "$folder/Dockerfile" ] || fail "there is no $folder/Dockerfile"

# What is missing, all at once.
missing=''
need() { command -v "$1" > /dev/null || missing="$missing
  $1: $2"; }
builder=''
if command -v docker > /dev/null && docker buildx version > /dev/null 2>&1; then
  builder=docker
elif command -v podman > /dev/null; then
  builder=podman
else
  missing="$missing
  docker with buildx, or podman: builds the image"
fi
need git 'says which commit the image is made of'
need jq 'reads what was built'
need oras 'pushes the image and attaches the report (oras.land)'
need trivy 'scans the image (trivy.dev)'
is_ecr='^([0-9]{12})\.dkr\.ecr\.([a-z0-9-]+)\.'
if [[ $registry =~ $is_ecr ]]; then need aws 'logs in to ECR'; fi
if [ -n "$sign_with" ]; then need cosign 'signs the report (docs.sigstore.dev)'; fi
[ -z "$missing" ] || fail "not installed:$missing"

case $(trivy --version) in
  *'0.69.4'* | *'0.69.5'* | *'0.69.6'*) fail 'this version of Trivy was malware (March 2026): remove it, and change every key that was on this machine' ;;
esac

revision=$(git -C "$folder" rev-parse HEAD)
if [ -n "$(git -C "$folder" status --porcelain -- .)" ]; then
  "$allow_dirty" || fail "$folder has changes that are not committed: commit them, or --allow-dirty"
fi
# As an address without a login in it.
source=$(git -C "$folder" remote get-url origin 2> /dev/null | sed -E 's#://[^@/]*@#://#' || true)

# A registry on this machine speaks HTTP.
plain=()
case $registry in 127.0.0.1:* | localhost:*) plain=(--plain-http) ;; esac
# The longer form is for the bash of macOS, to which an empty list is an unset one.
registry_oras() { oras "$1" ${plain[@]+"${plain[@]}"} "${@:2}"; }

if [[ $registry =~ $is_ecr ]]; then
  aws ecr get-login-password --region "${BASH_REMATCH[2]}" |
    oras login --username AWS --password-stdin "$registry" > /dev/null
fi
if there=$(registry_oras resolve "$repository:$tag" 2> /dev/null); then
  fail "$tag is there already, as $there: a tag is not moved, push a new one"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "Building $tag of ${revision:0:12} for $platform"
labels=(
  --build-arg "VERSION=$tag" --build-arg "REVISION=$revision" --build-arg "SOURCE=$source"
  --build-arg "CREATED=$(date -u +%Y-%m-%dT%H:%M:%SZ)"
)
# To a folder, as it will be pushed: what is scanned is what is pushed, to the digest.
# shellcheck disable=SC2086 # BUILD_OPTIONS is several words
if [ "$builder" = docker ]; then
  docker buildx build ${BUILD_OPTIONS:-} --platform "$platform" "${labels[@]}" --provenance=false \
    --output "type=oci,dest=$work/image,tar=false" "$folder"
else
  podman build ${BUILD_OPTIONS:-} --platform "$platform" "${labels[@]}" --format oci --iidfile "$work/id" "$folder"
  podman push "$(cat "$work/id")" "oci:$work/image"
fi
digest=$(jq -er 'if (.manifests | length) == 1 then .manifests[0].digest else empty end' "$work/image/index.json") ||
  fail 'the build made more than one image: push one platform at a time'
# Some versions of podman take an image from their cache though its build arguments are others.
blob() { jq -r "$2" "$work/image/blobs/${1/://}"; }
version=$(blob "$(blob "$digest" .config.digest)" '.config.Labels["org.opencontainers.image.version"]')
[ "$version" = "$tag" ] || fail "the image says that it is ${version}: the Dockerfile has to make a label of VERSION, as the
  example's does; if it does, build without the cache: BUILD_OPTIONS=--no-cache"

echo "Scanning $digest"
# Unfiltered: no filter of this machine's, no trivy.yaml or .trivyignore of the current folder. What such filters drop leaves
# no trace in the report, and what may be deployed is the policy's to say.
(
  cd "$work"
  for name in $(env | sed -n 's/^\(TRIVY_[A-Z_]*\)=.*/\1/p'); do
    case $name in
      TRIVY_CACHE_DIR | TRIVY_DB_REPOSITORY | TRIVY_JAVA_DB_REPOSITORY | TRIVY_SKIP_DB_UPDATE | TRIVY_OFFLINE_SCAN) ;;
      *) unset "$name" ;;
    esac
  done
  trivy image --input image --format json --show-suppressed --output trivy.json
  if [ -n "$sign_with" ]; then
    trivy convert --format cosign-vuln --output vuln.json trivy.json
    # The list of packages is large, and in trivy.json.
    jq 'del(.scanner.result.Results[]?.Packages)' vuln.json > predicate.json
  fi
)

echo "Pushing to $repository"
to=()
if [ ${#plain[@]} -gt 0 ]; then to=(--to-plain-http); fi
oras cp ${to[@]+"${to[@]}"} --from-oci-layout "$work/image@$digest" "$repository@$digest"
(
  cd "$work" # ORAS keeps the file's name, and takes no path outside the current folder
  registry_oras attach --artifact-type application/vnd.aquasec.trivy.report.v2+json \
    "$repository@$digest" trivy.json:application/json
)
if [ -n "$sign_with" ]; then
  key=()
  if [ "$sign_with" != keyless ]; then
    # Without services of Sigstore's: else cosign 3 writes to its public log, whatever the key.
    cosign signing-config create --out "$work/signing-config.json"
    key=(--key "$sign_with" --signing-config "$work/signing-config.json")
  fi
  if [ ${#plain[@]} -gt 0 ]; then key+=(--allow-insecure-registry --allow-http-registry); fi
  cosign attest --yes ${key[@]+"${key[@]}"} --type vuln --predicate "$work/predicate.json" "$repository@$digest"
fi
registry_oras tag "$repository@$digest" "$tag"

echo "Pushed $repository:$tag"
echo "    as $digest"
