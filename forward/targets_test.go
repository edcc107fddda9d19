package forward

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"creel/capture"
)

// What is known of a target stays when the list changes around it, and goes with it.
func TestSetKeepsHealth(t *testing.T) {
	ts := &Targets{}
	a, b := Target{URL: mustURL(t, "3000")}, Target{URL: mustURL(t, "4000")}
	ts.Set([]Target{a, b})
	ts.note(a.URL, nil)
	a.Name = "renamed"
	ts.Set([]Target{b, a})
	if l := ts.List(); l[0].Health != HealthUnknown || l[1].Health != HealthUp || l[1].Name != "renamed" {
		t.Errorf("%+v", l)
	}
	ts.Set([]Target{b})
	ts.Set([]Target{b, a})
	if l := ts.List(); l[1].Health != HealthUnknown {
		t.Errorf("%+v", l)
	}
}

func TestParseTarget(t *testing.T) {
	for spec, want := range map[string][2]string{
		"/a=3000":              {"/a", "http://localhost:3000"},
		"/a/=http://h/x?b=c":   {"/a", "http://h/x?b=c"},
		"http://h/x?b=c":       {"", "http://h/x?b=c"},
		"/a=unix:///s.sock:/x": {"/a", "unix:///s.sock:/x"},
		" /a=3000\t":           {"/a", "http://localhost:3000"},
		" http://h/x ":         {"", "http://h/x"},
	} {
		target, err := ParseTarget(spec)
		if err != nil || target.Path != want[0] || target.URL.String() != want[1] {
			t.Errorf("%s: %q %s %v", spec, target.Path, target.URL, err)
		}
	}
}

// A target is found by its URL, on or off: one whose path fits, else any.
func TestTargetByKey(t *testing.T) {
	a, b, off := Target{URL: mustURL(t, "3000"), Path: "/a", Name: "a"}, Target{URL: mustURL(t, "3000"), Path: "/b", Name: "b"}, Target{URL: mustURL(t, "4000"), Name: "off", Disabled: true}
	ts := &Targets{}
	ts.Set([]Target{a, b, off})
	for _, tt := range []struct{ key, path, want string }{
		{a.Key(), "/a/x?y", "a"}, {a.Key(), "/b", "b"}, {a.Key(), "/c", "a"}, {off.Key(), "/c", "off"}, {"http://localhost:5000", "/a", ""},
	} {
		if got, ok := ts.ByKey(tt.key, tt.path); got.Name != tt.want || ok != (tt.want != "") {
			t.Errorf("%s %s: %q %v", tt.key, tt.path, got.Name, ok)
		}
	}
}

// A list of targets says how much is pending for each.
func TestTargetsSayWhatIsPending(t *testing.T) {
	a, b := Target{URL: mustURL(t, "3000")}, Target{URL: mustURL(t, "4000")}
	ts := &Targets{Pending: func(key string) int { return map[string]int{a.Key(): 7}[key] }}
	ts.Set([]Target{a, b})
	if l := ts.List(); l[0].Pending != 7 || l[1].Pending != 0 {
		t.Errorf("%+v", l)
	}
}

// A target is meant by its name, by its URL however that is written, and, where it is for
// a path, with that.
func TestTargetIsMeant(t *testing.T) {
	named, onPath := Target{URL: mustURL(t, "3000"), Name: "app"}, Target{URL: mustURL(t, "4000/x"), Path: "/a"}
	for _, tt := range []struct {
		target Target
		spec   string
		want   bool
	}{
		{named, "app", true},
		{named, ":3000", true},
		{named, "3000", true},
		{named, "http://localhost:3000", true},
		{named, "localhost:3000/", true},
		{named, "", false},
		{named, "4000", false},
		{named, "ap", false},
		{named, "/a=3000", false},
		{named, "not a URL", false},
		{onPath, "/a=4000/x", true},
		{onPath, "4000/x", true},
		{onPath, ":4000/x", true},
		{onPath, "/b=4000/x", false},
		{onPath, "4000", false},
		{onPath, "/a", false},
		{Target{URL: mustURL(t, "3000")}, "", false},
	} {
		if got := len(Meant([]Target{tt.target}, tt.spec)) == 1; got != tt.want {
			t.Errorf("%s is meant by %q: %v", tt.target.Spec(), tt.spec, got)
		}
	}
	several := []Target{{URL: mustURL(t, "3000"), Path: "/x"}, {URL: mustURL(t, "3000")}, {URL: mustURL(t, "3000"), Path: "/y"}, onPath, {URL: mustURL(t, "4000/x"), Path: "/b"}}
	for spec, want := range map[string][]int{"3000": {1}, ":3000": {1}, "/x=3000": {0}, "/z=3000": nil, "4000/x": {3, 4}, "/b=4000/x": {4}} {
		if got := Meant(several, spec); !slices.Equal(got, want) {
			t.Errorf("%s means %v, want %v", spec, got, want)
		}
	}
	for _, tt := range []struct {
		target      Target
		spec, label string
	}{{named, "http://localhost:3000", "app"}, {onPath, "/a=http://localhost:4000/x", ":4000/x"}} {
		if spec, label := tt.target.Spec(), tt.target.Label(); spec != tt.spec || label != tt.label {
			t.Errorf("%s, called %s; want %s, called %s", spec, label, tt.spec, tt.label)
		}
	}
}

