package tunnel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// probePath is where the self test asks; the token follows it.
const probePath = "/.well-known/creel-tunnel/"

// The pace of the self test: often at first, since a new name takes a few
// seconds to resolve, then now and then until it works.
const (
	probeTimeout = 5 * time.Second
	probeEvery   = time.Second
	probeSlowly  = 15 * time.Second
	probeQuick   = 20 // how many tries are quick
)

func probeClient() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// SelfTest returns the body that answers the tunnel's own self test, when that is
// what a request through it is. Such a request is not captured.
func (t *Tunnel) SelfTest(method, target string) (body string, ok bool) {
	if method != http.MethodGet || target != probePath+t.token {
		return "", false
	}
	return t.answer(), true
}

// answer is not the token itself: a service that echoes the path proves nothing.
func (t *Tunnel) answer() string {
	reversed := []byte(t.token)
	slices.Reverse(reversed)
	return "creel " + string(reversed)
}

// prove asks for each announced URL through the URL itself, until an answer comes
// back. Where the name cannot be reached from here, the word of the service is
// taken, and that of a relay, which keeps for itself how it is asked.
func (t *Tunnel) prove(ctx context.Context, announced <-chan string, vouched <-chan struct{}) {
	var url string
	var next <-chan time.Time
	tries, word := 0, false
	for {
		select {
		case <-ctx.Done():
			return
		case url = <-announced:
			tries = 0
		case <-vouched:
			word = true
		case <-next:
		}
		if url == "" {
			continue
		}
		if t.config.Spec.Kind == Relay {
			if word {
				t.up(false)
			}
			continue
		}
		next = nil
		err := t.probe(ctx, url)
		switch {
		case err == nil:
			t.up(true)
			continue // proven for this session, or until a new URL is announced
		case ctx.Err() != nil:
			return
		}
		tries++
		if answered, ok := errors.AsType[*answeredError](err); ok {
			t.set(func(s *Status) {
				if s.State == Announced {
					s.Reason = answered.Error()
				}
			})
		} else if word {
			t.up(false)
		}
		every := probeEvery
		if tries >= probeQuick {
			every = probeSlowly
		}
		next = time.After(every)
	}
}

// answeredError says that the URL is served by something else than this tunnel.
type answeredError struct{ status int }

func (e *answeredError) Error() string {
	return fmt.Sprintf("the URL answers %d, not through this tunnel", e.status)
}

func (t *Tunnel) probe(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+probePath+t.token, nil)
	if err != nil {
		return err
	}
	resp, err := t.config.Client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
	if err != nil {
		return err
	}
	if strings.TrimSpace(string(body)) != t.answer() {
		return &answeredError{resp.StatusCode}
	}
	return nil
}
