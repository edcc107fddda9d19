package filter

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"creel/capture"
)

// What a value of a number stands for, of each kind of number.
func TestBoundsOfNumbers(t *testing.T) {
	inf := math.Inf(1)
	for _, tt := range []struct {
		text string
		u    unit
		want bounds
		ok   bool
	}{
		{"5", counts, bounds{5, 5}, true},
		{"=5", counts, bounds{5, 5}, true},
		{">=5", counts, bounds{5, inf}, true},
		{"<=5", counts, bounds{-inf, 5}, true},
		{"5..7", counts, bounds{5, 7}, true},
		{"5..5", counts, bounds{5, 5}, true},
		{"7..5", counts, bounds{7, 5}, false},
		{"..7", counts, bounds{-inf, 7}, true},
		{"5..", counts, bounds{5, inf}, true},
		{"..", counts, bounds{-inf, inf}, false},
		{"", counts, bounds{}, false},
		{"-1", counts, bounds{}, false},
		{"5xx", counts, bounds{}, false},
		{"5xx", statuses, bounds{500, 599}, true},
		{"50X", statuses, bounds{500, 509}, true},
		{"xxx", statuses, bounds{}, false},
		{"5x", statuses, bounds{}, false},
		{"100", statuses, bounds{100, 100}, true},
		{"99", statuses, bounds{99, 99}, false},
		{"5s", spans, bounds{5e9, 5e9}, false},
		{">5s", spans, bounds{math.Nextafter(5e9, inf), inf}, true},
		{"<1.5d", spans, bounds{-inf, math.Nextafter(1.5*24*3600e9, -inf)}, true},
		{"<d", spans, bounds{-inf, 0}, false},
		{"<-5s", spans, bounds{}, false},
		{">0s", spans, bounds{math.Nextafter(0, inf), inf}, true},
		{"#7", ids, bounds{7, 7}, true},
		{"1kib", sizes, bounds{1024, 1024}, true},
		{"2MiB", sizes, bounds{2 << 20, 2 << 20}, true},
		{"1GiB", sizes, bounds{1 << 30, 1 << 30}, true},
		{"1kb", sizes, bounds{1000, 1000}, true},
		{"1MB", sizes, bounds{1e6, 1e6}, true},
		{"1gb", sizes, bounds{1e9, 1e9}, true},
		{"1.5k", sizes, bounds{1500, 1500}, true},
		{"1m", sizes, bounds{1e6, 1e6}, true},
		{"1G", sizes, bounds{1e9, 1e9}, true},
		{"7b", sizes, bounds{7, 7}, true},
		{"k", sizes, bounds{}, false},
		{"inf", sizes, bounds{}, false},
		{"1.2.3", sizes, bounds{}, false},
	} {
		if got, ok := parseBounds(tt.text, tt.u); ok != tt.ok || ok && got != tt.want {
			t.Errorf("%s %q: %v, %v, want %v", tt.u.what, tt.text, got, ok, tt.want)
		}
	}
	for d, want := range map[time.Duration]string{
		1234 * time.Nanosecond: "0s", 5 * time.Microsecond: "10µs", 12345 * time.Microsecond: "12.35ms", time.Second - time.Microsecond: "1s", time.Second: "1s", 1234 * time.Millisecond: "1.23s",
		time.Minute - time.Millisecond: "1m0s", time.Minute: "1m0s", 61234 * time.Millisecond: "1m1s",
	} {
		if got := showSpan(int64(d)); got != want {
			t.Errorf("%d is shown as %s, want %s", d, got, want)
		}
	}
	if showID(7) != "#7" || showSize(7) != "7 bytes" {
		t.Error(showID(7), showSize(7))
	}
	for f, want := range map[float64][2]int64{-1: {0, -1}, -0.5: {0, -1}, 0: {0, 0}, 0.5: {1, 0}, 1: {1, 1}, 1e300: {1 << 62, 1 << 62}} {
		if wholeAbove(f) != want[0] || wholeBelow(f) != want[1] {
			t.Errorf("%v lies between %d and %d, want %v", f, wholeBelow(f), wholeAbove(f), want)
		}
	}
}

