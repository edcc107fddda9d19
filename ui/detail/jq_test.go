package detail

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"creel/capture"
	"creel/ui/uitest/keys"
)

func TestJQ(t *testing.T) {
	p := newPane(t, stripeDeps(), 80, 14, false)
	drain(p, p.Show(stripe()))
	cmd, ok := p.JQ()
	if !ok {
		t.Fatal("there is a body, but no jq")
	}
	drain(p, cmd)
	typeIn(p, ".data.object | .amount_paid, .lines.data[].id")
	looksLike(t, "jq", p)
	typeIn(p, " |")
	looksLike(t, "jq-wrong", p)
	if _, ok := p.Back(); !ok || p.jq.shown || p.sheet() != &p.sheets[Body] {
		t.Error("back does not end jq")
	}
	drain(p, p.Open(Headers))
	if _, ok := p.JQ(); ok {
		t.Error("jq over no body")
	}
}

func TestJQIsStopped(t *testing.T) {
	p := newPane(t, Deps{}, 80, 14, false)
	drain(p, p.Show(stripe()))
	cmd, _ := p.JQ()
	drain(p, cmd)
	p.jq.text = "[range(1e12)]"
	cmd = p.runJQ()
	p.jq.text = ".type"
	newer := p.runJQ() // ends the one before
	drain(p, cmd)
	drain(p, newer)
	if got := ansi.Strip(p.View(false)); !strings.Contains(got, `1 "invoice.paid"`) {
		t.Errorf("got\n%s", got)
	}
}

func TestJQKeepsNumbers(t *testing.T) {
	p := newPane(t, Deps{}, 80, 14, false)
	ex := stripe()
	ex.Request.Body = capture.NewBody([]byte(`{"n":9223372036854775808,"f":1e400}`))
	drain(p, p.Show(ex))
	cmd, _ := p.JQ()
	drain(p, cmd)
	typeIn(p, ".n, .f")
	if got := ansi.Strip(p.View(false)); !strings.Contains(got, "9223372036854775808") {
		t.Errorf("the number is not what was sent:\n%s", got)
	}
}

// Enter that was pressed while an expression ran closes the field when it ends,
// unless one typed on.
func TestJQIsTakenWhenItEnds(t *testing.T) {
	p := newPane(t, Deps{}, 80, 14, false)
	drain(p, p.Show(stripe()))
	p.JQ()
	typeIn(p, ".typ")
	run := p.Update(tea.KeyPressMsg{Text: "e", Code: 'e'})
	p.Update(keys.Press("enter"))
	if !p.Typing() {
		t.Fatal("the field closed while the expression ran")
	}
	next := p.Update(tea.KeyPressMsg{Text: "s", Code: 's'})
	drain(p, run)
	drain(p, next)
	if !p.Typing() {
		t.Error("the field closed while one typed")
	}
	next = p.Update(keys.Press("backspace"))
	p.Update(keys.Press("enter"))
	drain(p, next)
	if p.Typing() || !p.jq.shown {
		t.Error("the field did not close when the expression ended")
	}
}

// The page that an expression gave says which one, where there is room, and nothing of
// lines below it when there are none.
func TestJQInForceIsShown(t *testing.T) {
	for w := 30; w < 120; w++ {
		p := newPane(t, stripeDeps(), w, 14, false)
		drain(p, p.Show(stripe()))
		cmd, _ := p.JQ()
		drain(p, cmd)
		typeIn(p, ".type")
		drain(p, p.Update(keys.Press("enter")))
		text := ansi.Strip(p.View(true))
		if strings.Contains(text, "↓") || w >= widePane && !strings.Contains(text, "jq .type") {
			t.Errorf("%d wide:\n%s", w, text)
		}
	}
}
