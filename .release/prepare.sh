#!/usr/bin/env bash
# Makes what a release carries beside the binary, in dist-files/: completions,
# the manual page, the licences of everything that is linked in, and for the
# container image an empty /state and the certificates that this machine trusts.
set -euo pipefail
cd "$(dirname "$0")/.."
out=dist-files
rm -rf "$out"
mkdir -p "$out/completions" "$out/man" "$out/licenses" "$out/image/etc/ssl/certs"
mkdir -m 0700 "$out/image/state"

go build -o "$out/creel.build" .
for shell in bash zsh fish; do
  "$out/creel.build" completion "$shell" >"$out/completions/creel.$shell"
done
"$out/creel.build" man >"$out/man/creel.1"
rm "$out/creel.build"

# Every module that any of the released binaries links.
for os in linux darwin windows; do
  GOOS=$os go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}' .
done | sort -u | while read -r module dir; do
  found=
  for f in "$dir"/LICEN[SC]E* "$dir"/COPYING* "$dir"/NOTICE*; do
    [ -f "$f" ] || continue
    mkdir -p "$out/licenses/$module"
    install -m 0644 "$f" "$out/licenses/$module/"
    found=yes
  done
  [ -n "$found" ] || { echo "no licence found in $module: a release must carry one" >&2; exit 1; }
done
install -m 0644 "$(go env GOROOT)/LICENSE" "$out/licenses/GO-LICENSE"

certificates=/etc/ssl/certs/ca-certificates.crt # on Debian, Ubuntu and Alpine
[ -f "$certificates" ] || certificates=/etc/ssl/cert.pem # on macOS and BSDs
install -m 0644 "$certificates" "$out/image/etc/ssl/certs/ca-certificates.crt"
