package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/forward"
)

// A target of the configuration has the settings of flags, and its own before them.
func TestTargetsOfTheConfiguration(t *testing.T) {
	on, off := true, false
	o := newOptions()
	o.keepHost, o.insecure, o.ordered, o.cacert = true, true, true, "flag.pem"
	u, err := forward.ParseURL("3000")
	if err != nil {
		t.Fatal(err)
	}
	usual := forward.Target{URL: u, Host: forward.KeepHost, Insecure: true, Ordered: true, CACert: "flag.pem"}
	for name, tt := range map[string]struct {
		c    targetConfig
		want func(*forward.Target)
		err  string
	}{
		"nothing of its own": {c: targetConfig{}, want: func(*forward.Target) {}},
		"path":               {c: targetConfig{Name: "app", Path: "/a", StripPrefix: true}, want: func(t *forward.Target) { t.Name, t.Path, t.StripPrefix = "app", "/a", true }},
		"wrong path":         {c: targetConfig{Path: "a"}, err: `path "a" must begin with /`},
		"its own host":       {c: targetConfig{Host: "target"}, want: func(t *forward.Target) { t.Host = "" }},
		"a host":             {c: targetConfig{Host: "x.example"}, want: func(t *forward.Target) { t.Host = "x.example" }},
		"fields": {c: targetConfig{Headers: map[string]string{"B": "2", "A": "1"}}, want: func(t *forward.Target) {
			t.Headers = []capture.Field{{Name: "A", Value: "1"}, {Name: "B", Value: "2"}}
		}},
		"careful":  {c: targetConfig{Insecure: &off, Ordered: &off, CACert: "own.pem"}, want: func(t *forward.Target) { t.Insecure, t.Ordered, t.CACert = false, false, "own.pem" }},
		"careless": {c: targetConfig{Insecure: &on, Ordered: &on, Enabled: &on}, want: func(*forward.Target) {}},
		"off":      {c: targetConfig{Enabled: &off}, want: func(t *forward.Target) { t.Disabled = true }},
		"no URL":   {c: targetConfig{URL: "ftp://x"}, err: "ftp"},
	} {
		if tt.c.URL == "" {
			tt.c.URL = "3000"
		}
		got, err := tt.c.target(o)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%s: %v, want %q", name, err, tt.err)
			}
			continue
		}
		want := usual
		tt.want(&want)
		if d := cmp.Diff(want, got, cmp.AllowUnexported(forward.URL{})); err != nil || d != "" {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, d)
		}
	}
}
