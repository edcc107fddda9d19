package ui_test

import (
	"testing"

	"creel/capture/reply"
	"creel/forward"
	"creel/ui/uitest"
)

// r with a request that was sent nowhere yet goes where the rules forward it, and only
// then to the target of its path; the last line says so before.
func TestResendAsksTheRules(t *testing.T) {
	url, came, answer := slowApp(t)
	rules := reply.NewRules(reply.Source{CheckURL: forward.CheckURL}, nil)
	for _, text := range []string{ // each goes before the others
		"[[rule]]\nname = 'fits'\nmatch = 'provider:stripe'\nforward = ['" + url + "/by-rule']\n",
		"[[rule]]\nname = 'other'\nmatch = 'path:/nowhere'\nforward = ['http://127.0.0.1:1/other']\n",
		"[[rule]]\nname = 'off'\nenabled = false\nforward = ['http://127.0.0.1:1/off']\n",
	} {
		if err := rules.Add(text); err != nil {
			t.Fatal(err)
		}
	}
	w := newWorld(t, 120, 40)
	d := w.deps()
	d.Rules, d.Targets = rules, forwardTo(t, url+"/default")
	w.Screen = uitest.New(t, d, 120, 40)
	w.arrive(t, samples(1)...)
	w.has(t, "/by-rule")
	sent := w.Hold(func() { w.Press("r") })
	if got := <-came; got != "POST /by-rule" {
		t.Errorf("it went to %s", got)
	}
	answer <- 200
	sent.End()

	// Where the first rule that fits does something else, the targets hold.
	if err := rules.Replace(2, rules.List()[2].Text, "[[rule]]\nname = 'fits'\nmatch = 'provider:stripe'\nreply = { status = 503 }\n"); err != nil {
		t.Fatal(err)
	}
	w.arrive(t, samples(1)...)
	w.Press("G")
	w.has(t, "/default")
	sent = w.Hold(func() { w.Press("r") })
	if got := <-came; got != "POST /default" {
		t.Errorf("it went to %s", got)
	}
	answer <- 200
	sent.End()
}
