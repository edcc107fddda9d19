package detail

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"creel/capture"
)

// The gutter is as wide for a folded body as for an open one: the numbers of the
// rows stay the same.
func TestGutterOfAFoldedBody(t *testing.T) {
	ex := stripe()
	ex.Request.Body = capture.NewBody([]byte(`{"a":[` + strings.Repeat("1,", 12000) + `2],"b":1}`))
	p := newPane(t, Deps{}, 80, 24, false)
	drain(p, p.Show(ex))
	open := p.sheet().gutter(&p.sheet().page)
	p.FoldAll()
	if folded := p.sheet().gutter(&p.sheet().page); folded != open || folded != 6 {
		t.Errorf("the gutter is %d wide, folded %d; want 6", open, folded)
	}
	if rows := ansi.Strip(p.View(true)); !strings.Contains(rows, "12005   \"b\": 1") {
		t.Errorf("the last rows have no number of their own:\n%s", rows)
	}
}

// What is chosen for the lines of a body is not for the sentences about a
// signature, which cannot be read cut.
func TestWrapIsForBodies(t *testing.T) {
	ex := stripe()
	ex.Request.Body = capture.NewBody([]byte(`{"a":"` + strings.Repeat("x", 200) + `"}`))
	p := newPane(t, Deps{}, 40, 24, false)
	drain(p, p.Show(ex))
	p.ToggleWrap()
	drain(p, p.Open(Signature))
	if !p.sheet().wrap {
		t.Error("the Signature tab is not wrapped")
	}
	p.ToggleWrap()
	drain(p, p.Open(Body))
	if p.sheet().wrap {
		t.Error("a key in the Signature tab wrapped the body")
	}
	p.ToggleWrap()
	if !p.sheet().wrap {
		t.Error("the body cannot be wrapped again")
	}
}
