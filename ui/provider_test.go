package ui_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"creel/capture"
	"creel/capture/provider"
	"creel/capture/ring"
	"creel/ui"
	"creel/ui/engine"
	"creel/ui/uitest"
)

// newProviderWorld is a world that knows providers, and that sends samples to a
// server which captures nothing but tells what came.
func newProviderWorld(t *testing.T, change func(*ui.Deps)) (w *world, came func() []*http.Request) {
	var mu sync.Mutex
	var list []*http.Request
	came = func() []*http.Request {
		mu.Lock()
		defer mu.Unlock()
		return list
	}
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(strings.NewReader(string(b)))
		mu.Lock()
		defer mu.Unlock()
		list = append(list, r)
	}))
	t.Cleanup(srv.Close)
	set, err := provider.New(provider.Config{})
	if err != nil {
		t.Fatal(err)
	}
	w = &world{ring: ring.New(capture.Bounds{}), now: noon}
	d := w.deps()
	d.Providers, d.Config.URL, d.Config.ConfigFile = engine.Providers{Set: set, Ring: w.ring}, srv.URL, "~/.config/creel/config.toml"
	if change != nil {
		change(&d)
	}
	w.Screen = uitest.New(t, d, 100, 30)
	return w, came
}

func TestTriggerSendsASample(t *testing.T) {
	w, came := newProviderWorld(t, nil)
	w.Press("t")
	w.has(t, "send a sample to creel")
	w.Type("github issues")
	w.Press("enter")
	w.has(t, "GitHub: signed with a secret of creel")
	if len(came()) != 1 || came()[0].Header.Get("X-GitHub-Event") != "issues" || came()[0].Header.Get("X-Hub-Signature-256") == "" || came()[0].URL.Path != "/github" {
		t.Errorf("%v came", came())
	}
	w.arrive(t, samples(2)...)
	w.hasNot(t, "G goes to it")
	w.Press("k", "t")
	w.Type("empty request")
	w.Press("enter")
	w.has(t, "the request was sent: G goes to it")
	w.Press("enter", "t")
	w.Type("empty request")
	w.Press("enter")
	w.has(t, "the request was sent")
	w.hasNot(t, "G goes to it")
	if n := len(came()); n != 3 || came()[1].ContentLength != 0 || came()[1].Method != "POST" {
		t.Errorf("%v came", came())
	}
}

func signedStripe(t *testing.T, secret string) *capture.Exchange {
	t.Helper()
	set, err := provider.New(provider.Config{})
	if err != nil {
		t.Fatal(err)
	}
	ex := samples(1)[0]
	signed, err := set.Sign(context.Background(), &ex.Request, provider.SignOptions{Provider: "stripe", Secret: secret, At: ex.At})
	if err != nil {
		t.Fatal(err)
	}
	ex.Request = *signed.Apply(&ex.Request)
	set.Identify(ex)
	return ex
}

func TestSecretFromTheSignatureTab(t *testing.T) {
	kept := map[string]string{}
	w, _ := newProviderWorld(t, func(d *ui.Deps) {
		d.KeepSecret = func(name, value string) error { kept[name] = value; return nil }
	})
	w.arrive(t, signedStripe(t, "whsec_1"), signedStripe(t, "whsec_2"))
	w.has(t, "no secret")
	w.Press("enter", "6")
	w.has(t, "asks for the secret")
	w.Press("enter")
	w.has(t, "what Stripe signs with")
	w.Type("whsec_1")
	w.has(t, "it does not fit #2")
	w.Press("backspace")
	w.Type("2")
	w.has(t, "it fits: the signature of #2 is valid")
	w.hasNot(t, "whsec_2")
	w.Press("tab", "tab", "space", "enter")
	w.Look()
	w.has(t, "secret for stripe taken, verdicts changed: 2, and kept")
	if kept["stripe"] != "whsec_2" {
		t.Errorf("kept %v", kept)
	}
	for id, want := range map[capture.ID]capture.Verdict{1: capture.Invalid, 2: capture.Valid} {
		if ex, _ := w.ring.Get(id); ex.Signature.Verdict != want {
			t.Errorf("%v: %+v, want %s", id, ex.Signature, want)
		}
	}
	w.Press("6", "enter")
	w.Type("whsec_3")
	w.Press("enter")
	w.Look()
	w.has(t, "secret for stripe taken")
	w.hasNot(t, "verdicts changed")
}

