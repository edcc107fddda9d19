package forward

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseURL(t *testing.T) {
	for in, want := range map[string]string{
		"3000":                          "http://localhost:3000",
		"3000/x?y":                      "http://localhost:3000/x?y",
		":3000":                         "http://localhost:3000",
		":3000/x":                       "http://localhost:3000/x",
		"localhost:3000/x":              "http://localhost:3000/x",
		"example.com:80":                "http://example.com:80",
		"[::1]:3000/a":                  "http://[::1]:3000/a",
		" http://Example.com/ ":         "http://example.com",
		"HTTPS://h/a%2Fb//c?x=%20+#top": "https://h/a%2Fb//c?x=%20+",
		"http://h?x=1":                  "http://h?x=1",
		"http://h/api*":                 "http://h/api*",
	} {
		u, err := ParseURL(in)
		if err != nil || u.String() != want {
			t.Errorf("ParseURL(%q) = %q, %v; want %q", in, u, err, want)
		}
	}
}

func TestParseURLRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"":                   "empty",
		"lisen":              "did you mean http://lisen",
		"example.com/x":      "did you mean http://example.com/x",
		"z=3000":             "neither a port nor a URL, such as 3000",
		"http://z=3000":      "'=' cannot be in the name of a host",
		"ftp://h/":           "only http, https and unix",
		"file:///etc/passwd": "only http, https and unix",
		"http://":            "no host",
		"http://h:0":         "port",
		"http://h:99999":     "port",
		"http://h:x/":        "port",
		"http://u:p@h/":      "Authorization",
		"http://h/a b":       "space",
		"http://h/\r\nX: y":  "control",
		"http://ü.example":   "xn--",
		"70000":              "the port is not between 1 and 65535",
		"0":                  "the port is not between 1 and 65535",
		":70000/x":           "the port is not between 1 and 65535",
		"h:65536":            "the port is not between 1 and 65535",
		"[::1]:0":            "the port is not between 1 and 65535",
	} {
		if _, err := ParseURL(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseURL(%q): %v; want %q in it", in, err, want)
		}
	}
}

func TestResolveURL(t *testing.T) {
	for _, c := range []struct{ to, captured, strip, want string }{
		{"http://h", "/a%2Fb//c?x=%2F+&&y", "", "http://h/a%2Fb//c?x=%2F+&&y"},
		{"http://h", "/", "", "http://h/"},
		{"http://h", "//x", "", "http://h//x"},
		{"http://h", "/a?", "", "http://h/a?"},
		{"http://h/", "/a", "", "http://h/a"},
		{"http://h/hooks", "/a?x=1", "", "http://h/hooks?x=1"},
		{"http://h/hooks?k=v", "/a?x=1", "", "http://h/hooks?k=v"},
		{"http://h/hooks?", "/a?x=1", "", "http://h/hooks?"},
		{"http://h/hooks/", "/a", "", "http://h/hooks/"},
		{"http://h/api*", "/a/b?x=1", "", "http://h/api/a/b?x=1"},
		{"http://h/api/*", "/a/b", "", "http://h/api/a/b"},
		{"http://h/*/end", "//a", "", "http://h//a/end"},
		{"http://h", "/github/x?y", "/github", "http://h/x?y"},
		{"http://h", "/github", "/github/", "http://h/"},
		{"http://h", "/githubber", "/github", "http://h/githubber"},
		{"http://h/api*", "/github/x", "/github", "http://h/api/x"},
		{"http://h", "http://evil.example/p?q", "", "http://h/p?q"},
		{"http://h", "http://evil.example?q", "", "http://h/?q"},
		{"http://h", "*", "", "http://h*"},
		{"unix:///a.sock", "/p?q", "", "unix:///a.sock:/p?q"},
		{"unix:///a.sock:/x", "/p?q", "", "unix:///a.sock:/x?q"},
		{"unix:///a.sock:/", "/p", "", "unix:///a.sock:/p"},
		{"unix:///a.sock", "*", "", "unix:///a.sock:*"},
	} {
		to, err := ParseURL(c.to)
		if err != nil {
			t.Fatal(err)
		}
		if got := ResolveURL(to, c.captured, c.strip).String(); got != c.want {
			t.Errorf("ResolveURL(%s, %s, %s) = %s; want %s", c.to, c.captured, c.strip, got, c.want)
		}
	}
}

