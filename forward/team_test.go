package forward

import (
	"testing"

	"creel/capture"
)

// In a team a resend does not go to where somebody else sent the request: their
// localhost is another machine's.
func TestResendGoesFromHere(t *testing.T) {
	t.Parallel()
	const theirs, mine = "http://127.0.0.1:1/", "http://127.0.0.1:2/"
	for name, c := range map[string]struct {
		node     string
		attempts []*capture.Attempt
		want     string
	}{
		"no team":            {"", []*capture.Attempt{{To: mine}}, mine},
		"of this node":       {"n", []*capture.Attempt{{To: mine}}, mine},
		"of another node":    {"m", []*capture.Attempt{{To: theirs}}, ""},
		"by somebody else":   {"n", []*capture.Attempt{{To: theirs, Who: "ben"}}, ""},
		"by me":              {"m", []*capture.Attempt{{To: mine, Who: "ana"}}, mine},
		"by me, then by ben": {"m", []*capture.Attempt{{To: mine, Who: "ana"}, {To: theirs, Who: "ben"}}, mine},
	} {
		ts := &Targets{Node: "n", Who: "ana"}
		ex := &capture.Exchange{Request: capture.Request{Target: "/"}, Attempts: c.attempts}
		if c.node != "" {
			ex.Origin = &capture.Origin{Node: c.node}
		}
		to, ok := ts.ForResend(ex)
		if ok != (c.want != "") || ok && to.URL.String() != c.want {
			t.Errorf("%s: %v, %v", name, to.URL, ok)
		}
	}
}