func TestSecretThatCannotBeKept(t *testing.T) {
	w, _ := newProviderWorld(t, func(d *ui.Deps) {
		d.KeepSecret = func(string, string) error { return errors.New("the disk is full") }
	})
	w.arrive(t, signedStripe(t, "whsec_1"))
	w.Press("enter", "6", "enter")
	w.Type("whsec_1")
	w.Press("tab", "tab", "space", "enter")
	w.Look()
	w.has(t, "the disk is full")
}

// lostProviders are those of another creel while the link to it is lost.
type lostProviders struct{ knownProviders }

type knownProviders = ui.Providers // as a field it would hide the method of that name

func (lostProviders) AddSecret(context.Context, provider.Secret) (int, error) {
	return 0, errors.New("the link is lost")
}

// A secret that is not taken is not said to be, and not kept.
func TestSecretThatIsNotTaken(t *testing.T) {
	kept := 0
	w, _ := newProviderWorld(t, func(d *ui.Deps) {
		d.Providers = lostProviders{d.Providers}
		d.KeepSecret = func(string, string) error { kept++; return nil }
	})
	w.arrive(t, signedStripe(t, "whsec_1"))
	w.Press("enter", "6", "enter")
	w.Type("whsec_1")
	w.Press("tab", "tab", "space", "enter")
	w.has(t, "the link is lost")
	w.hasNot(t, "taken")
	if kept > 0 {
		t.Error("it is kept all the same")
	}
}

func TestSubscriptionIsConfirmedOnlyWhenAsked(t *testing.T) {
	w, came := newProviderWorld(t, nil)
	ex := samples(1)[0]
	ex.Sender = capture.Sender{Provider: "aws-sns", Event: "SubscriptionConfirmation"}
	ex.Request.Body = capture.NewBody([]byte(`{"Type":"SubscriptionConfirmation","SubscribeURL":"https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=1"}`))
	w.arrive(t, ex)
	w.Press("enter", "6")
	w.has(t, "confirms the subscription, after asking")
	w.Press("enter")
	w.has(t, "confirm this subscription?")
	w.has(t, "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=1")
	w.Press("n")
	w.hasNot(t, "confirm this subscription?")
	if len(came()) > 0 {
		t.Error("something was fetched")
	}
}

// In the Signature tab enter does what its page says, and the last line names that.
func TestEnterInTheSignatureTab(t *testing.T) {
	const confirm = "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=1"
	for _, c := range []struct {
		sender, body string
		verdict      capture.Verdict
		says, label  string // of the page, and of the last line
		opens        string
	}{
		{"aws-sns", `{"Type":"SubscriptionConfirmation","SubscribeURL":"` + confirm + `"}`, "", "confirms the subscription, after asking", "enter confirm", "confirm this subscription?"},
		{"aws-sns", `{"Type":"SubscriptionConfirmation","SubscribeURL":"https://example.com/"}`, "", "does nothing: SubscribeURL is not an address of Amazon SNS", "r resend", ""},
		{"notion", `{"verification_token":"secret_x"}`, "", "keeps the secret that came with it", "enter secret", "use this secret"},
		{"zoom", `{"event":"endpoint.url_validation","payload":{"plainToken":"p"}}`, "", "asks for the secret: to answer this creel needs the secret: --secret zoom=VALUE", "enter secret", "use this secret"},
		{"stripe", "{}", capture.NoSecret, "asks for the ", "enter secret", "use this secret"},
		{"stripe", "{}", capture.Invalid, "asks for the ", "enter secret", "use this secret"},
		{"twilio", "{}", capture.NoSecret, " and the public URL", "enter secret", "use this secret"},
		{"own", "{}", capture.NoSecret, "asks for the secret", "enter secret", "no known provider sends this"},
		{"stripe", "{}", capture.Valid, "", "enter secret", "use this secret"},
	} {
		w, _ := newProviderWorld(t, nil)
		ex := samples(1)[0]
		ex.Request.Target, ex.Request.Body = "/h", capture.NewBody([]byte(c.body))
		ex.Sender, ex.Signature = capture.Sender{Provider: c.sender}, capture.Signature{Verdict: c.verdict}
		w.arrive(t, ex)
		w.Press("enter", "6")
		what := fmt.Sprintf("%s, %q, %.20s", c.sender, c.verdict, c.body)
		if text := w.Text(); !strings.Contains(text, c.says) || strings.Contains(text, "\n enter  ") == (c.says == "") || !strings.Contains(text, c.label) || strings.Contains(text, "enter secret") != (c.label == "enter secret") {
			t.Errorf("%s: not %q and %q:\n%s", what, c.says, c.label, text)
		}
		w.Press("enter")
		if text := w.Text(); !strings.Contains(text, c.opens) || c.opens == "" && strings.Contains(text, "use this secret") {
			t.Errorf("%s: enter does not open %q:\n%s", what, c.opens, text)
		}
	}
}

