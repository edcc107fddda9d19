package ui_test

import (
	"context"
	"errors"
	"io"
	"testing"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/forward"
	"creel/ui"
)

// fetching fetches nothing, and notes what it was asked for.
type fetching struct {
	ui.Resender
	a    capture.Attempt
	err  error
	urls []string
}

func (f *fetching) Fetch(_ context.Context, url string) (capture.Attempt, error) {
	f.urls = append(f.urls, url)
	return f.a, f.err
}

// A subscription is confirmed by fetching its URL once, and what came of that is said.
func TestSubscriptionIsConfirmed(t *testing.T) {
	const confirm = "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=1"
	for want, f := range map[string]*fetching{
		"the subscription is confirmed: 200": {a: capture.Attempt{Reply: capture.Reply{Status: 200}}},
		"confirm: 403":                       {a: capture.Attempt{Reply: capture.Reply{Status: 403}}},
		"confirm: dns no such host":          {a: capture.Attempt{Cause: capture.CauseDNS, Err: "no such host"}},
		"confirm: the link is lost":          {err: errors.New("the link is lost")},
	} {
		w, _ := newProviderWorld(t, func(d *ui.Deps) {
			f.Resender = &forward.Resender{Sender: &forward.Sender{}}
			d.Resender = f
		})
		ex := samples(1)[0]
		ex.Sender = capture.Sender{Provider: "aws-sns", Event: "SubscriptionConfirmation"}
		ex.Request.Body = capture.NewBody([]byte(`{"Type":"SubscriptionConfirmation","SubscribeURL":"` + confirm + `"}`))
		w.arrive(t, ex)
		w.Press("enter", "6", "enter", "y")
		w.has(t, want)
		if len(f.urls) != 1 || f.urls[0] != confirm {
			t.Errorf("%q: fetched %q", want, f.urls)
		}
	}
}

// A curl command that is pasted is sent to creel, whoever it was for.
func TestCurlIsSentToCreel(t *testing.T) {
	w, came := newProviderWorld(t, nil)
	paste := func(text string) {
		w.Press("t")
		w.Type("curl from")
		w.Press("enter")
		w.has(t, "send a curl command to creel")
		w.Send(tea.PasteMsg{Content: text})
	}
	paste("curl -X PUT -H 'X-A: 1' -d 'a=b' 'https://example.invalid/hook?x=%2F'")
	w.has(t, "PUT /hook?x=%2F, 3 B")
	w.Press("enter")
	if n := len(came()); n != 1 {
		t.Fatalf("%d came", n)
	}
	r := came()[0]
	if body, _ := io.ReadAll(r.Body); r.Method != "PUT" || r.RequestURI != "/hook?x=%2F" || r.Header.Get("X-A") != "1" || string(body) != "a=b" {
		t.Errorf("%s %s %v %q came", r.Method, r.RequestURI, r.Header, body)
	}
	paste("curl https://example.invalid/1\ncurl https://example.invalid/2\n")
	w.has(t, "2 requests, the first: GET /1")
	w.Press("enter")
	if n := len(came()); n != 3 || came()[1].RequestURI != "/1" || came()[2].RequestURI != "/2" {
		t.Errorf("%d came", n)
	}
	paste("curl --nosuch x")
	w.has(t, "nosuch")
	w.Press("enter", "esc")
	if n := len(came()); n != 3 {
		t.Errorf("%d came", n)
	}
}
