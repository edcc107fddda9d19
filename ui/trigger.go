package ui

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/export"
	"creel/capture/provider"
	"creel/capture/safe"
	"creel/capture/words"
	"creel/forward"
	"creel/ui/overlay"
)

// sampleTimeout is how long creel waits for its own reply to a sample: longer than any hold.
const sampleTimeout = 5 * time.Minute

func (m *Model) trigger() {
	m.stack.Open(overlay.NewTrigger(m.theme, overlay.TriggerSpec{
		Samples: m.deps.Providers.Samples(), Sample: m.sendSample, Empty: m.sendEmpty, Curl: m.askCurl,
	}))
}

func (m *Model) sendSample(name, event string) tea.Cmd {
	ctx, url, set := m.ctx, m.deps.Config.URL, m.deps.Providers
	o := provider.SampleOptions{Event: event, Now: m.now, Rand: rand.Reader, URL: cmp.Or(m.public, url)}
	sent := m.sentOwn("the sample of " + strings.TrimSpace(name+" "+event))
	return func() tea.Msg {
		s, err := set.Sample(ctx, name, o)
		if err != nil {
			return did{err: err}
		}
		if err := sendOwn(ctx, url, s.Request); err != nil {
			return did{err: fmt.Errorf("sample %s %s: %w", name, event, err)}
		}
		return did{what: cmp.Or(s.Note, sent)}
	}
}

func (m *Model) sendEmpty() tea.Cmd {
	ctx, url, sent := m.ctx, m.deps.Config.URL, m.sentOwn("the request")
	return func() tea.Msg {
		return did{what: sent, err: sendOwn(ctx, url, &capture.Request{
			Method: "POST", Target: "/", Proto: "HTTP/1.1", Fields: []capture.Field{{Name: "Content-Length", Value: "0"}},
		})}
	}
}

// askCurl asks for a curl command, and the terminal for its clipboard; few give it.
func (m *Model) askCurl() tea.Cmd {
	m.stack.Open(overlay.NewCurl(m.theme, func(text string) (safe.Text, error) {
		list, err := export.Read([]byte(text), m.now)
		if err != nil {
			return safe.Text{}, err
		}
		first := &list[0].Request
		if n := len(list); n > 1 {
			return safe.Linef("%d requests, the first: %s %s", n, first.Method, first.Target), nil
		}
		return safe.Linef("%s %s, %s", first.Method, first.Target, words.Size(first.Body.Size())), nil
	}, m.sendCurl))
	return tea.ReadClipboard
}

func (m *Model) sendCurl(text string) tea.Cmd {
	ctx, url, now, sent := m.ctx, m.deps.Config.URL, m.now, m.sentOwn("the request")
	return func() tea.Msg {
		list, err := export.Read([]byte(text), now)
		for _, ex := range list {
			err = errors.Join(err, sendOwn(ctx, url, &ex.Request))
		}
		return did{what: sent, err: err}
	}
}

// sentOwn says that a request was sent to creel itself, where the screen does not go to it by itself.
func (m *Model) sentOwn(what string) string {
	switch {
	case m.list.Follow():
		return ""
	case m.inDetail: // where G goes to the end of the body
		return what + " was sent"
	}
	return what + " was sent: G goes to it"
}

// sendOwn sends a request to creel itself, as a sender would. The reply stands in its row.
func sendOwn(ctx context.Context, url string, req *capture.Request) error {
	to, err := forward.Exactly(url + req.Target)
	if err != nil {
		return err
	}
	to.Insecure = true // its certificate may be self-signed
	s := &forward.Sender{Timeout: sampleTimeout}
	defer s.Close()
	if a := s.Send(ctx, req, to); a.Cause != "" && ctx.Err() == nil {
		return fmt.Errorf("%s: %s", a.Cause, a.Err)
	}
	return nil
}
