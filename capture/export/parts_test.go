package export

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/capture/ringtest"
)

// A part of an exchange has a body when there is such a part.
func TestBodiesOfParts(t *testing.T) {
	text := func(s string) capture.Body { return capture.NewBody([]byte(s)) }
	ex := &capture.Exchange{
		Request: capture.Request{Body: text("request")}, Reply: capture.Reply{Body: text("reply")},
		Attempts: []*capture.Attempt{
			{N: 2, SameBody: true, Body: text("not this"), Reply: capture.Reply{Body: text("response 2")}},
			{N: 3, Body: text("attempt 3"), Reply: capture.Reply{Body: text("response 3")}},
		},
	}
	for part, want := range map[BodyPart]string{
		{}: "request", {Response: true}: "reply", {Attempt: 2}: "request", {Attempt: 2, Response: true}: "response 2",
		{Attempt: 3}: "attempt 3", {Attempt: 3, Response: true}: "response 3", {Attempt: 1}: "", {Attempt: 4, Response: true}: "",
	} {
		body, ok := part.Body(ex)
		if got, err := body.Bytes(t.Context()); string(got) != want || ok != (want != "") || err != nil {
			t.Errorf("%+v: %q, %v, %v", part, got, ok, err)
		}
	}
}

// A format that is not known is an error that names all.
func TestUnknownFormat(t *testing.T) {
	_, err := Find("yaml")
	if want := `format: "yaml" is none of jsonl, `; err == nil || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), ", python") {
		t.Errorf("%v, want %s...", err, want)
	}
}

// without takes the members of bodies out of what a line holds.
func without(v any) any {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "body")
		delete(v, "body_encoding")
		for k := range v {
			v[k] = without(v[k])
		}
	case []any:
		for i := range v {
			v[i] = without(v[i])
		}
	}
	return v
}

// A line without bodies is the line without these members.
func TestLineWithoutBodies(t *testing.T) {
	ex := ringtest.Example(1)
	ex.Attempts[0].Body = capture.ForgottenBody(7)
	full, err := JSONLine(t.Context(), nil, ex)
	if err != nil {
		t.Fatal(err)
	}
	bare, err := JSONLineWithoutBodies(t.Context(), nil, ex)
	if err != nil {
		t.Fatal(err)
	}
	var want, got map[string]any
	if err := errors.Join(json.Unmarshal(full, &want), json.Unmarshal(bare, &got)); err != nil {
		t.Fatal(err)
	}
	if got["size"] == nil || got["sha256"] == nil || bytes.Contains(bare, []byte(`"body"`)) {
		t.Errorf("%s", bare)
	}
	if d := cmp.Diff(without(want), any(got)); d != "" {
		t.Error(d)
	}
}

type missing struct{}

var errMissing = errors.New("missing")

func (missing) Body(context.Context, capture.BodyRef) ([]byte, error) { return nil, errMissing }

// What cannot be read of an attempt, or of an exchange, is an error that names it.
func TestBodiesThatCannotBeRead(t *testing.T) {
	gone := capture.StoredBody(missing{}, 1, 3)
	_, err := JSONAttempt(t.Context(), nil, 412, &capture.Attempt{N: 2, Body: gone})
	if !errors.Is(err, errMissing) || !strings.HasPrefix(err.Error(), "encode attempt 2 of #412: ") {
		t.Error(err)
	}
	curl, err := Find("curl")
	if err != nil {
		t.Fatal(err)
	}
	for name, ex := range map[string]*capture.Exchange{
		"request": {Request: capture.Request{Body: gone}}, "reply": {Reply: capture.Reply{Body: gone}},
	} {
		if text, _, err := curl.One(t.Context(), ex, Options{}); !errors.Is(err, errMissing) {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

// A body that curl would ask for the permission to send, or that is in a file beside the
// command, is sent as it is.
func TestLargeBodiesOfCurl(t *testing.T) {
	curl, err := Find("curl")
	if err != nil {
		t.Fatal(err)
	}
	for size, want := range map[int]bool{1 << 20: false, 1<<20 + 1: true} {
		ex := &capture.Exchange{ID: 7, Request: capture.Request{Method: "POST", Target: "/", Host: "h", Body: capture.NewBody(bytes.Repeat([]byte("x"), size))}}
		text, _, err := curl.One(t.Context(), ex, Options{Aside: func(name string, data []byte) (string, error) {
			if name != "7.body" || len(data) != size {
				t.Errorf("%d bytes: %d in %s", size, len(data), name)
			}
			return "-" + name, nil
		}})
		if err != nil || strings.Contains(string(text), "Expect:") != want || !strings.Contains(string(text), "@./-7.body") {
			t.Errorf("%d bytes: %s, %v", size, text, err)
		}
	}
}
