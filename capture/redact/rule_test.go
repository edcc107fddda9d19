package redact

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

func scan(t *testing.T, rules ...Rule) *Scan {
	t.Helper()
	r, err := New(Config{Rules: rules, Key: []byte("k")})
	if err != nil {
		t.Fatal(err)
	}
	return r.Scan()
}

// TestRules: each kind of rule hides what it names, and nothing else.
func TestRules(t *testing.T) {
	const doc = `{"customer":{"email":"joe@firm.io","age":41,"tags":["a","b"]},"items":[{"email":"x@y.io"},{"email":"joe@firm.io"}],"note":"order 12-3456 for joe","vip":true,"none":null}`
	for _, tt := range []struct {
		rule Rule
		want string // with joe's and x's address as J and X
	}{
		{Rule{Pointer: "/customer/email"}, strings.Replace(doc, "joe@firm.io", "J", 1)},
		{Rule{Pointer: "/items/*/email"}, strings.Replace(strings.Replace(doc, `[{"email":"x@y.io"},{"email":"joe@firm.io"}]`, `[{"email":"X"},{"email":"J"}]`, 1), "", "", 1)},
		{Rule{Pointer: "/items/1/email"}, strings.Replace(doc, `},{"email":"joe@firm.io"`, `},{"email":"J"`, 1)},
		{Rule{Pointer: "/customer/mail"}, doc},
		{Rule{Pointer: "/none"}, doc},
		{Rule{Pointer: "/vip"}, strings.Replace(doc, "true", "false", 1)},
		{Rule{Key: "EMAIL"}, strings.NewReplacer("joe@firm.io", "J", "x@y.io", "X").Replace(doc)},
		{Rule{Key: "*mail"}, strings.NewReplacer("joe@firm.io", "J", "x@y.io", "X").Replace(doc)},
		{Rule{Key: "mail"}, doc},
		{Rule{Header: "email"}, doc},
		{Rule{Query: "email"}, doc},
		{Rule{Pattern: `\w+@\w+\.io`}, strings.NewReplacer("joe@firm.io", "J", "x@y.io", "X").Replace(doc)},
	} {
		s := scan(t, tt.rule)
		out, _ := s.Body([]capture.Field{{Name: "Content-Type", Value: "application/json"}}, []byte(doc))
		got := strings.NewReplacer(placeholder([]byte("k"), "joe@firm.io"), "J", placeholder([]byte("k"), "x@y.io"), "X").Replace(string(out))
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%+v: %s", tt.rule, diff)
		}
		if !json.Valid(out) {
			t.Errorf("%+v: not JSON: %s", tt.rule, out)
		}
		if (len(s.Hits()) > 0) != (got != doc) {
			t.Errorf("%+v: hits %v", tt.rule, s.Hits())
		}
	}
}

// TestRuleGroup: the first group of a pattern is hidden, the rest stays.
func TestRuleGroup(t *testing.T) {
	s := scan(t, Rule{Name: "orders", Pattern: `order (\d+)-`})
	out, _ := s.Body(nil, []byte("order 12-3456, order 7-1"))
	if !regexp.MustCompile(`^order \d\d-3456, order \d-1$`).Match(out) || strings.Contains(string(out), "order 12-") {
		t.Errorf("%s", out)
	}
	if diff := cmp.Diff(map[Hit]int{{"orders", "body"}: 2}, s.Hits()); diff != "" {
		t.Error(diff)
	}
}

func TestRuleForFieldsAndQuery(t *testing.T) {
	s := scan(t, Rule{Header: "x-user*"}, Rule{Query: "user"}, Rule{Header: "cookie"})
	fields := s.Fields([]capture.Field{{Name: "X-User-Id", Value: "42"}, {Name: "Accept", Value: "user"}, {Name: "Cookie", Value: "a=b"}})
	if fields[0].Value == "42" || fields[1].Value != "user" || fields[2].Value == "a=b" || fields[2].Value == mask {
		t.Errorf("%v", fields)
	}
	target := s.Target("/a?user=joe&users=2")
	if strings.Contains(target, "joe") || !strings.HasPrefix(target, "/a?user=redacted-") || !strings.HasSuffix(target, "&users=2") {
		t.Error(target)
	}
}