// The first time a URL is asked for, the second time it goes where it went.
func TestSendTwice(t *testing.T) {
	url, bodies := app(t, 200)
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(1)...)
	twice := func() {
		w.Press("ctrl+p")
		w.Type("send twice")
		w.Press("enter")
		w.Look()
	}
	twice()
	w.has(t, "send #1 twice to")
	w.Type(url)
	w.Press("enter")
	for n := 2; n <= 4; n += 2 {
		w.Look()
		w.has(t, "#1 sent twice: 200 OK, then 200 OK")
		if ex, _ := w.ring.Get(1); len(ex.Attempts) != n || len(bodies()) != n {
			t.Errorf("%d attempts, %d bodies, want %d", len(ex.Attempts), len(bodies()), n)
		}
		twice()
	}
}

func TestDevKey(t *testing.T) {
	var set *provider.Set
	w, _ := newProviderWorld(t, func(d *ui.Deps) {
		set = d.Providers.(engine.Providers).Set
		d.DevKey = set.NewDevKey
	})
	ex := samples(1)[0]
	ex.Request.Fields = append(ex.Request.Fields,
		capture.Field{Name: "X-Signature-Ed25519", Value: strings.Repeat("ab", 64)},
		capture.Field{Name: "X-Signature-Timestamp", Value: "1"})
	ex.Sender, ex.Signature = capture.Sender{Provider: "discord"}, capture.Signature{Verdict: capture.NoSecret}
	w.arrive(t, ex)
	w.Press("enter", "6", "enter")
	w.has(t, "what Discord signs with")
	w.Press("ctrl+g")
	w.Look()
	w.has(t, "give this to the app as the public key of Discord")
	w.has(t, "copy the public key")
	if !set.HasSecret("discord") {
		t.Error("the key is not known")
	}
	if ex, _ := w.ring.Get(1); ex.Signature.Verdict != capture.NoSecret {
		t.Errorf("%+v: a development key says nothing of what Discord signs", ex.Signature)
	}
}

// A development key that cannot be made says why, and is none.
func TestDevKeyThatCannotBeMade(t *testing.T) {
	w, _ := newProviderWorld(t, func(d *ui.Deps) {
		d.DevKey = func(string) (provider.DevKey, error) { return provider.DevKey{}, os.ErrPermission }
	})
	ex := samples(1)[0]
	ex.Sender, ex.Signature = capture.Sender{Provider: "discord"}, capture.Signature{Verdict: capture.NoSecret}
	w.arrive(t, ex)
	w.Press("enter", "6", "enter", "ctrl+g")
	w.has(t, "permission denied")
	w.hasNot(t, "copy the public key")
}

// signedTwilio is a Twilio request for another URL than the one that it arrives at.
func signedTwilio(t *testing.T, url string) *capture.Exchange {
	t.Helper()
	set, err := provider.New(provider.Config{})
	if err != nil {
		t.Fatal(err)
	}
	sample, err := set.Sample(t.Context(), "twilio", provider.SampleOptions{
		Now: noon, Rand: strings.NewReader(strings.Repeat("random", 1000)), Secret: "right", Target: "/twilio", URL: url + "/twilio",
	})
	if err != nil {
		t.Fatal(err)
	}
	req := sample.Request
	req.Host = "127.0.0.1:4665"
	ex := &capture.Exchange{At: noon, State: capture.StateAnswered, Request: *req, Reply: capture.Reply{Status: 200}}
	set.Identify(ex)
	return ex
}

