package control

import (
	"strings"
	"testing"

	"creel/capture"
)

// Lines are kept up to the bound, the oldest leave first, and a line is made once.
func TestLinesAreBounded(t *testing.T) {
	var l lines
	body := capture.NewBody([]byte(strings.Repeat("x", inlineBody)))
	var all []*capture.Exchange
	for i := range maxLines/inlineBody + 10 {
		ex := &capture.Exchange{ID: capture.ID(i + 1), Request: capture.Request{Body: body}}
		all = append(all, ex)
		text, ok := l.of(t.Context(), ex)
		if !ok || !strings.HasPrefix(string(text), `{"exchange":{`) || !strings.HasSuffix(string(text), "}\n") {
			t.Fatalf("%.30q %v", text, ok)
		}
		if again, _ := l.of(t.Context(), ex); &again[0] != &text[0] {
			t.Fatal("it is made twice")
		}
		if l.size > maxLines || len(l.texts) != len(l.order) {
			t.Fatalf("%d bytes, %d and %d lines", l.size, len(l.texts), len(l.order))
		}
	}
	if l.texts[all[0]] != nil || l.texts[all[len(all)-1]] == nil {
		t.Error("not the oldest leaves")
	}
}