func TestWrongRules(t *testing.T) {
	for want, r := range map[string]Rule{
		"redact 1: set one of pointer, key, header, query, pattern":           {},
		"redact 1: set one of pointer, key, header, query, pattern ":          {Key: "a", Query: "b"},
		`redact 1: pointer "a/b" does not begin with /`:                       {Pointer: "a/b"},
		`redact 1: key "[a": a bracket or a backslash is not closed`:          {Key: "[a"},
		`redact 1: pointer "/a~2": ~ is written ~0 in it`:                     {Pointer: "/a~2"},
		`redact 1: pointer "/a~": ~ is written ~0 in it`:                      {Pointer: "/a~"},
		"redact 1: pattern: error parsing regexp: missing closing ): `(a`":    {Pattern: "(a"},
		"redact 1: set one of pointer, key, header, query, pattern (by name)": {Name: "x"},
	} {
		if _, err := New(Config{Rules: []Rule{r}}); err == nil || !strings.HasPrefix(want, err.Error()) {
			t.Errorf("%+v: %v, want %s", r, err, want)
		}
	}
}

func TestCheckNamesTheKey(t *testing.T) {
	for _, tt := range []struct {
		r   Rule
		key string
	}{
		{Rule{}, ""},
		{Rule{Key: "a", Query: "b"}, "query"},
		{Rule{Pointer: "a"}, "pointer"},
		{Rule{Header: "[a"}, "header"},
		{Rule{Pattern: "("}, "pattern"},
	} {
		if key, err := tt.r.Check(); key != tt.key || err == nil {
			t.Errorf("%+v: %q, %v", tt.r, key, err)
		}
	}
	for _, r := range []Rule{{Pointer: "/a~0~1/*"}, {Pattern: "(a)"}, {Key: "*a*", Name: "x"}} {
		if key, err := r.Check(); key != "" || err != nil {
			t.Errorf("%+v: %q, %v", r, key, err)
		}
	}
}

// TestPlaceholders keep the kind of a value, are the same for the same value
// under one key, and another under another.
func TestPlaceholders(t *testing.T) {
	for value, shape := range map[string]string{
		"joe@firm.io":                          `^user-[0-9a-f]{8}@example\.com$`,
		"123e4567-e89b-12d3-a456-426614174000": `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$`,
		"https://firm.io/a?b":                  `^https://example\.com/redacted-[0-9a-f]{8}$`,
		"2026-01-31":                           `^20\d\d-\d\d-\d\d$`,
		"2026-01-31T10:11:12.5Z":               `^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.5Z$`,
		"+49 (30) 1234-56":                     `^\+\d\d \(\d\d\) \d{4}-\d\d$`,
		"-0.25":                                `^-0\.\d\d$`,
		"42":                                   `^[1-9]\d$`,
		"Joe":                                  `^redacted-[0-9a-f]{8}$`,
	} {
		got := placeholder([]byte("k"), value)
		if !regexp.MustCompile(shape).MatchString(got) || got == value {
			t.Errorf("%s became %s", value, got)
		}
		if again, other := placeholder([]byte("k"), value), placeholder([]byte("l"), value); again != got || other == got && value != "42" && value != "-0.25" {
			t.Errorf("%s: %s, again %s, under another key %s", value, got, again, other)
		}
	}
}

