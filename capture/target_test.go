package capture

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplitTarget(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]TargetParts{
		"/a%2Fb?x=%20&y":        {Path: "/a%2Fb", Query: "x=%20&y", HasQuery: true},
		"/a?":                   {Path: "/a", HasQuery: true},
		"/a?b?c":                {Path: "/a", Query: "b?c", HasQuery: true},
		"//two":                 {Path: "//two"},
		"/redirect/http://x/y":  {Path: "/redirect/http://x/y"},
		"?only":                 {Query: "only", HasQuery: true},
		"*":                     {Path: "*"},
		"example.com:443":       {Path: "example.com:443"},
		"foo":                   {Path: "foo"},
		"":                      {},
		"http://h:1/a/b?c=d":    {Origin: "http://h:1", Path: "/a/b", Query: "c=d", HasQuery: true},
		"http://h":              {Origin: "http://h", Path: "/"},
		"https://h?q":           {Origin: "https://h", Path: "/", Query: "q", HasQuery: true},
		"http://h?next=http://": {Origin: "http://h", Path: "/", Query: "next=http://", HasQuery: true},
	} {
		if diff := cmp.Diff(want, SplitTarget(target)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", target, diff)
		}
	}
}

func TestPathUnder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		path, prefix string
		want         bool
	}{
		{"/a/b", "/a", true},
		{"/a", "/a", true},
		{"/ab", "/a", false},
		{"/a", "/a/", true},
		{"/anything", "/", true},
		{"/anything", "", true},
		{"*", "", true},
		{"/%C3%A9/x", "/é", true},
		{"/%c3%a9", "/é/", true},
		{"/é", "/%C3%A9", true},
		{"/%c3%bc", "/%C3%BC", true},
		{"/%C3%A9t%C3%A9", "/é", false},
		{"/%61%20b", "/a b", true},
		{"/a%2fb", "/a", false},
		{"/a%2fb", "/a/b", false},
		{"/a%2Fb/c", "/a%2fb", true},
		{"/a%252Fb", "/a%2Fb", false},
		{"/a%3Fb", "/a?b", false},
		{"/a%2Bb", "/a+b", false},
		{"/100%", "/100%", true},
		{"/100%4", "/100%", false},
		{"/%zz/b", "/%zz", true},
		{"/%00", "/\x00", false},
	} {
		if got := PathUnder(c.path, c.prefix); got != c.want {
			t.Errorf("PathUnder(%q, %q) = %v", c.path, c.prefix, got)
		}
	}
}

func TestPlainPathsCostNothing(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { PathUnder("/hooks/stripe", "/hooks/") }); n != 0 {
		t.Errorf("%v allocations for a plain path", n)
	}
}

func TestUnescapeQuery(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"a+b%20c": "a b c", "100%": "100%", "%zz+": "%zz+", "plain": "plain"} {
		if got := UnescapeQuery(in); got != want {
			t.Errorf("%q gave %q, want %q", in, got, want)
		}
	}
}

// Paths are compared without the percent encoding that means nothing.
func TestComparePath(t *testing.T) {
	for path, want := range map[string]string{
		"": "", "/a/../b//": "/a/../b//", "/%41%7e%2d": "/A~-", "/%c3%a9": "/é", "/%20": "/ ",
		"/a%2fb": "/a%2Fb", "/%25": "/%25", "/%3f%23%3A": "/%3F%23%3A", "/%00%1f%7f": "/%00%1F%7F",
		"/%zz%4": "/%zz%4", "/%": "/%", "/a%2": "/a%2", "/%2g%41": "/%2gA",
	} {
		if got := ComparePath(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	for _, tt := range []struct {
		path, prefix string
		want         bool
	}{
		{"/a%2fb", "/a%2Fb", true}, {"/a%2fb/c", "/a%2Fb", true}, {"/a%2fb", "/ab", false}, {"/a%2fb", "/a", false}, {"/%61/b", "/a/", true}, {"/ab", "/a", false}, {"/a", "/%61", true},
	} {
		if got := PathUnder(tt.path, tt.prefix); got != tt.want {
			t.Errorf("%s is below %s: %v", tt.path, tt.prefix, got)
		}
	}
}
