#!/bin/sh
# Installs a release of creel: downloads the archive for this machine, checks
# its SHA-256 against the release's checksums.txt, and copies the program.
#
#   sh install.sh [-v VERSION] [-d DIRECTORY] [-u URL]
#
#   -v VERSION    the release, such as 0.1.0; default: the newest
#   -d DIRECTORY  where creel goes; default: ~/.local/bin
#   -u URL        where releases are; default: that of the repository
set -eu

repository=https://github.com/OWNER/creel
version=
dir=$HOME/.local/bin
url=

fail() {
	echo "install: $*" >&2
	exit 1
}

while getopts v:d:u:h flag; do
	case $flag in
	v) version=${OPTARG#v} ;;
	d) dir=$OPTARG ;;
	u) url=$OPTARG ;;
	*) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 2 ;;
	esac
done

case $(uname -s) in
Linux) os=linux ;;
Darwin) os=darwin ;;
*) fail "no release for $(uname -s): build it with Go, see the README" ;;
esac
case $(uname -m) in
x86_64 | amd64) arch=amd64 ;;
aarch64 | arm64) arch=arm64 ;;
*) fail "no release for $(uname -m): build it with Go, see the README" ;;
esac

if command -v curl >/dev/null; then
	get() { curl -fsSL "$1"; }
elif command -v wget >/dev/null; then
	get() { wget -qO- "$1"; }
else
	fail "needs curl or wget"
fi
if command -v sha256sum >/dev/null; then
	sum() { sha256sum "$1" | cut -d' ' -f1; }
else
	sum() { shasum -a 256 "$1" | cut -d' ' -f1; }
fi

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

if [ -z "$url" ]; then
	if [ -n "$version" ]; then
		url=$repository/releases/download/v$version
	else
		url=$repository/releases/latest/download
	fi
fi
get "$url/checksums.txt" >"$tmp/checksums.txt" || fail "cannot read $url/checksums.txt"

# The archive is the one that the release lists for this machine.
archive=$(sed -n "s/^[0-9a-f]\{64\}  \(creel_.*_${os}_${arch}\.tar\.gz\)\$/\1/p" "$tmp/checksums.txt" | head -n 1)
[ -n "$archive" ] || fail "the release has no archive for $os/$arch"
want=$(sed -n "s/^\([0-9a-f]\{64\}\)  $archive\$/\1/p" "$tmp/checksums.txt")

get "$url/$archive" >"$tmp/$archive" || fail "cannot read $url/$archive"
got=$(sum "$tmp/$archive")
[ "$got" = "$want" ] || fail "$archive has the SHA-256 $got, but the release says $want: nothing was installed"

tar -xzf "$tmp/$archive" -C "$tmp"
[ -x "$tmp/creel" ] || fail "$archive holds no creel: nothing was installed"
mkdir -p "$dir"
cp "$tmp/creel" "$dir/creel.new"
mv "$dir/creel.new" "$dir/creel"
echo "installed $("$dir/creel" version | head -n 1) as $dir/creel"
case :$PATH: in
*:"$dir":*) ;;
*) echo "$dir is not on your PATH: add it, or use -d" ;;
esac
