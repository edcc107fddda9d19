package filter_test

import (
	"testing"

	"creel/capture"
	"creel/capture/filter"

	"github.com/google/go-cmp/cmp"
)

func TestNeeds(t *testing.T) {
	all := int64(1 << 62)
	for text, want := range map[string][]capture.Condition{
		"":                              nil,
		"provider:stripe,github":        {{Key: "provider", Texts: []string{"stripe", "github", "github-legacy-sha1"}}},
		"provider:hubspot":              {{Key: "provider", Texts: []string{"hubspot", "hubspot-v1", "hubspot-v2", "hubspot-v3"}}},
		"provider:str*":                 nil,
		"provider:stripe,git*":          nil, // one of them may be any of many
		"provider:":                     nil,
		"not provider:stripe":           nil,
		"provider:stripe or event:push": nil,
		"(provider:stripe event:push) path:/a word": {
			{Key: "provider", Texts: []string{"stripe"}}, {Key: "event", Texts: []string{"push"}}, {Key: "path", Texts: []string{"/a"}},
		},
		"path:/%61":     nil, // /a, too
		"path:=/a":      {{Key: "path", Texts: []string{"/a"}}},
		"host:münchen":  nil, // the case of what is not ASCII
		"id:410..420,7": {{Key: "id", Ranges: [][2]int64{{410, 420}, {7, 7}}}},
		"id:>5":         {{Key: "id", Ranges: [][2]int64{{6, all}}}},
		"id:<5":         {{Key: "id", Ranges: [][2]int64{{0, 4}}}},
		"status:5xx":    {{Key: "status", Ranges: [][2]int64{{500, 599}}}},
		"size:>10k":     nil,
	} {
		f, err := filter.Parse(text, filter.History)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, f.Needs()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestAsksOlder(t *testing.T) {
	for text, want := range map[string]bool{"": false, "is:retry": false, "is:duplicate": true, "a or not is:held,duplicate": true} {
		f, err := filter.Parse(text, filter.History)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.AsksOlder(); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
