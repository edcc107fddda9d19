package ui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"creel/capture"
	"creel/capture/ring"
	"creel/forward"
)

// A filter that asks for the age drops by itself what has become too old, and so
// does the count of a saved one.
func TestFiltersFollowTheTime(t *testing.T) {
	now := time.Date(2026, 11, 23, 13, 37, 0, 0, time.UTC)
	r := ring.New(capture.Bounds{})
	m := New(t.Context(), Deps{
		Ring: r, Targets: &forward.Targets{}, Log: &Log{}, Now: func() time.Time { return now }, Environ: []string{},
		Views: []View{
			{Name: "recent", Filter: "age:<1m"},
			{Name: "old", Filter: "age:>=1m"},
			{Name: "young body", Filter: "body:x age:<1m"},
			{Name: "old body", Filter: "age:>=1m body:x"},
			{Name: "body", Filter: "body:x"},
		},
	})
	m.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	for _, age := range []time.Duration{50 * time.Second, 0} {
		if _, err := r.Submit(&capture.Exchange{
			At: now.Add(-age), State: capture.StateAnswered, Request: capture.Request{Body: capture.NewBody([]byte("x"))},
		}).Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	settle(m, m.Refresh())
	for _, c := range "/age:<1m" {
		m.Update(tea.KeyPressMsg{Code: c, Text: string(c)})
	}
	m.Update(tea.KeyPressMsg{Code: tea.KeyEnter})
	for _, tt := range []struct {
		after         time.Duration
		filter, views string
	}{
		{0, "2 of 2", "recent 2 · old 0 · young body 2 · old body 0 · body 2"},
		{20 * time.Second, "1 of 2", "recent 1 · old 1 · young body 1 · old body 1 · body 2"},
		{ageTime - 1, "1 of 2", "recent 1 · old 1 · young body 1 · old body 1 · body 2"},
		{40 * time.Second, "0 of 2", "recent 0 · old 2 · young body 0 · old body 2 · body 2"},
	} {
		now = now.Add(tt.after)
		_, cmd := m.Update(ticked{})
		settle(m, cmd)
		if text := ansi.Strip(m.View().Content); !strings.Contains(text, tt.filter) || !strings.Contains(text, tt.views) {
			t.Errorf("not %q and %q:\n%s", tt.filter, tt.views, text)
		}
	}
}

// settle runs a command and gives the screen what comes of it.
func settle(m *Model, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			settle(m, c)
		}
	default:
		_, next := m.Update(msg)
		settle(m, next)
	}
}
