package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/words"
)

func TestImportRoom(t *testing.T) {
	bounds := capture.Bounds{Count: 10_000, Bytes: 256 << 20}
	for _, tt := range []struct {
		name  string
		room  importRoom
		n     int
		bytes int64
		want  string
	}{
		{"exactly full", importRoom{Bounds: bounds, kept: 10}, 9_990, 256 << 20, ""},
		{"one over", importRoom{Bounds: bounds, kept: 10}, 9_991, 1, "the history keeps 10,000: the oldest 1 would go; --keep 10001 keeps them"},
		{"many", importRoom{Bounds: bounds}, 100_000, 1, "the history keeps 10,000: the oldest 90,000 would go; --keep 100000 keeps them"},
		{"a byte over", importRoom{Bounds: bounds, used: 1}, 1, 256 << 20, "the history keeps 256MiB: the oldest would go, 1 bytes are too many; --keep-bytes 257MiB keeps them"},
		{"a running creel", importRoom{Bounds: bounds, live: true, kept: 9_999}, 2, 1, "the running creel keeps 10,000: the oldest 1 would go; starting it with --keep 10001 keeps them"},
	} {
		err := tt.room.check(tt.n, tt.bytes)
		if got := errorText(err); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestProgressShowsAfterASecond(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(0, 0)
	pr := &progress{w: &out, now: func() time.Time { return now }, what: "importing", total: 100_000, next: time.Unix(0, 0).Add(progressAfter)}
	for _, step := range []struct {
		at   time.Duration
		n    int
		want string
	}{
		{progressAfter - 1, 1, ""},
		{progressAfter, 99_999, "\rimporting 99,999 of 100,000, 99%"},
		{progressAfter + progressEvery - 1, 7, ""},
		{progressAfter + progressEvery, 7, "\rimporting 7 of 100,000, 0%      "},
	} {
		now = time.Unix(0, 0).Add(step.at)
		out.Reset()
		pr.at(step.n)
		if out.String() != step.want {
			t.Errorf("at %v: %q, want %q", step.at, out.String(), step.want)
		}
	}
	out.Reset()
	if pr.clear(); out.String() != "\r"+strings.Repeat(" ", 26)+"\r" {
		t.Errorf("cleared by %q", out.String())
	}
	out.Reset()
	if pr.clear(); out.Len() > 0 {
		t.Errorf("cleared twice by %q", out.String())
	}
	(&progress{now: time.Now}).at(5) // not a terminal
}

func TestDigits(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", -1000: "-1,000", -100: "-100", 1234567: "1,234,567"} {
		if got := words.Number(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}

func TestStoppableStopsWhileItWaits(t *testing.T) {
	cause := errors.New("stop")
	ctx, cancel := context.WithCancelCause(context.Background())
	r, w := io.Pipe()
	defer w.Close()
	go func() {
		_, _ = w.Write([]byte("abc"))
		cancel(cause)
	}()
	s := &stoppable{ctx: ctx, r: r}
	got, err := io.ReadAll(s)
	if !errors.Is(err, cause) || string(got) != "abc" && string(got) != "" {
		t.Errorf("%q, %v", got, err)
	}
}

// Whoever reads standard input ends with the signal, whatever has come by then.
func TestReadingStandardInputIsInterrupted(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(interrupted{syscall.SIGTERM})
	p := newProgram()
	p.stdin = r
	for name, read := range map[string]func() error{
		"a file":      func() error { return p.withFile(ctx, "-", nil) },
		"rules check": func() error { return p.checkRules(ctx, "-") },
	} {
		if code := exitCode(io.Discard, read()); code != 128+int(syscall.SIGTERM) {
			t.Errorf("%s: exit code %d", name, code)
		}
	}
}
