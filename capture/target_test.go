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

func TestUnescapeQuery(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"a+b%20c": "a b c", "100%": "100%", "%zz+": "%zz+", "plain": "plain"} {
		if got := UnescapeQuery(in); got != want {
			t.Errorf("%q gave %q, want %q", in, got, want)
		}
	}
}