// TestNumbersStayNumbers, whatever hides them.
// A date becomes a date that there is, and a number one that begins with no zero, whatever
// they were.
func TestPlaceholdersOfManyValues(t *testing.T) {
	for i := range 500 {
		for value, layout := range map[string]string{
			fmt.Sprintf("2026-01-31T10:11:%02dZ", i%60): time.RFC3339, fmt.Sprintf("%04d-01-31", 1500+i): time.DateOnly, fmt.Sprintf("2026-01-31 10:%02d:00", i%60): time.DateTime,
		} {
			got := placeholder([]byte("k"), value)
			if at, err := time.Parse(layout, got); err != nil || at.Year() < 2000 || at.Year() > 2099 || at.Format(layout) != got {
				t.Errorf("%s became %s: %v", value, got, err)
			}
		}
		for _, value := range []string{fmt.Sprint(100 + i), fmt.Sprint(-100 - i), fmt.Sprintf("%d.5", 10+i)} {
			got := placeholder([]byte("k"), value)
			if strings.Trim(got, "+-")[0] == '0' || len(got) != len(value) {
				t.Errorf("%s became %s", value, got)
			}
		}
		if got := placeholder([]byte("k"), fmt.Sprintf("0.%03d", i)); !strings.HasPrefix(got, "0.") || len(got) != 5 {
			t.Errorf("0.%03d became %s", i, got)
		}
	}
}

func TestNumbersStayNumbers(t *testing.T) {
	for _, doc := range []string{`{"otp":123456}`, `{"password":-1.5e+3}`, `{"age":41}`, `{"age":0}`, `{"age":1E2}`, `{"age":0.5}`} {
		out, _ := scan(t, Rule{Key: "age"}).Body(nil, []byte(doc))
		var v map[string]any
		if err := json.Unmarshal(out, &v); err != nil || string(out) == doc {
			t.Errorf("%s became %s: %v", doc, out, err)
		}
		for _, x := range v {
			if _, ok := x.(float64); !ok {
				t.Errorf("%s became %s", doc, out)
			}
		}
	}
}

// TestSkip: a hit that is switched off is shown, the others are not.
func TestSkip(t *testing.T) {
	r, err := New(Config{Skip: map[Hit]bool{{byName, `body "token"`}: true, {byName, "Cookie"}: true, {"github-pat", "body"}: true}})
	if err != nil {
		t.Fatal(err)
	}
	s := r.Scan()
	out, _ := s.Body(nil, []byte(`{"token":"a1","password":"b2"}`))
	if string(out) != `{"token":"a1","password":"***"}` {
		t.Errorf("%s", out)
	}
	if f := s.Fields([]capture.Field{{Name: "Cookie", Value: "a=b"}, {Name: "X-Api-Key", Value: "c"}}); f[0].Value != "a=b" || f[1].Value != mask {
		t.Errorf("%v", f)
	}
}

// TestKnown: a secret of the configuration is hidden however it is escaped.
func TestKnown(t *testing.T) {
	r, err := New(Config{Known: []string{`a&b"c/d e`, "short", "six666"}})
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		`x a&b"c/d e y`:            "x *** y",
		"/p?v=a%26b%22c%2Fd+e":     "/p?v=***",
		`{"v":"a&b\"c/d e"}`:       `{"v":"***"}`,
		`<v>a&amp;b&#34;c/d e</v>`: `<v>***</v>`,
		"short":                    "short",
		"a six666 b":               "a *** b",
	} {
		if out, _ := r.Scan().Body(nil, []byte(in)); string(out) != want {
			t.Errorf("%s is shown as %s", in, out)
		}
	}
}

// What a pattern hides in a URL is said to be there.
func TestPatternInAURL(t *testing.T) {
	s := scan(t, Rule{Name: "joe", Pattern: "joe"})
	s.Target("/of/joe?x")
	if want := map[Hit]int{{Rule: "joe", Where: "URL"}: 1}; !cmp.Equal(s.Hits(), want) {
		t.Errorf("%v, want %v", s.Hits(), want)
	}
}

// A number has as many digits as before, other ones, and begins with no zero that was not
// there.
func TestDigits(t *testing.T) {
	for _, tt := range []struct {
		v, sum, want string
	}{
		{"90.05", "\x0a\x14\x03\x0e", "70.34"},
		{"-12", "\x05\x00", "-50"},
		{"+0.25", "\x09\x01\x02", "+0.12"},
		{"0.25", "\x0a\x00\x00", "0.00"},
		{"1234", "\x01\x02\x0d", "1231"},
		{"1e5", "\xff\x08", "5e8"},
		{"", "\x01", ""},
	} {
		if got := digitsLike(tt.v, []byte(tt.sum)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.v, got, tt.want)
		}
	}
}