func TestExactly(t *testing.T) {
	for _, url := range []string{"http://h/", "http://h/a*b", "https://h:1/x?y=%2F", "http://h/?q", "unix:///a:/", "unix:///a:/?q", "unix:///a:b:/x:/y", "unix:///a:*"} {
		to, err := Exactly(url)
		if err != nil || to.Resolve("/captured?z").String() != url {
			t.Errorf("%s leads to %s, %v", url, to.Resolve("/captured?z"), err)
		}
	}
}

func TestURLParts(t *testing.T) {
	for in, want := range map[string][3]string{
		"3000":                  {"localhost:3000", "localhost", ":3000"},
		"https://h/x":           {"h:443", "h", "https://h/x"},
		"http://[::1]":          {"[::1]:80", "::1", "[::1]"},
		"unix:///a/b.sock:/x?y": {"/a/b.sock", "localhost", "/a/b.sock:/x?y"},
		"http://[::1]:81":       {"[::1]:81", "::1", "[::1]:81"},
	} {
		u, err := ParseURL(in)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, [3]string{u.Address(), u.Hostname(), u.Short()}); diff != "" {
			t.Errorf("%s: %s", in, diff)
		}
	}
	if u := mustURL(t, "https://h:1/x?y"); u.Base().String() != "https://h:1" {
		t.Error(u.Base())
	}
}

func FuzzResolveURL(f *testing.F) {
	f.Add("http://h/api*", "/a?b", "/a")
	f.Add("3000", "*", "")
	f.Add("unix:///a:/?b", "/c", "")
	f.Fuzz(func(t *testing.T, to, captured, strip string) {
		u, err := ParseURL(to)
		if err != nil {
			return
		}
		r := ResolveURL(u, captured, strip)
		if r.Scheme != u.Scheme || r.Host != u.Host {
			t.Fatalf("%s with %q goes to %s", u, captured, r)
		}
		if again, err := ParseURL(u.String()); err != nil || again != u {
			t.Fatalf("%q reads back as %v, %v", u.String(), again, err)
		}
	})
}

// A URL with a name or a password is refused, and no message shows either.
func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		"http://u:hunter2@h/x":         "http://***@h/x",
		"/p=http://u:hunter2@h":        "/p=http://***@h",
		"u:hunter2@h:3000":             "***@h:3000",
		"hunter2@h":                    "***@h",
		"http://u:a@hunter2@h":         "http://***@h",
		"http://u:hunter2/hunter2@h/":  "http://***@h/",
		"http://u:hun?ter2hunter2@h/":  "http://***@h/",
		"ftp://u:hunter2@h":            "ftp://***@h",
		"http://u:hunter2@h/a b":       "http://***@h/a b",
		"unix://u:hunter2@h":           "unix://***@h",
		"http://h:3000/@me":            "http://h:3000/@me",
		"http://h/a@b":                 "http://h/a@b",
		"http://h/a=http://u:hunter2@": "http://h/a=http://u:hunter2@",
		"3000":                         "3000",
	} {
		if got := Redact(in); got != want {
			t.Errorf("Redact(%q) = %q, want %q", in, got, want)
		}
		if !strings.Contains(want, "***") {
			continue
		}
		_, err := ParseTarget(in)
		if err == nil || strings.Contains(err.Error(), "unter2") || strings.Contains(err.Error(), "ter2") {
			t.Errorf("%q: %v", in, err)
		}
	}
}

// A text that is no URL stays as it is.
func TestShortURL(t *testing.T) {
	for text, want := range map[string]string{
		"http://localhost:3000/a?b": ":3000/a?b", "http://127.0.0.1:4000/": ":4000", "https://example.com": "https://example.com", "no url": "no url",
	} {
		if got := ShortURL(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
