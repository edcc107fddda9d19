package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// A sample goes to the URL that its signature covers: of Twilio's it has a digest of the
// body in it.
func TestSampleGoesWhereItIsSignedFor(t *testing.T) {
	var target, body string
	app := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		target, body = r.RequestURI, string(b)
	}))
	defer app.Close()
	p := inProcess(t, t.TempDir(), io.Discard, "trigger", "twilio", "--secret", "twilio=x", "--to", app.URL+"/hook?a=1&bodySHA256="+strings.Repeat("0", 64))
	if err := p.execute(t.Context()); err != nil {
		t.Fatal(err)
	}
	u, err := url.ParseRequestURI(target)
	sum := sha256.Sum256([]byte(body))
	if err != nil || u.Path != "/hook" || u.Query().Get("a") != "1" || u.Query().Get("bodySHA256") != hex.EncodeToString(sum[:]) || body == "" {
		t.Errorf("it went to %s with %q", target, body)
	}
}
