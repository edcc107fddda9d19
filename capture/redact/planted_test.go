package redact

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"creel/capture"
)

// plantedCase is a message with a secret in it, between « and ».
type plantedCase struct {
	In   string `json:"in"`   // body, target, field, reply, replyfield
	Type string `json:"type"` // the media type; of a field its name
	Text string `json:"text"`
}

func (c plantedCase) secret() string {
	_, rest, _ := strings.Cut(c.Text, "«")
	s, _, _ := strings.Cut(rest, "»")
	return s
}

func (c plantedCase) plain() string { return strings.NewReplacer("«", "", "»", "").Replace(c.Text) }

// shown is what is shown of the case.
func (c plantedCase) shown(t testing.TB, r *Redactor) string {
	t.Helper()
	s := r.Scan()
	switch c.In {
	case "target":
		return s.Target(c.plain())
	case "field", "replyfield":
		return s.Fields([]capture.Field{{Name: c.Type, Value: c.plain()}})[0].Value
	}
	var fields []capture.Field
	if c.Type != "" {
		fields = []capture.Field{{Name: "Content-Type", Value: c.Type}}
	}
	out, _ := s.Body(fields, []byte(c.plain()))
	return string(out)
}

func readCases(t testing.TB, name string) []plantedCase {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var out []plantedCase
	for line := range bytes.Lines(data) {
		var c plantedCase
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

// TestPlanted: of the secrets planted in messages of all kinds, no more than the
// allowed number is shown. Rules are made by looking at the even half, which is
// why its misses are listed; the odd half measures them.
func TestPlanted(t *testing.T) {
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	cases := readCases(t, "testdata/planted.jsonl")
	if len(cases) < 280 {
		t.Fatalf("only %d cases", len(cases))
	}
	allowed := [2]int{5, 5}
	var missed [2]int
	for i, c := range cases {
		if out := c.shown(t, r); strings.Contains(out, c.secret()) {
			missed[i%2]++
			if i%2 == 0 {
				t.Logf("%d %s %s: %q is shown as %q", i, c.In, c.Type, c.Text, out)
			}
		}
	}
	t.Logf("missed: %d and %d of %d", missed[0], missed[1], len(cases))
	for i, n := range missed {
		if n > allowed[i] {
			t.Errorf("half %d: %d are shown, want at most %d", i, n, allowed[i])
		}
	}
}

// TestBenign: what is no secret stays, byte for byte.
func TestBenign(t *testing.T) {
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range readCases(t, "testdata/benign.jsonl") {
		if out := c.shown(t, r); out != c.Text {
			t.Errorf("%s\nis shown as\n%s", c.Text, out)
		}
	}
}
