package filter_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"creel/capture"
	"creel/capture/filter"
)

// clause is a part of a filter, and what it says written the slow way.
type clause struct {
	text string
	is   func(ex *capture.Exchange) bool
}

// statusClauses compare a status with a number in every way.
func statusClauses(n int) []clause {
	status := func(is func(s int) bool) func(*capture.Exchange) bool {
		return func(ex *capture.Exchange) bool { return ex.Reply.Status != 0 && is(ex.Reply.Status) }
	}
	return []clause{
		{fmt.Sprintf("status:%d", n), status(func(s int) bool { return s == n })},
		{fmt.Sprintf("status:>%d", n), status(func(s int) bool { return s > n })},
		{fmt.Sprintf("status:>=%d", n), status(func(s int) bool { return s >= n })},
		{fmt.Sprintf("status:<%d", n), status(func(s int) bool { return s < n })},
		{fmt.Sprintf("status:<=%d", n), status(func(s int) bool { return s <= n })},
		{fmt.Sprintf("status:%d..%d", n, n+1), status(func(s int) bool { return n <= s && s <= n+1 })},
		{fmt.Sprintf("status:%dxx", n/100), status(func(s int) bool { return s/100 == n/100 })},
		{fmt.Sprintf("status:%dx", n/10), status(func(s int) bool { return s/10 == n/10 })},
	}
}

func textClauses(word string) []clause {
	return []clause{
		{"method:" + word, func(ex *capture.Exchange) bool { return strings.EqualFold(ex.Request.Method, word) }},
		{"body:" + word, func(ex *capture.Exchange) bool {
			b, _ := ex.Request.Body.Bytes(context.Background())
			return strings.Contains(strings.ToLower(string(b)), strings.ToLower(word))
		}},
		{"path:/" + word, func(ex *capture.Exchange) bool {
			return ex.Request.Target == "/"+word || strings.HasPrefix(ex.Request.Target, "/"+word+"/")
		}},
		{"is:pinned", func(ex *capture.Exchange) bool { return ex.Pinned }},
	}
}

// TestAgainstSlow holds filters of clauses that are joined, negated and in
// parentheses against the same written out, at the ends of every range.
func TestAgainstSlow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.SampledFrom([]int{100, 199, 200, 201, 299, 300, 399, 400, 401, 404, 409, 410, 499, 500, 501, 599})
		word := rapid.SampledFrom([]string{"a", "b", "ab", "POST", "get"})
		ex := &capture.Exchange{
			Request: capture.Request{
				Method: rapid.SampledFrom([]string{"GET", "POST", "a"}).Draw(t, "method"),
				Target: rapid.SampledFrom([]string{"/a", "/a/b", "/ab", "/b", "/"}).Draw(t, "target"),
				Body:   capture.NewBody([]byte(rapid.SampledFrom([]string{"", "a", "xAb", "post"}).Draw(t, "body"))),
			},
			Reply:  capture.Reply{Status: rapid.OneOf(rapid.Just(0), number).Draw(t, "status")},
			Pinned: rapid.Bool().Draw(t, "pinned"),
		}
		var text string
		var want bool
		for i := range rapid.IntRange(1, 4).Draw(t, "clauses") {
			c := rapid.SampledFrom(append(statusClauses(number.Draw(t, "n")), textClauses(word.Draw(t, "word"))...)).Draw(t, "clause")
			is := c.is(ex)
			if rapid.Bool().Draw(t, "negated") {
				c.text, is = "-"+c.text, !is
			}
			switch {
			case i == 0:
				text, want = c.text, is
			case rapid.Bool().Draw(t, "or"):
				text, want = "("+text+") OR "+c.text, want || is
			default:
				text, want = "("+text+") "+c.text, want && is
			}
		}
		f, err := filter.Parse(text, filter.Screen)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got := f.Match(ex, &filter.Env{Now: now}); got != want {
			t.Fatalf("%s of %s %s %q %d pinned %v: %v, want %v", text, ex.Request.Method, ex.Request.Target, "…", ex.Reply.Status, ex.Pinned, got, want)
		}
	})
}