// Certificate authorities that cannot be used are an error before the first request.
func TestCheckAuthorities(t *testing.T) {
	none, wrong := filepath.Join(t.TempDir(), "none"), filepath.Join(t.TempDir(), "wrong")
	if err := os.WriteFile(wrong, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{"": "", none: "tls: read the certificate authorities: ", wrong: "holds no certificate in PEM form"} {
		err := Target{CACert: file}.Check()
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", file, err)
		}
	}
}

// A host and fields that cannot be written are an error before the first request, too.
func TestCheckFields(t *testing.T) {
	field := func(name, value string) Target { return Target{Headers: []capture.Field{{Name: name, Value: value}}} }
	for _, tt := range []struct {
		target Target
		want   string
	}{
		{Target{Host: KeepHost}, ""},
		{Target{Host: "[::1]:3000"}, ""},
		{Target{Host: "a b"}, `host: "a b" is no host`},
		{Target{Host: "a\r\nB: c"}, "is no host"},
		{field("X-A", "b; c\té"), ""},
		{field("A:B", "c"), `headers: "A:B" is not the name of a header field`},
		{field("", "c"), "is not the name"},
		{field("A\n", "c"), "is not the name"},
		{field("A", "1\r\nB: 2"), "headers: the value of A has a line break or a NUL"},
		{field("content-length", "5"), "headers: creel writes content-length as the body needs it: leave it out"},
		{field("Transfer-Encoding", "gzip"), "headers: creel writes Transfer-Encoding as"},
		{field("A", "\x00"), "headers: the value of A has a line break or a NUL"},
	} {
		if err := tt.target.Check(); (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v", tt.target, err)
		}
	}
}

// A name and password are never printed, wherever in a text the URL begins.
func TestRedactedURLs(t *testing.T) {
	for text, want := range map[string]string{
		"http://u:p@h/x": "http://***@h/x", "u:p@h/x": "***@h/x", "/a=http://u:p@h": "/a=http://***@h", "/a=u:p@h": "/a=***@h",
		"http://u:p/w@h": "http://***@h", "http://h/x@y": "http://h/x@y", "h:3000/x@y": "h:3000/x@y", "/a=3000": "/a=3000", "http://u@h?a@b": "http://***@h?a@b",
	} {
		if got := Redact(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"http://u:p@h": "***", "ftp://h": "only http, https and unix", "localhost:70000": "not between 1 and 65535",
		"/a/socket": "did you mean unix:///a/socket?", "example.com": "did you mean http://example.com?",
	} {
		if err := CheckURL(text); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "u:p") {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := CheckURL("3000"); err != nil {
		t.Error(err)
	}
	if _, err := ParseTarget("z=3000"); err == nil || !strings.Contains(err.Error(), "did you mean /z=3000?") {
		t.Error(err)
	}
}

// A target that strips its path gets what comes below it; others get the whole path.
func TestTargetStripsItsPath(t *testing.T) {
	to := Target{URL: mustURL(t, "http://h:3000"), Path: "/stripe"}
	for strip, want := range map[bool]string{false: "http://h:3000/stripe/a?b=c", true: "http://h:3000/a?b=c"} {
		to.StripPrefix = strip
		if got := to.Resolve("/stripe/a?b=c").String(); got != want {
			t.Errorf("strips %v: %s, want %s", strip, got, want)
		}
	}
}

// A path holds for what clients make of it, which goes on byte for byte.
func TestTargetOfEncodedPath(t *testing.T) {
	ts := &Targets{}
	ts.Set([]Target{
		{URL: mustURL(t, "http://all"), Path: "/"},
		{URL: mustURL(t, "http://e"), Path: "/%C3%A9//x", StripPrefix: true},
		{URL: mustURL(t, "http://f"), Path: "/é//x"},
	})
	for captured, want := range map[string]string{
		"/%c3%a9//x/%2F%c3?%41": "[http://e/%2F%c3?%41 http://f/%c3%a9//x/%2F%c3?%41]", "/%C3%A9//x": "[http://e/ http://f/%C3%A9//x]",
		"/%c3%a9%2F/x": "[http://all/%c3%a9%2F/x]",
	} {
		var got []string
		for _, to := range ts.For(captured) {
			got = append(got, to.Resolve(captured).String())
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%s goes to %v, want %s", captured, got, want)
		}
	}
}
