package redact_test

import (
	"bytes"
	"compress/gzip"
	"slices"
	"testing"

	"creel/capture"
	"creel/capture/redact"
)

// The known secrets of an exchange are found in all its parts, as they are spelled
// there, and no other is named.
func TestKnownIn(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte(`{"word":"in gzip-secret!"}`))
	z.Close()
	ex := &capture.Exchange{
		Note: "the note-secret!",
		Request: capture.Request{
			Target: "/x?a=the%20url%2Fsecret", Fields: []capture.Field{{Name: "Content-Encoding", Value: "gzip"}, {Name: "X-A", Value: "a field-secret!"}},
			Body: capture.NewBody(packed.Bytes()),
		},
		Reply: capture.Reply{Body: capture.NewBody([]byte(`{"word":"a \"quoted\" secret"}`))},
		Attempts: []*capture.Attempt{{
			Changes: []string{"X-B: change-secret!"}, Err: "dial: error-secret!", Reply: capture.Reply{Body: capture.NewBody([]byte("\x00\x01response-secret!"))},
		}},
	}
	want := []string{"note-secret!", "the url/secret", "gzip-secret!", "field-secret!", `a "quoted" secret`, "change-secret!", "error-secret!", "response-secret!"}
	r, err := redact.New(redact.Config{Known: append(want, "not-there-secret!")})
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.KnownIn(t.Context(), ex)
	if err != nil || len(got) != len(want) {
		t.Fatalf("%q %v", got, err)
	}
	again, err := redact.New(redact.Config{Known: got})
	if err != nil {
		t.Fatal(err)
	}
	shown, err := again.Exchange(t.Context(), ex)
	if err != nil {
		t.Fatal(err)
	}
	if left, err := r.KnownIn(t.Context(), shown); err != nil || len(left) != 0 {
		t.Errorf("%q is left, %v", left, err)
	}
	if slices.Contains(got, "not-there-secret!") {
		t.Error("a secret is named that is not there")
	}
}
