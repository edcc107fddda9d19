package cli

import (
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestVersionSaysWhatTheBuildIs(t *testing.T) {
	last := "go     " + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH + "\n"
	for _, tt := range []struct {
		b    build
		want string
	}{
		{build{version: "devel"}, "creel devel\n" + last},
		{build{version: "0.1.0", commit: "abc", date: "2026-11-28T00:00:00Z"}, "creel 0.1.0\ncommit abc\ndate   2026-11-28T00:00:00Z\n" + last},
		{build{version: "devel", commit: "abc", modified: true}, "creel devel\ncommit abc (modified)\n" + last},
	} {
		if d := cmp.Diff(tt.want, tt.b.String()); d != "" {
			t.Errorf("%+v: %s", tt.b, d)
		}
	}
}

func TestReleaseVersionOutranksTheBuildInformation(t *testing.T) {
	t.Cleanup(func() { releaseVersion, releaseCommit = "", "" })
	releaseVersion, releaseCommit = "1.2.3", "0123456789abcdef"
	if got := version(); got != "1.2.3" {
		t.Errorf("version is %q", got)
	}
	releaseVersion, releaseCommit = "devel", "0123456789abcdef"
	if got := version(); got != "devel-0123456789ab" {
		t.Errorf("version of a build without a release is %q", got)
	}
}
