package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

func TestSize(t *testing.T) {
	for _, tt := range []struct {
		in, out string
		n       int64
	}{
		{"500", "500", 500},
		{"10k", "10k", 10_000},
		{"1.5M", "1500k", 1_500_000},
		{"2G", "2G", 2e9},
		{"10KiB", "10KiB", 10 << 10},
		{"32MiB", "32MiB", 32 << 20},
		{"1gib", "1GiB", 1 << 30},
		{"10 MB", "10M", 1e7},
		{"7B", "7", 7},
	} {
		var s size
		if err := s.Set(tt.in); err != nil || int64(s) != tt.n || s.String() != tt.out {
			t.Errorf("%q: %d %s %v", tt.in, int64(s), &s, err)
		}
	}
	for _, bad := range []string{"", "0", "k", "-1", "ten", "1T", "1e30", "NaN", "0x10G9"} {
		if err := new(size).Set(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// layerTest is what flags, environment and file say, and what comes of it.
type layerTest struct {
	name, file string
	env, flags map[string]string
	want       func(*options) any
	is         any
	err        string
}

var layerTests = []layerTest{
	{name: "default", want: func(o *options) any { return o.keep }, is: 10000},
	{name: "file", file: "keep = 5", want: func(o *options) any { return o.keep }, is: 5},
	{
		name: "environment over file", file: "keep = 5", env: map[string]string{"CREEL_KEEP": "6"},
		want: func(o *options) any { return o.keep }, is: 6,
	},
	{
		name: "flag over all", file: "keep = 5", env: map[string]string{"CREEL_KEEP": "6"}, flags: map[string]string{"keep": "7"},
		want: func(o *options) any { return o.keep }, is: 7,
	},
	{
		name: "a flag replaces a list", file: `forward = ["1", "2"]`, flags: map[string]string{"forward": "3"},
		want: func(o *options) any { return strings.Join(o.forward.values, " ") }, is: "3",
	},
	{
		name: "lines", env: map[string]string{"CREEL_LISTEN": ":1\n :2 \n"},
		want: func(o *options) any { return strings.Join(o.listen.values, " ") }, is: ":1 :2",
	},
	{
		name: "a history by flag outranks the memory of the environment", env: map[string]string{"CREEL_EPHEMERAL": "1"},
		flags: map[string]string{"history": "x"}, want: func(o *options) any { return o.ephemeral }, is: false,
	},
	{
		name: "memory by flag outranks the history of the file", file: `history = "x"`, flags: map[string]string{"ephemeral": "true"},
		want: func(o *options) any { return o.ephemeral }, is: true,
	},
	{
		name: "a relay by flag outranks the tunnel of the environment", env: map[string]string{"CREEL_TUNNEL": "ssh://a"},
		flags: map[string]string{"from": "https://b/x"}, want: func(o *options) any { return o.tunnel + " " + o.relay }, is: " https://b/x",
	},
	{
		name: "a tunnel by flag outranks the relay of the environment", env: map[string]string{"CREEL_FROM": "https://b/x"},
		flags: map[string]string{"tunnel": "ssh://a"}, want: func(o *options) any { return o.tunnel + " " + o.relay }, is: "ssh://a ",
	},
	{name: "a relay and a tunnel", flags: map[string]string{"tunnel": "ssh://a", "from": "https://b/x"}, err: "exclude"},
	{name: "both", flags: map[string]string{"history": "x", "ephemeral": "true"}, err: "exclude"},
	{name: "off", flags: map[string]string{"no-handshakes": "true"}, want: func(o *options) any { return o.handshakes.value }, is: "off"},
	{name: "bool", file: "insecure = true", want: func(o *options) any { return o.insecure }, is: true},
	{name: "certificate alone", flags: map[string]string{"cert": "x"}, err: "go together"},
	{name: "list for one", file: "keep = [1]", err: "config.toml:1:1: keep: takes one value"},
	{name: "unknown", file: "\n  kepe = 1", err: "config.toml:2:3: unknown key kepe: did you mean keep?"},
	{name: "underscores", file: "keep_bytes = 1", err: "did you mean keep-bytes?"},
	{name: "config in itself", file: `config = "x"`, err: "unknown key config"},
	{name: "table", file: "[keep]\nx = 1", err: "config.toml:1:2: keep: takes a text, a number, true or false"},
	{name: "both in the file", file: "history = 'x'\nephemeral = true", err: "config.toml:2:1: ephemeral and "},
	{name: "switch", file: `insecure = "yes"`, err: `config.toml:1:1: insecure: "yes" is neither true nor false`},
	{name: "switch in the environment", env: map[string]string{"CREEL_INSECURE": "yes"}, err: `CREEL_INSECURE: "yes" is neither true nor false`},
	{name: "no time", file: "hold-timeout = 0", err: "config.toml:1:1: hold-timeout: 0 is too short: it is more than 0"},
	{name: "a time without a unit", env: map[string]string{"CREEL_FORWARD_TIMEOUT": "5"}, err: `"5" is not a duration: write it like 300ms, 5s or 2m`},
	{name: "the least time", file: "hold-timeout = '1ns'", want: func(o *options) any { return o.holdTimeout }, is: time.Nanosecond},
	{name: "no bytes", env: map[string]string{"CREEL_MAX_BODY": "0"}, err: `"0" is too small`},
	{name: "the least bytes", env: map[string]string{"CREEL_MAX_BODY": "1"}, want: func(o *options) any { return o.maxBody }, is: size(1)},
	{name: "more than is kept", env: map[string]string{"CREEL_MAX_BODY": "1G"}, err: "CREEL_MAX_BODY 1G is more than --keep-bytes"},
	{name: "public URL", file: "public-url = 'x'", err: "config.toml:1:1: public-url x: want a whole URL"},
	{name: "near word", env: map[string]string{"CREEL_SIGN": "allways"}, err: `"allways" is not one of auto, always, never: did you mean always?`},
	{name: "no number", env: map[string]string{"CREEL_KEEP": "abc"}, err: `"abc" is not a whole number`},
}

func TestLayers(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.toml")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range layerTests {
		write(tt.file)
		o := newOptions()
		for name, v := range tt.flags {
			if err := o.set.Set(name, v); err != nil {
				t.Fatal(err)
			}
		}
		env := func(name string) (string, bool) {
			if name == "CREEL_CONFIG" {
				return file, true
			}
			v, ok := tt.env[name]
			return v, ok
		}
		err := o.load(env)
		switch {
		case tt.err != "":
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%s: %v does not say %q", tt.name, err, tt.err)
			}
		case err != nil:
			t.Errorf("%s: %v", tt.name, err)
		default:
			if diff := cmp.Diff(tt.is, tt.want(o)); diff != "" {
				t.Errorf("%s: %s", tt.name, diff)
			}
		}
	}
}

func TestParseSelection(t *testing.T) {
	for _, tt := range []struct {
		args []string
		ids  string
	}{
		{[]string{"412"}, "412"},
		{[]string{"#412", "@1", "7"}, "412 @1 7"},
		{[]string{"412", "stripe"}, ""},
		{[]string{"@"}, ""},
		{[]string{"0"}, ""},
		{[]string{"99999999999999999999"}, ""},
		{[]string{"@0"}, "!"},
		{[]string{"1", "#0"}, "!"},
		{[]string{"@99999999999999999999"}, "!"},
		{nil, ""},
	} {
		s, err := (&program{opts: newOptions()}).parseSelection(tt.args)
		if err != nil || tt.ids == "!" {
			if exit := (*exitError)(nil); tt.ids != "!" || !errors.As(err, &exit) || exit.code != exitUsage {
				t.Errorf("%q: %v", tt.args, err)
			}
			continue
		}
		var ids []string
		for _, ref := range s.ids {
			if ref.newest {
				ids = append(ids, fmt.Sprint("@", ref.n))
			} else {
				ids = append(ids, fmt.Sprint(ref.n))
			}
		}
		if got := strings.Join(ids, " "); got != tt.ids || (s.filter == nil) != (tt.ids != "") {
			t.Errorf("%q: ids %q, filter %v", tt.args, got, s.filter)
		}
	}
}

func TestExitCodes(t *testing.T) {
	for _, tt := range []struct {
		err  error
		code int
		says string
	}{
		{nil, 0, ""},
		{errors.New("a: b\nc"), 1, "creel: a: b; c\n"},
		{usagef("no"), 2, "creel: no\n"},
		{fmt.Errorf("x: %w", exitf(exitNoSuch, "no request")), 4, "creel: x: no request\n"},
		{&exitError{code: exitFailed}, 5, ""},
		{interrupted{syscall.SIGINT}, 130, ""},
		{errors.New(`"https://name:pw@h/a@b" and ftp://name:p:w@h`), 1, `creel: "https://***@h/a@b" and ftp://name:***@h` + "\n"},
		{errors.New("want ssh://[USER@]HOST, not ssh://me@h:22, http://h/x:y@z"), 1, "creel: want ssh://[USER@]HOST, not ssh://me@h:22, http://h/x:y@z\n"},
		{errors.New("\x1b]0;x\x07\u202e"), 1, "creel: ␛]0;x␇‹U+202E›\n"},
	} {
		var out strings.Builder
		if code := exitCode(&out, tt.err); code != tt.code || out.String() != tt.says {
			t.Errorf("%v: %d %q", tt.err, code, out.String())
		}
	}
}

// TestLinesAreAligned: what came has one width, so that the results stand below each
// other; a long path moves its own only.
func TestLinesAreAligned(t *testing.T) {
	at := func(target, provider, event string) int {
		return strings.Index(textLine(&capture.Exchange{
			ID: 1, At: time.Now(), Request: capture.Request{Method: "POST", Target: target},
			Sender: capture.Sender{Provider: provider, Event: event}, Reply: capture.Reply{Status: 503},
		}, paint{}), "  503 ")
	}
	short, long := at("/", "", ""), at("/"+strings.Repeat("x", whatWidth), "", "")
	if full := at("/stripe/hooks", "stripe", "invoice.paid"); short < 0 || full != short {
		t.Errorf("the results stand in columns %d and %d", short, full)
	}
	if long != short+1 {
		t.Errorf("after a path of %d characters the result stands in column %d, want %d", whatWidth+1, long, short+1)
	}
}

// TestLinesActOnNothing puts hostile bytes wherever a line of text has captured
// ones.
func TestLinesActOnNothing(t *testing.T) {
	const evil = "\x1b]52;c;eA==\x07\r\n\u009b2J\u202e\xff"
	ex := &capture.Exchange{
		ID: 1, Request: capture.Request{Method: evil, Target: evil + strings.Repeat("x", 1<<20)},
		Sender: capture.Sender{Provider: evil, Event: evil},
		Attempts: []*capture.Attempt{{
			To: evil, Cause: "refused", Err: evil, Reply: capture.Reply{Body: capture.NewBody([]byte(evil))},
		}},
	}
	for _, line := range []string{textLine(ex, paint{}), attemptLine("#1", ex.Attempts[0], paint{})} {
		if strings.ContainsAny(line, "\x1b\x07\r\n\u009b\u202e") || len(line) > 4096 {
			t.Errorf("%.500q", line)
		}
	}
}

func TestInterruptionIsNamed(t *testing.T) {
	for sig, want := range map[syscall.Signal]string{
		syscall.SIGINT: "interrupted by SIGINT", syscall.SIGTERM: "interrupted by SIGTERM", syscall.SIGHUP: "interrupted by SIGHUP",
	} {
		if got := (interrupted{sig}).Error(); got != want {
			t.Errorf("%v: %s", sig, got)
		}
	}
}
