#!/usr/bin/env bash
# The step of action.yml: builds the program where the action was checked out, and checks. Everything comes from the environment,
# and no value becomes a part of a command: each is one word of it, behind its option or behind `--`.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
if [ ! -e "$here/dist/cli.cjs" ]; then
  # What builds it is among the packages for development, which NODE_ENV=production, often set for all of a job, leaves out.
  (cd "$here" && npm ci --include=dev --no-audit --no-fund >&2 && npm run build >&2)
fi

# each NAME COMMAND…: the lines of a value that are not empty, as the last word of a command
each() {
  local line value=${!1-}
  shift
  while IFS= read -r line; do
    line=${line%$'\r'}
    [ -z "$line" ] || "$@" "$line"
  done <<<"$value"
}

words=(check)
paths=()
add_output() { words+=("--output=$1"); }
add_path() { paths+=("$1"); }

[ -z "${INPUT_WARN-}" ] || words+=("--warn=$INPUT_WARN")
[ -z "${INPUT_FAIL-}" ] || words+=("--fail=$INPUT_FAIL")
[ -z "${INPUT_FAIL_ON-}" ] || words+=("--fail-on=$INPUT_FAIL_ON")
[ -z "${INPUT_ONLY-}" ] || words+=("--only=$INPUT_ONLY")
[ -z "${INPUT_POLICY-}" ] || words+=("--policy=$INPUT_POLICY")
[ -z "${INPUT_FORMAT-}" ] || words+=("--format=$INPUT_FORMAT")
[ "${INPUT_ALLOW_EMPTY-}" != true ] || words+=(--allow-empty)
each INPUT_OUTPUT add_output
each INPUT_PATHS add_path
[ ${#paths[@]} -gt 0 ] || paths=(.)
[ -z "${INPUT_STOREPASS-}" ] || export ANCHORCTL_STOREPASS=$INPUT_STOREPASS

exec node "$here/bin/anchorctl.js" "${words[@]}" --force -- "${paths[@]}"
