package detail

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/capture/provider"
)

// TestComparedSignatures: what came stands above what would be right, and what
// differs is parted from what does not.
func TestComparedSignatures(t *testing.T) {
	mismatch := capture.Signature{Verdict: capture.Invalid, Reason: provider.Mismatch}
	explained := mismatch
	explained.Explanation = "the body was changed"
	for _, c := range []struct {
		name string
		r    provider.Result
		want []string
	}{
		{"equal", provider.Result{Signature: capture.Signature{Verdict: capture.Valid}, Received: []string{"ab12"}, Expected: "ab12"}, []string{"Received|ab12|", "Expected|ab12|"}},
		{"differs", provider.Result{Signature: explained, Received: []string{"abff"}, Expected: "ab12"}, []string{"Received|ab|ff", "Expected|ab|12", "Differs|from character 3 of 4 on"}},
		{"cut", provider.Result{Signature: explained, Received: []string{"ab"}, Expected: "ab12"}, []string{"Received|ab|", "Expected|ab|12", "Differs|from character 3 of 4 on"}},
		{"the best of two", provider.Result{Signature: explained, Received: []string{"ffff", "ab1f"}, Expected: "ab12"}, []string{"Received||ffff", "Received|ab1|f", "Expected|ab1|2", "Differs|from character 4 of 4 on"}},
		{"no secret", provider.Result{Signature: capture.Signature{Verdict: capture.NoSecret}, Received: []string{"ab"}}, []string{"Received|ab|"}},
		{"not explained", provider.Result{Signature: mismatch, Received: []string{"x"}, Expected: "y", URL: "https://a"}, []string{"Received||x", "Expected||y", "To check|is the URL below"}},
	} {
		var got []string
		for i, r := range comparedRows(&c.r) {
			var parts []string
			for _, s := range r.spans {
				parts = append(parts, s.text.String())
			}
			parts[0] = strings.TrimSpace(parts[0])
			line := strings.Join(parts, "|")
			if i < len(c.want) && strings.HasPrefix(line, c.want[i]) && parts[0] == "To check" {
				line = c.want[i]
			}
			got = append(got, line)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

func TestBesideArrival(t *testing.T) {
	for early, want := range map[time.Duration]string{
		0: "when it came", time.Second - 1: "when it came", 1 - time.Second: "when it came",
		time.Second: "1.0 s before it came", -time.Second: "1.0 s after it came", 6 * time.Minute: "6 min before it came",
	} {
		if got := besideArrival(early); got != want {
			t.Errorf("%v early: %s, want %s", early, got, want)
		}
	}
}

// A check that takes its time is waited for in sight, and one of another request comes to
// nothing.
func TestSignatureIsCheckedBesideTheScreen(t *testing.T) {
	d := stripeDeps()
	d.CheckWaits = true
	p := newPane(t, d, 80, 24, false)
	drain(p, p.Open(Signature))
	gone := p.Show(stripe())
	p.Show(nil)
	drain(p, gone)
	ex, other := stripe(), stripe()
	other.ID = 500
	late := p.Show(other)
	check := p.Show(ex)
	seen := func() string { return ansi.Strip(p.View(false)) }
	if got := seen(); !strings.Contains(got, "checking…") {
		t.Errorf("nothing says what is waited for:\n%s", got)
	}
	drain(p, late)
	if got := seen(); !strings.Contains(got, "checking…") {
		t.Errorf("the check of another request is shown:\n%s", got)
	}
	drain(p, check)
	if got := seen(); strings.Contains(got, "checking…") || !strings.Contains(got, "Stripe allows 5 min") {
		t.Errorf("it is not shown:\n%s", got)
	}
}
