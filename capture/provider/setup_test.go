package provider

import (
	"strings"
	"testing"
)

// TestSetups: each is of a provider of the table, and its command has the URL.
func TestSetups(t *testing.T) {
	t.Parallel()
	const url = "https://name.example/in"
	s := newSet(t, Config{})
	for name := range setups {
		if row := s.scheme(name); row == nil || row.Provider != name {
			t.Errorf("%s is not a provider", name)
		}
		got, ok := s.Setup(name, url)
		if !ok || got.Where == "" || strings.ContainsAny(got.Where, "{}") {
			t.Errorf("%s: %+v", name, got)
		}
		if got.Command != "" && (!strings.Contains(got.Command, url) || strings.Contains(got.Command, "{url}")) {
			t.Errorf("%s: the command has not the URL: %s", name, got.Command)
		}
	}
	if byName, _ := s.Setup("hubspot", url); byName != setups["hubspot-v3"] {
		t.Errorf("hubspot: %+v", byName)
	}
	for _, name := range []string{"nobody", "cloudevents"} {
		if got, ok := s.Setup(name, url); ok {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
