package cli

import (
	"runtime"
	"runtime/debug"
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

func TestVersionThatTheToolchainRecords(t *testing.T) {
	info := func(version string, settings ...debug.BuildSetting) *debug.BuildInfo {
		return &debug.BuildInfo{Main: debug.Module{Version: version}, Settings: settings}
	}
	revision := debug.BuildSetting{Key: "vcs.revision", Value: "abc"}
	for _, tt := range []struct {
		info *debug.BuildInfo
		want build
	}{
		{info(""), build{version: "devel"}},
		{info("(devel)", revision), build{version: "devel", commit: "abc"}},
		{info("v0.2.1"), build{version: "0.2.1"}},
		{
			info("v0.2.1", revision, debug.BuildSetting{Key: "vcs.time", Value: "2026-11-28T00:00:00Z"}, debug.BuildSetting{Key: "vcs.modified", Value: "true"}),
			build{version: "0.2.1", commit: "abc", date: "2026-11-28T00:00:00Z", modified: true},
		},
		{info("", debug.BuildSetting{Key: "vcs.modified", Value: "false"}), build{version: "devel"}},
	} {
		if got := recorded(tt.info); got != tt.want {
			t.Errorf("%+v: %+v, want %+v", tt.info, got, tt.want)
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