// A word is near another when it is one edit away, or two letters are swapped.
func TestNearWords(t *testing.T) {
	words := []string{"status", "path", "id"}
	for _, w := range words {
		for i := range w {
			for edit, want := range map[string]bool{
				w[:i] + "z" + w[i+1:]: len(w) > 1, w[:i] + "z" + w[i:]: true, w[:i] + w[i+1:]: len(w) > 2, w[:i] + "zz" + w[i:]: false,
			} {
				if near(w, edit) != want || near(w, edit) != near(edit, w) {
					t.Errorf("%s and %s: %v", w, edit, near(w, edit))
				}
			}
			if i+1 < len(w) {
				swapped := w[:i] + w[i+1:i+2] + w[i:i+1] + w[i+2:]
				if !near(w, swapped) {
					t.Errorf("%s and %s are not near", w, swapped)
				}
			}
		}
	}
	for _, pair := range [][2]string{{"", ""}, {"a", "b"}, {"a", "ab"}, {"abcd", "badc"}, {"status", "path"}, {"abcd", "acdb"}, {"abc", "cba"}, {"path", "pxah"}, {"path", "ptxh"}, {"path", "paxy"}} {
		if near(pair[0], pair[1]) {
			t.Errorf("%q and %q are near", pair[0], pair[1])
		}
	}
	if !near("path", "path") {
		t.Error("the same word is not near")
	}
}

// Texts are found at the beginning, at the end and within, whatever the letters.
func TestNeedles(t *testing.T) {
	for _, tt := range []struct {
		pattern, value string
		prefix, suffix bool
	}{
		{"ab", "ABc", true, false},
		{"ab", "cAb", false, true},
		{"ab", "ab", true, true},
		{"ab", "a", false, false},
		{"ab", "", false, false},
		{"zoë", "ZOËx", true, false},
		{"zoë", "xZoË", false, true},
		{"zoë", "zoe", false, false},
		{"ë", "", false, false},
		{"ëë", "ë", false, false},
		{"ë", "\xff", false, false},
	} {
		for text, want := range map[string]bool{tt.pattern + "*": tt.prefix, "*" + tt.pattern: tt.suffix} {
			f, err := Parse("header.x:"+text, Screen)
			if err != nil {
				t.Fatal(err)
			}
			ex := &capture.Exchange{Request: capture.Request{Fields: []capture.Field{{Name: "X", Value: tt.value}}}}
			if got := f.Match(ex, nil); got != want {
				t.Errorf("%q of %q: %v", text, tt.value, got)
			}
		}
	}
}

// A hit shows what surrounds it, and cuts no character.
func TestExcerpts(t *testing.T) {
	f, err := Parse("word", Screen)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", around)
	for text, want := range map[string]string{
		"a word b": "a word b", long + "1word2" + long: long[1:] + "1word2" + long[1:], "é" + long[1:] + "word" + long[1:] + "é": "é" + long[1:] + "word" + long[1:] + "é",
		"é" + long + "word": long + "word", "word": "word", "word" + long + "é": "word" + long,
		"\x80word\x80": "\x80word\x80",
	} {
		ex := &capture.Exchange{Note: text}
		hits := f.Hits(ex, nil)
		if len(hits) != 1 || hits[0].Text != want || hits[0].Place != "note" {
			t.Errorf("%q: %q, want %q", text, hits, want)
		}
	}
}

// A filter about an exchange lets it through, and says what is known of it.
func TestAbout(t *testing.T) {
	for _, tt := range []struct {
		ex   capture.Exchange
		want string
	}{
		{capture.Exchange{Request: capture.Request{Method: "POST", Target: "/a b?x=1"}, Sender: capture.Sender{Provider: "stripe", Event: "invoice.paid"}}, `path:"/a b" provider:stripe event:invoice.paid`},
		{capture.Exchange{Request: capture.Request{Method: "POST", Target: "/a"}}, "path:/a"},
		{capture.Exchange{Request: capture.Request{Method: "OPTIONS", Target: "*"}}, "method:OPTIONS"},
		{capture.Exchange{Request: capture.Request{Method: "OPTIONS", Target: "*"}, Sender: capture.Sender{Event: "push"}}, "event:push"},
		{capture.Exchange{}, ""},
	} {
		got := About(&tt.ex)
		f, err := Parse(got, Arrival)
		if err != nil || got != tt.want || !f.Match(&tt.ex, nil) {
			t.Errorf("%s, want %s: %v", got, tt.want, err)
		}
	}
	encoded := &capture.Exchange{Request: capture.Request{Target: "/%c3%A9/a%2fb"}}
	for text, want := range map[string]bool{
		"path:/é": true, "path:/%C3%a9": true, "path:*é/*": true, "path:=/é/a%2Fb": true, "path:/é/a": false, "path:/e": false,
	} {
		if f, err := Parse(text, Arrival); err != nil || f.Match(encoded, nil) != want {
			t.Errorf("%s matches %s: %v, %v", text, encoded.Request.Target, !want, err)
		}
	}
	if got := ExactPath("/a*b c"); got != `path:"=/a*b c"` {
		t.Error(got)
	}
}