// A signature over the URL needs the public URL, too: the dialog says with which
// URL it was checked and takes another one, and so does the palette.
func TestPublicURL(t *testing.T) {
	w, _ := newProviderWorld(t, nil)
	w.arrive(t, signedTwilio(t, "https://hooks.example"))
	w.Press("6")
	w.has(t, "asks for the secret and the public URL")
	w.Press("enter")
	w.Type("right")
	w.has(t, "does not fit #1 with the URL http://127.0.0.1:4665/twilio")
	w.Press("shift+tab")
	w.Type("hooks.example")
	w.has(t, "a whole URL, such as")
	w.Press("enter")
	w.has(t, "what Twilio signs with")
	w.Press("ctrl+u")
	w.Type("https://hooks.example")
	w.has(t, "it fits: the signature of #1 is valid")
	w.Press("enter")
	w.Look()
	w.hasNot(t, "what Twilio signs with")
	if ex, _ := w.ring.Get(1); ex.Signature.Verdict != capture.Valid {
		t.Errorf("%+v", ex.Signature)
	}
	w.has(t, "hooks.example") // the header
	other := signedTwilio(t, "https://other.example")
	other.Signature.Verdict = capture.Invalid
	w.arrive(t, other)
	w.Press(":")
	w.Type("public")
	w.Press("enter")
	w.has(t, "public URL: what senders call")
	w.Type("https://other.example")
	w.Press("enter")
	w.Look()
	w.has(t, "senders call https://other.example; verdicts changed: 1")
	w.has(t, "creel  https://other.example")
}

// Where the secret is known, the public URL alone is enough.
func TestPublicURLAlone(t *testing.T) {
	w, _ := newProviderWorld(t, func(d *ui.Deps) {
		if _, err := d.Providers.AddSecret(t.Context(), provider.Secret{Provider: "twilio", Value: "right"}); err != nil {
			t.Fatal(err)
		}
	})
	ex := signedTwilio(t, "https://hooks.example")
	ex.Signature.Verdict = capture.Invalid
	w.arrive(t, ex)
	w.Press("6", "enter", "shift+tab")
	w.Type("https://hooks.example")
	w.has(t, "it fits")
	w.Press("enter")
	w.Look()
	if ex, _ := w.ring.Get(1); ex.Signature.Verdict != capture.Valid {
		t.Errorf("%+v", ex.Signature)
	}
}

// An export hides the secrets that the capture knows, whoever gave them to it.
func TestExportsHideSecretsOfOtherHands(t *testing.T) {
	t.Chdir(t.TempDir())
	var set engine.Providers
	w, _ := newProviderWorld(t, func(d *ui.Deps) { set = d.Providers.(engine.Providers) })
	ex := samples(1)[0]
	ex.Request.Target = "/blue-Horse_17/x"
	w.arrive(t, ex)
	if err := set.Set.AddSecret(provider.Secret{Provider: "stripe", Value: "blue-Horse_17"}); err != nil {
		t.Fatal(err)
	}
	w.Press("x", "c", "B", "x", "o")
	files, err := os.ReadDir(".")
	if err != nil || len(files) != 2 {
		t.Fatalf("files: %v, %v\n%s", files, err, w.Text())
	}
	for _, f := range files {
		if data, err := os.ReadFile(f.Name()); err != nil || strings.Contains(string(data), "Horse") || len(data) == 0 {
			t.Errorf("%s: %v %s", f.Name(), err, data)
		}
	}
}

// The first screen says for whom signatures are checked: by title, and once for a sender
// that signs in several ways.
func TestFirstScreenNamesCheckedProviders(t *testing.T) {
	w, _ := newProviderWorld(t, func(d *ui.Deps) {
		for _, name := range []string{"github", "stripe"} {
			if _, err := d.Providers.AddSecret(t.Context(), provider.Secret{Provider: name, Value: "whsec_1"}); err != nil {
				t.Fatal(err)
			}
		}
	})
	for row := range strings.Lines(w.Text()) {
		if at, ok := strings.CutPrefix(strings.TrimSpace(row), "Signatures"); ok {
			if got := strings.TrimSpace(at); got != "checked for Stripe, GitHub" && got != "checked for GitHub, Stripe" {
				t.Error(got)
			}
			return
		}
	}
	t.Error(w.Text())
}
