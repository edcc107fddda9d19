package engine

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/capture/provider"
	"creel/capture/ring"
)

// public is the URL that the senders of the tests call.
const public = "https://hooks.example"

// delivered sends samples of providers, signed with secrets, to an engine.
func delivered(t *testing.T, e *Engine, secrets ...[2]string) {
	t.Helper()
	for _, s := range secrets {
		sample, err := e.Providers.Sample(t.Context(), s[0], provider.SampleOptions{Secret: s[1], URL: public + "/" + s[0], Rand: rand.Reader, Now: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		body, err := sample.Request.Body.Bytes(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequestWithContext(t.Context(), "POST", e.URL+"/"+s[0], strings.NewReader(string(body)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range sample.Request.Fields {
			req.Header.Add(f.Name, f.Value)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
}

func verdicts(e *Engine) (out []capture.Verdict) {
	for _, ex := range e.Ring.Snapshot() {
		out = append(out, ex.Signature.Verdict)
	}
	return out
}

// A secret or the public URL that is set later changes the verdicts that it concerns, and
// the changes are counted.
func TestVerdictsAreRenewed(t *testing.T) {
	e, err := Open(t.Context(), testConfig(t))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	delivered(t, e, [2]string{"stripe", "whsec_a"}, [2]string{"stripe", "whsec_b"}, [2]string{"github", "c"}, [2]string{"twilio", "d"})
	p := Providers{e.Providers, e.Ring}
	none, valid, invalid := capture.NoSecret, capture.Valid, capture.Invalid
	if d := cmp.Diff([]capture.Verdict{none, none, none, none}, verdicts(e)); d != "" {
		t.Error(d)
	}
	for _, c := range []struct {
		provider, secret string
		changed          int
		want             []capture.Verdict
	}{
		{"stripe", "whsec_x", 2, []capture.Verdict{invalid, invalid, none, none}},
		{"stripe", "whsec_a", 1, []capture.Verdict{valid, invalid, none, none}},
		{"stripe", "whsec_b", 1, []capture.Verdict{valid, valid, none, none}},
		{"github", "c", 1, []capture.Verdict{valid, valid, valid, none}},
		{"github", "c", 0, []capture.Verdict{valid, valid, valid, none}},
	} {
		n, err := p.AddSecret(t.Context(), provider.Secret{Provider: c.provider, Value: c.secret})
		if d := cmp.Diff(c.want, verdicts(e)); err != nil || n != c.changed || d != "" {
			t.Errorf("%s %s: %d changed, %v %s", c.provider, c.secret, n, err, d)
		}
	}
	if n, err := p.AddSecret(t.Context(), provider.Secret{Provider: "twilio", Value: "d"}); n != 1 || err != nil || verdicts(e)[3] != invalid {
		t.Errorf("signed for another URL: %d changed, %v, %v", n, err, verdicts(e))
	}
	if n, err := p.SetPublicURL(t.Context(), public); n != 1 || err != nil || verdicts(e)[3] != valid {
		t.Errorf("signed for the public URL: %d changed, %v, %v", n, err, verdicts(e))
	}
	if n, err := p.SetPublicURL(t.Context(), "nope"); n != 0 || err == nil {
		t.Errorf("no URL: %d changed, %v", n, err)
	}
	if _, err := p.AddSecret(t.Context(), provider.Secret{Provider: "nobody", Value: "x"}); err == nil {
		t.Error("a secret of no provider was taken")
	}
}

// evicted has no body any more.
type evicted struct{}

func (evicted) Body(context.Context, capture.BodyRef) ([]byte, error) { return nil, capture.ErrEvicted }

// What has to be hidden in a list are the secrets that stand there, each once.
func TestSecretsInAList(t *testing.T) {
	e, err := Open(t.Context(), testConfig(t))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for _, body := range []string{"nothing", "blue-Horse_17 and green-Horse_18", "again blue-Horse_17"} {
		resp, err := http.Post(e.URL, "text/plain", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	p, list := Providers{e.Providers, e.Ring}, e.Ring.Snapshot()
	gone := &capture.Exchange{ID: 9, Request: capture.Request{Body: capture.StoredBody(evicted{}, 1, 10)}}
	for _, secret := range []string{"", "green-Horse_18", "blue-Horse_17", "not-there_19"} {
		if secret != "" {
			if _, err := p.AddSecret(t.Context(), provider.Secret{Provider: "stripe", Value: secret}); err != nil {
				t.Fatal(err)
			}
		}
		var want []string
		if secret != "" {
			want = []string{"green-Horse_18"}
		}
		if secret != "" && secret != "green-Horse_18" {
			want = []string{"blue-Horse_17", "green-Horse_18"}
		}
		if got, err := p.SecretsIn(t.Context(), append(slices.Clone(list), gone)); err != nil || !slices.Equal(got, want) {
			t.Errorf("after %q: %q %v, want %q", secret, got, err, want)
		}
	}
	if got, err := p.SecretsIn(t.Context(), list[:1]); err != nil || len(got) != 0 {
		t.Errorf("%q %v", got, err)
	}
}

// Of two secrets that are set at once the verdicts of the later one stand: here the
// earlier one is still being explained when it comes.
func TestVerdictsOfTheLaterSecretStand(t *testing.T) {
	began, goOn := make(chan struct{}), make(chan struct{})
	var first sync.Once
	set, err := provider.New(provider.Config{Decode: func(b []byte, _ []capture.Field) ([]byte, []string) {
		first.Do(func() { close(began); <-goOn })
		return b, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	r := ring.New(capture.Bounds{})
	mac := hmac.New(sha256.New, []byte("right"))
	mac.Write([]byte("{}"))
	ex, err := r.Submit(&capture.Exchange{
		Request: capture.Request{Method: "POST", Target: "/", Body: capture.NewBody([]byte("{}")), Fields: []capture.Field{
			{Name: "X-GitHub-Event", Value: "push"}, {Name: "X-Hub-Signature-256", Value: fmt.Sprintf("sha256=%x", mac.Sum(nil))},
		}},
		Sender: capture.Sender{Provider: "github"}, Signature: capture.Signature{Verdict: capture.NoSecret},
	}).Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p := Providers{Set: set, Ring: r}
	ended := make(chan error, 2)
	add := func(secret string) {
		_, err := p.AddSecret(t.Context(), provider.Secret{Provider: "github", Value: secret})
		ended <- err
	}
	go add("wrong")
	<-began
	go add("right")
	select {
	case err := <-ended: // it did not wait for the other
		ended <- err
	case <-time.After(100 * time.Millisecond):
	}
	close(goOn)
	if err := errors.Join(<-ended, <-ended); err != nil {
		t.Fatal(err)
	}
	if got, _ := r.Get(ex.ID); got.Signature.Verdict != capture.Valid {
		t.Errorf("the request is %s", got.Signature.Verdict)
	}
}