// Where it was captured, who sent it, and how whole it is.
func TestWhereAndWho(t *testing.T) {
	ex := &capture.Exchange{
		At: time.Now().Add(-time.Hour), Origin: &capture.Origin{Node: "box-0123abcd", Short: "b"}, Attempts: []*capture.Attempt{{Who: "ana"}, {}},
		Request: capture.Request{Target: "/x", Host: "h", TLS: true, Truncated: true, Incomplete: true},
	}
	for text, want := range map[string]bool{
		"node:b": true, "node:box-*": true, "node:c": false, "node:": true, "who:ana": true, "who:ben": false, "who:": true, "is:truncated": true, "is:incomplete": true, "age:>59m": true, "age:>61m": false,
		`"https://h/x"`: true, `"http://h/x"`: false, "is:valid,": false,
	} {
		f, err := Parse(text, Screen)
		if err != nil {
			if text != "is:valid," {
				t.Errorf("%s: %v", text, err)
			}
			continue
		}
		if got := f.Match(ex, nil); got != want {
			t.Errorf("%s: %v", text, got)
		}
		if f.String() != text {
			t.Errorf("%s is written %s", text, f)
		}
		if none := f.Match(&capture.Exchange{}, nil); none && !strings.HasPrefix(text, "age:") {
			t.Errorf("%s matches nothing known", text)
		}
	}
	if (*Filter)(nil).String() != "" {
		t.Error("no filter has a text")
	}
	for text, want := range map[string]string{"a(b)c": "a(b)c", "(a(b c))": "", "event:x(y)": "x(y)"} {
		if f, err := Parse(text, Screen); err == nil && want != "" && fmt.Sprint(f.Words()) != "["+want+"]" && !f.Match(&capture.Exchange{Sender: capture.Sender{Event: want}}, nil) {
			t.Errorf("%s: %v", text, f.Words())
		}
	}
	if _, err := Parse(strings.Repeat("a", maxText), Screen); err != nil {
		t.Error(err)
	}
	if _, err := Parse(strings.Repeat("a", maxText+1), Screen); err == nil {
		t.Error("a filter that is too long is taken")
	}
}

// The body is asked for once, also when it is empty.
func TestBodyIsReadOnce(t *testing.T) {
	f, err := Parse("body:a or body:b or word", Screen)
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	f.Match(&capture.Exchange{}, &Env{Body: func(*capture.Exchange) []byte { calls++; return nil }})
	if calls != 1 {
		t.Errorf("it was read %d times", calls)
	}
}

// Which keys are known when a request arrives.
func TestKeysOfAnArrival(t *testing.T) {
	names := func(scope Scope) string {
		var out []string
		for _, c := range Keys(scope) {
			out = append(out, c.Text)
		}
		return strings.Join(out, " ")
	}
	if got := names(Arrival); got != "method: path: host: provider: event: delivery: query. header. type: body: size: try: jq: is:" {
		t.Errorf("on arrival: %s", got)
	}
	const all = "method: path: host: provider: event: delivery: query. header. type: body: status: attempt: size: took: age: id: node: who: try: jq: is:"
	for _, scope := range []Scope{Screen, History} {
		if got := names(scope); got != all {
			t.Errorf("scope %v: %s", scope, got)
		}
	}
}

// A hit of several texts shows the first, and the beginning where only a star is.
func TestExcerptsAroundStars(t *testing.T) {
	long := strings.Repeat("a", 40) + "ünd" + strings.Repeat("b", 40)
	mid := long[40-around : 40+len("ünd")+around]
	for pattern, want := range map[string]string{"*ünd*": mid, "**ünd": mid, "*": long[:2*around], "aaa*": long[:3+around]} {
		if got := excerpt(long, newPattern(pattern, true)); got != want {
			t.Errorf("%s: %q, want %q", pattern, got, want)
		}
	}
	if p := newPattern("a**b", true); !p.whole("a-b") || !p.within("xab") || p.whole("ab-") {
		t.Error("two stars are not one")
	}
}
