package filter

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"creel/capture"
)

func mustParse(t *testing.T, text string) *Filter {
	t.Helper()
	f, err := Parse(text, Screen)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// is:failed is a reply of 500 or more, or the newest attempt without a response or
// with 400 or more.
func TestFailed(t *testing.T) {
	f := mustParse(t, "is:failed")
	attempt := func(status int, cause capture.Cause) *capture.Attempt {
		return &capture.Attempt{Reply: capture.Reply{Status: status}, Cause: cause}
	}
	for _, tt := range []struct {
		reply    int
		attempts []*capture.Attempt
		want     bool
	}{
		{499, nil, false},
		{500, nil, true},
		{200, []*capture.Attempt{attempt(399, "")}, false},
		{200, []*capture.Attempt{attempt(400, "")}, true},
		{200, []*capture.Attempt{attempt(0, capture.CauseRefused)}, true},
		{200, []*capture.Attempt{attempt(500, ""), attempt(200, "")}, false}, // only the newest counts
		{200, []*capture.Attempt{attempt(200, ""), attempt(500, "")}, true},
	} {
		ex := &capture.Exchange{Reply: capture.Reply{Status: tt.reply}, Attempts: tt.attempts}
		if got := f.Match(ex, &Env{}); got != tt.want {
			t.Errorf("reply %d, %d attempts: %v", tt.reply, len(tt.attempts), got)
		}
	}
}

func TestStatusClasses(t *testing.T) {
	for text, want := range map[string]map[int]bool{
		"status:4xx":       {399: false, 400: true, 499: true, 500: false},
		"status:5xx":       {499: false, 500: true, 599: true, 600: false},
		"status:>=400":     {399: false, 400: true},
		"status:>400":      {400: false, 401: true},
		"status:<=400":     {400: true, 401: false},
		"status:<400":      {399: true, 400: false},
		"status:400..404":  {399: false, 400: true, 404: true, 405: false},
		"status:500,4xx":   {500: true, 501: false, 404: true},
		"-status:4xx":      {404: false, 500: true},
		"not status:2xx":   {200: false, 500: true},
		"status:4xx or 5x": {404: true, 500: false},
	} {
		f := mustParse(t, text)
		for status, match := range want {
			ex := &capture.Exchange{Reply: capture.Reply{Status: status}}
			if got := f.Match(ex, &Env{}); got != match {
				t.Errorf("%s, %d: %v", text, status, got)
			}
		}
	}
}

// An empty filter asks for nothing and matches everything.
func TestEmptyFilter(t *testing.T) {
	for _, f := range []*Filter{nil, mustParse(t, ""), mustParse(t, "  ")} {
		if f.NeedsBody() || f.AsksAge() || !f.IsEmpty() || !f.Match(&capture.Exchange{}, &Env{}) {
			t.Errorf("%q is not empty", f.String())
		}
	}
	for text, want := range map[string][2]bool{"age:<5m": {false, true}, "body:x": {true, false}, "word": {true, false}, "status:200": {false, false}} {
		if f := mustParse(t, text); f.NeedsBody() != want[0] || f.AsksAge() != want[1] {
			t.Errorf("%s: body %v, age %v", text, f.NeedsBody(), f.AsksAge())
		}
	}
}

// A backslash makes only the quote that follows it a character, and two before a
// quote are one; all others stand for themselves.
func TestQuotes(t *testing.T) {
	ex := func(note string) *capture.Exchange { return &capture.Exchange{Note: note} }
	for text, want := range map[string]string{
		`"a \" b"`: `a " b`, `'it\'s'`: `it's`, `"a \' b"`: `a \' b`, `"a\\b"`: `a\\b`,
		`"a\\"`: `a\`, `"a\\\" b"`: `a\" b`, `"a\\\\"`: `a\\`, `'a\\'`: `a\`, `"a\\'"`: `a\\'`,
	} {
		if f := mustParse(t, text); !f.Match(ex(want), &Env{}) || f.Match(ex("a b"), &Env{}) {
			t.Errorf("%s does not match %s", text, want)
		}
	}
	if _, err := Parse(`"a\`, Screen); err == nil || !strings.Contains(err.Error(), "quote") {
		t.Errorf("a quote that does not end: %v", err)
	}
}

// Quote writes every value so that it is read back: that value matches, and one
// byte more does not.
func TestQuoteIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(
			rapid.StringOf(rapid.SampledFrom([]rune("\\\"'*,() :=->a\tß\n"))), rapid.String(),
		).Filter(func(s string) bool { return s != "" }).Draw(t, "value")
		text := "event:" + Quote(value) + " method:GET"
		f, err := Parse(text, Screen)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		ex := &capture.Exchange{Sender: capture.Sender{Event: value}, Request: capture.Request{Method: "GET"}}
		if !f.Match(ex, &Env{}) {
			t.Fatalf("%s does not match %q", text, value)
		}
		if ex.Sender.Event += "x"; f.Match(ex, &Env{}) {
			t.Fatalf("%s matches %q", text, ex.Sender.Event)
		}
		ex.Sender.Event = "x" + value
		if f.Match(ex, &Env{}) {
			t.Fatalf("%s matches %q", text, ex.Sender.Event)
		}
	})
}

// A glob begins and ends where the value does, in letters of any case and alphabet.
func TestGlobsCoverTheWholeValue(t *testing.T) {
	for _, tt := range []struct {
		glob, value string
		want        bool
	}{
		{"*paid", "invoice.paid", true},
		{"*paid", "invoice.paid.now", false},
		{"*paid", "id", false},
		{"invoice*", "invoice.paid", true},
		{"invoice*", "an invoice", false},
		{"*straße", "Hauptstraße", true},
		{"*straße", "Hauptstrasse", false},
		{"*ß", "x", false},
		{"a*a", "a", false},
		{"a*a", "aa", true},
	} {
		f := mustParse(t, "event:"+tt.glob)
		if got := f.Match(&capture.Exchange{Sender: capture.Sender{Event: tt.value}}, &Env{}); got != tt.want {
			t.Errorf("%s, %s: %v", tt.glob, tt.value, got)
		}
	}
}

// A text is found as it stands, whatever would have a meaning in a filter.
func TestTextsAsTheyStand(t *testing.T) {
	for _, text := range []string{`"amount":100`, `a * b`, `a\*b`, `it's`, `end\`, `-x`, `path:/x`, `or`, `(`, `a,b`, "a\tb"} {
		f, err := Text(strings.ToUpper(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		for body, want := range map[string]bool{"1" + text + "2": true, strings.ReplaceAll(text, "*", "-"): !strings.Contains(text, "*")} {
			ex := &capture.Exchange{Request: capture.Request{Method: "POST", Target: "/"}}
			if got := f.Match(ex, &Env{Body: func(*capture.Exchange) []byte { return []byte(body) }}); got != want {
				t.Errorf("%q in %q: %v", text, body, got)
			}
		}
	}
	for text, ok := range map[string]bool{"": false, strings.Repeat("x", maxText): true, strings.Repeat("x", maxText+1): false} {
		if _, err := Text(text); (err == nil) != ok {
			t.Errorf("a text of %d bytes: %v", len(text), err)
		}
	}
}
