package forward

import "testing"

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
	} {
		target, err := ParseTarget(spec)
		if err != nil || target.Path != want[0] || target.URL.String() != want[1] {
			t.Errorf("%s: %q %s %v", spec, target.Path, target.URL, err)
		}
	}
}
