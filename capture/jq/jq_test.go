package jq

import (
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
		{".", `123456789012345678901234567890`, "error stopped after 0 bytes of results"},
		{".[]", `["12345678"]`, `"12345678"`}, // exactly at the limit
		{".[]", `["123456789"]`, "error stopped after 0 bytes of results"},
		{".[]", `[12345,678901]`, "12345 error stopped after 5 bytes of results"},
		{"repeat(1)", `1`, strings.Repeat("1 ", 10) + "error stopped after 10 bytes of results"},
		{"def f: f; f", `1`, "error stopped after 200ms"},
		{"[range(1e12)]", `1`, "error stopped after 200ms"},
		{`"x" * 1e6`, `1`, "error stopped after 0 bytes of results"},
		{"reduce range(90) as $i (1; [.,.])", `1`, "error stopped after 0 bytes of results"},
		{"reduce range(90) as $i (1; {a:.,b:.})", `1`, "error stopped after 0 bytes of results"},
		{"reduce range(12) as $i (9; .*.)", `1`, "error stopped after 0 bytes of results"},
		{`[1,2,"a"], {a:1}`, `1`, `[1,2,"a"] error stopped after 9 bytes of results`},
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
		if err == nil || !strings.Contains(err.Error(), "stopped after 0 bytes") {
			t.Errorf("%.20s... %v", out, err)
		}
	}
	for _, wrong := range []string{".a[", "nosuch"} {
		if _, err := Parse(wrong); err == nil {
			t.Errorf("%s is accepted", wrong)
		}
	}
}
