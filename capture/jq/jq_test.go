package jq

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestRun(t *testing.T) {
	limits := Limits{Time: 200 * time.Millisecond, Output: 10}
	for _, tt := range []struct{ expr, body, want string }{
		{".a", `{"a":1}`, "1"},
		{".a", "\ufeff{\"a\":1}", "1"},
		{".a", `{"a":1} {"a":2}`, "1 2"},
		{".", `{"a":1`, "error the body is not JSON: unexpected EOF"},
		{".a", `{"a":1} x`, "1 error the body is not JSON: invalid character 'x' looking for beginning of value"},
		{".a.b", `{"a":1}`, "error expected an object but got: number (1)"},
		{"empty", `1`, ""},
		{".", `123456789012345678901234567890`, "error the result is too large: over 10 B"},
		{".[]", `["12345678"]`, `"12345678"`}, // exactly at the limit
		{".[]", `["123456789"]`, "error the result is too large: over 10 B"},
		{".[]", `[12345,678901]`, "12345 error stopped after 5 bytes of results"},
		{"repeat(1)", `1`, strings.Repeat("1 ", 10) + "error stopped after 10 bytes of results"},
		{"def f: f; f", `1`, "error stopped after 200ms"},
		{"[range(1e12)]", `1`, "error stopped after 200ms"},
		{`"x" * 1e6`, `1`, "error the result is too large: over 10 B"},
		{"reduce range(90) as $i (1; [.,.])", `1`, "error the result is too large: over 10 B"},
		{"reduce range(90) as $i (1; {a:.,b:.})", `1`, "error the result is too large: over 10 B"},
		{"reduce range(12) as $i (9; .*.)", `1`, "error the result is too large: over 10 B"},
		{`[1,2,"a"], {a:1}`, `1`, `[1,2,"a"] error stopped after 9 bytes of results`},
		{`("x" * 3e5) | [match(""; "g")] | length`, `1`, "error stopped after 200ms"},
		{"last(repeat(1))", `1`, "error stopped after 200ms"},
	} {
		q, err := Parse(tt.expr)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		start := time.Now()
		for out, err := range q.Run(t.Context(), Values([]byte(tt.body)), limits) {
			if err != nil {
				got = append(got, "error "+err.Error())
				continue
			}
			got = append(got, string(out))
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s of %s: %s, want %s", tt.expr, tt.body, s, tt.want)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s: ended after %v", tt.expr, took)
		}
	}
	deep, err := Parse("reduce range(20000) as $i (1; [.])")
	if err != nil {
		t.Fatal(err)
	}
	for out, err := range deep.Run(t.Context(), Values([]byte("1")), Limits{Time: time.Minute, Output: 1 << 20}) {
		if err == nil || !strings.Contains(err.Error(), "too large") {
			t.Errorf("%.20s... %v", out, err)
		}
	}
	for _, wrong := range []string{".a[", "nosuch"} {
		if _, err := Parse(wrong); err == nil {
			t.Errorf("%s is accepted", wrong)
		}
	}
}

// An expression that takes too much memory ends long before its time.
func TestMemory(t *testing.T) {
	limits := Limits{Time: time.Minute, Output: 10, Memory: 64 << 20}
	for _, expr := range []string{
		"[range(1e12)] | length",
		"reduce range(40) as $i ([1]; . + .) | length",
		"def f: f | f; f",
	} {
		q, err := Parse(expr)
		if err != nil {
			t.Fatal(err)
		}
		for out, err := range q.Run(t.Context(), Values([]byte("1")), limits) {
			if !errors.Is(err, errMemory) {
				t.Errorf("%s: %s, %v", expr, out, err)
			}
		}
	}
}

// A caller that takes no more, and one whose context ends, are not kept waiting.
func TestRunIsLeft(t *testing.T) {
	q, err := Parse("1, last(range(1e12))")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	mine := errors.New("mine")
	for out, err := range q.Run(ctx, Values([]byte("1")), Limits{Time: time.Minute, Output: 10}) {
		if err == nil {
			cancel(mine)
		} else if !errors.Is(err, mine) {
			t.Errorf("%s, %v", out, err)
		}
	}
	for range q.Run(t.Context(), Values([]byte("1")), Limits{Time: time.Minute, Output: 10}) {
		break
	}
}

// BenchmarkRun is what a filter costs for a small body. It must beat 100 µs.
func BenchmarkRun(b *testing.B) {
	q, err := Parse(".a > 1")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for range q.Run(b.Context(), Values([]byte(`{"a":1}`)), Limits{Time: time.Second, Output: 10}) {
		}
	}
}
