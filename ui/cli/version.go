package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// Set by the linker in a release; empty in any other build.
var releaseVersion, releaseCommit, releaseDate string

// build says which build of creel this is.
type build struct {
	version  string // such as 0.1.0; "devel" without a release
	commit   string // in full; empty when unknown
	date     string // of the commit, RFC 3339; empty when unknown
	modified bool   // the tree had changes that are in no commit
}

// thisBuild is what the linker says, else what the Go toolchain recorded.
func thisBuild() build {
	if releaseVersion != "" {
		return build{version: releaseVersion, commit: releaseCommit, date: releaseDate}
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return build{version: "devel"}
	}
	return recorded(info)
}

func recorded(info *debug.BuildInfo) build {
	b := build{version: "devel"}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.version = strings.TrimPrefix(v, "v")
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.commit = s.Value
		case "vcs.time":
			b.date = s.Value
		case "vcs.modified":
			b.modified = s.Value == "true"
		}
	}
	return b
}

// version is the version in one word, with the commit when there is no release.
func version() string {
	b := thisBuild()
	if b.version == "devel" && b.commit != "" {
		return "devel-" + b.commit[:min(12, len(b.commit))]
	}
	return b.version
}

func newVersion(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "creel version",
		Long:    "Print the version, the commit and its date, and the Go release and platform it was built for.",
		Args:    none,
		RunE:    func(*cobra.Command, []string) error { return p.print(thisBuild().String()) },
	}
}

// String is the output of creel version.
func (b build) String() string {
	var s strings.Builder
	fmt.Fprintln(&s, "creel", b.version)
	if b.commit != "" {
		commit := b.commit
		if b.modified {
			commit += " (modified)"
		}
		fmt.Fprintln(&s, "commit", commit)
	}
	if b.date != "" {
		fmt.Fprintln(&s, "date  ", b.date)
	}
	fmt.Fprintln(&s, "go    ", runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH)
	return s.String()
}
