#!/usr/bin/env bash
# Sets the module path to where the repository lives, so that
# `go install HOST/OWNER/creel@latest` works. Run it once, in a clean tree:
#
#   .release/set-module.sh github.com/OWNER/creel
set -euo pipefail
cd "$(dirname "$0")/.."
new=${1:?usage: .release/set-module.sh github.com/OWNER/creel}
old=$(go list -m)
[[ $new =~ ^[a-z0-9.-]+\.[a-z]+/[A-Za-z0-9._-]+/creel$ ]] || { echo "$new: want HOST/OWNER/creel" >&2; exit 2; }
[ -z "$(git status --porcelain)" ] || { echo "commit or discard your changes first" >&2; exit 1; }
[ "$old" != "$new" ] || { echo "the module path is $new already"; exit 0; }

go mod edit -module "$new"
# Import paths, and the paths of packages that tests and scripts name in quotes.
git ls-files '*.go' | xargs sed -i.bak -E "s#\"$old(/(capture|forward|ui)[/\"])#\"$new\1#g"
sed -i.bak "s#^repository=.*#repository=https://$new#" .release/install.sh
sed -i.bak "s#go install $old@latest#go install $new@latest#" README.md
find . -name '*.bak' -not -path './.git/*' -delete
go run mvdan.cc/gofumpt@v0.12.0 -w $(git diff --name-only -- '*.go')
go vet ./...
echo "the module is now $new: run .ci/run, then commit"
