package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"

	"creel/capture"
	"creel/capture/filter"
	"creel/ui/compose"
	"creel/ui/theme"
)

// A size is written in the largest unit in which it is whole, of those that a flag takes.
func TestMebibytes(t *testing.T) {
	for n, want := range map[int64]string{1 << 30: "1 GiB", 3 << 30: "3 GiB", 3 << 29: "1536 MiB", 256 << 20: "256 MiB", 1 << 20: "1 MiB", 1<<20 - 1: "1048575 bytes", 0: "0 bytes"} {
		if got := mebibytes(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

// A terminal gets the colours that it has.
func TestColorsOfTerminals(t *testing.T) {
	for profile, want := range map[colorprofile.Profile]theme.Colors{
		colorprofile.TrueColor: theme.ColorsTrue, colorprofile.ANSI256: theme.Colors256, colorprofile.ANSI: theme.Colors16, colorprofile.ASCII: theme.Mono, colorprofile.NoTTY: theme.NoColors,
	} {
		if got := colorsOf(profile); got != want {
			t.Errorf("%v: %v, want %v", profile, got, want)
		}
	}
}

// An export writes over no file: it takes another name, and gives up when all are taken.
func TestNewFileTakesNoOther(t *testing.T) {
	dir := t.TempDir()
	base := filepath.Join(dir, "creel-1")
	for i := 1; i < 1000; i++ {
		want := base + ".curl"
		if i > 1 {
			want = fmt.Sprintf("%s.%d.curl", base, i)
		}
		if path, err := newFile(base, "curl", []byte("x")); err != nil || path != want {
			t.Fatalf("%s, %v; want %s", path, err, want)
		}
	}
	if path, err := newFile(base, "curl", nil); err == nil {
		t.Errorf("%s after a thousand", path)
	}
	if info, err := os.Stat(base + ".curl"); err != nil || info.Mode().Perm() != 0o600 || info.Size() != 1 {
		t.Errorf("%v, %v", info, err)
	}
	if _, err := newFile(filepath.Join(dir, "none", "x"), "curl", nil); err == nil || !strings.HasPrefix(err.Error(), "write: ") {
		t.Error(err)
	}
}

// A file is named after the first and the last of its requests.
func TestFileNames(t *testing.T) {
	var rows []*capture.Exchange
	for i, want := range []string{"creel", "creel-3", "creel-3-4", "creel-3-5"} {
		if i > 0 {
			rows = append(rows, &capture.Exchange{ID: capture.ID(i + 2)})
		}
		if got := fileName(rows); got != want {
			t.Errorf("%d requests: %s, want %s", i, got, want)
		}
	}
}

// The rate counts what came in this run, and what was evicted since.
func TestRate(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	for _, tt := range []struct {
		first, newest []capture.ID // at each look, a second after the other
		want          float64
	}{
		{[]capture.ID{0, 0}, []capture.ID{0, 0}, 0},
		{[]capture.ID{0, 0}, []capture.ID{500, 500}, 0}, // of earlier runs
		{[]capture.ID{0, 501}, []capture.ID{500, 520}, 2},
		{[]capture.ID{0, 1601}, []capture.ID{0, 1601}, 0.1}, // the earlier ones were deleted
		{[]capture.ID{1, 1, 1}, []capture.ID{10, 20, 40}, 3},
	} {
		var a arrivals
		got := 0.0
		for i := range tt.first {
			got = a.per(tt.first[i], tt.newest[i], now.Add(time.Duration(i)*time.Second))
		}
		if got != tt.want {
			t.Errorf("%v: %v, want %v", tt.newest, got, tt.want)
		}
	}
}

// The header shows arrivals per second while there are any, else how long ago the last one was.
func TestRateInTheHeader(t *testing.T) {
	th, err := theme.New(theme.Options{Colors: theme.NoColors})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		rate float64
		last time.Duration
		want string
	}{
		{0, -1, ""},
		{0, 0, "now"},
		{0, time.Second - 1, "now"},
		{0, time.Second, "1s ago"},
		{0.1, time.Second, "0.1/s"},
		{99.9, 0, "99.9/s"},
		{100, 0, "100/s"},
		{1234.5, 0, "1,234/s"},
	} {
		m := &Model{facts: facts{rate: tt.rate, last: tt.last}}
		m.theme = th
		row := th.NewRow(20, theme.Style{})
		if m.drawRate(row); row.Drawn() != tt.want {
			t.Errorf("%v and %v: %q, want %q", tt.rate, tt.last, row.Drawn(), tt.want)
		}
	}
}

// A row says where the filter hit unless a column shows that.
func TestHintOfAHit(t *testing.T) {
	ex := &capture.Exchange{
		Sender: capture.Sender{Provider: "stripe", Event: "invoice.paid"}, Note: "look here",
		Request: capture.Request{Method: "POST", Target: "/hooks/stripe", Host: "example.com", Fields: []capture.Field{{Name: "X-Trace", Value: "before needle"}}},
	}
	for _, tt := range []struct{ filter, target, want string }{
		{"hooks", "/hooks/stripe", ""},
		{"hooks", "/hooks/stripe?page=7", "hooks/stripe?page=7… in url"},
		{"provider:stripe", "/hooks/stripe", ""},
		{"event:paid", "/hooks/stripe", ""},
		{"here", "/hooks/stripe", ""},
		{"method:POST", "/hooks/stripe", ""},
		{"path:/hooks", "/hooks/stripe?page=7", ""},
		{"needle", "/hooks/stripe", "needle… in X-Trace"},
		{"hooks needle", "/hooks/stripe", "needle… in X-Trace"},
	} {
		f, err := filter.Parse(tt.filter, filter.Screen)
		if err != nil {
			t.Fatal(err)
		}
		ex.Request.Target = tt.target
		if got := hint(f, ex, nil); got.String() != tt.want {
			t.Errorf("%s of %s: %q, want %q", tt.filter, tt.target, got, tt.want)
		}
	}
}

// A body is read of a regular file that is not too large.
func TestReadFileForABody(t *testing.T) {
	dir := t.TempDir()
	whole, large := filepath.Join(dir, "a"), filepath.Join(dir, "large")
	for file, size := range map[string]int64{whole: maxFile, large: maxFile + 1} { // files with holes: nothing is written
		if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(file, size); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Truncate(whole, 1); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", dir)
	t.Setenv("USERPROFILE", dir)
	if got := readFile("~/a")().(compose.FileRead); got.Path != whole || got.Err != nil {
		t.Errorf("~/a is %s, %v", got.Path, got.Err)
	}
	for path, want := range map[string]string{whole: "", large: "not a file of at most", dir: "not a file of at most", filepath.Join(dir, "none"): "no such file"} {
		got := readFile(path)().(compose.FileRead)
		if got.Path != path || (got.Err == nil) != (want == "") || want == "" && string(got.Bytes) != "x" || want != "" && !strings.Contains(got.Err.Error(), want) {
			t.Errorf("%s: %q, %v", path, got.Bytes, got.Err)
		}
	}
}

// The log keeps the newest, counts what is said again and again once, and tells who asked.
func TestLogIsBounded(t *testing.T) {
	var also []string
	poked := 0
	l := &Log{Also: func(notice, problem string) { also = append(also, notice+"/"+problem) }, Poke: func() { poked++ }}
	l.Problem("a")
	l.Problem("a")
	l.Notice("n")
	l.Own("o")
	if got := strings.Join(also, " "); got != "/a /a n/" || poked != 4 {
		t.Errorf("%q, poked %d times", got, poked)
	}
	notices, problems, total := l.take()
	if len(notices) != 2 || len(problems) != 1 || problems[0].n != 2 || total != 2 {
		t.Errorf("%q, %+v, %d", notices, problems, total)
	}
	for i := range keptProblems + 1 {
		l.Problem(fmt.Sprint(i))
		l.Notice(fmt.Sprint(i))
	}
	notices, problems, total = l.take()
	if len(notices) != 20 || notices[0].String() != fmt.Sprint(keptProblems-19) || len(problems) != keptProblems || problems[0].text.String() != "1" || total != keptProblems+3 {
		t.Errorf("%d notices from %s, %d problems from %s, %d", len(notices), notices[0], len(problems), problems[0].text, total)
	}
	if again, _, _ := l.take(); len(again) != 0 {
		t.Errorf("%q twice", again)
	}
	var none *Log
	if n, p, total := none.take(); n != nil || p != nil || total != 0 {
		t.Error("of no log there is something")
	}
	new(Log).Problem("nobody is told")
}

// Why a filter cannot be saved, and which key of the configuration is wrong.
func TestCheckView(t *testing.T) {
	there := []View{{"mine", "path:/a"}}
	for view, want := range map[View]string{
		{"a", "path:/a"}: "", {" ", "path:/a"}: "name", {"all", "path:/a"}: "name", {"mine", "path:/b"}: "name", {"a", " "}: "filter", {"a", "nonsense:("}: "filter",
	} {
		if key, err := CheckView(view, there); (err == nil) != (want == "") || err != nil && key != want {
			t.Errorf("%q: %s, %v; want %q", view, key, err, want)
		}
	}
}

// The URL that is copied is the one that was called: a target in its whole form as it is.
func TestURLOfARequest(t *testing.T) {
	m := &Model{deps: Deps{Config: Config{URL: "http://127.0.0.1:4665/"}}}
	for _, tt := range []struct{ target, public, want string }{
		{"/a?b", "", "http://127.0.0.1:4665/a?b"}, {"/a", "https://p.example/", "https://p.example/a"}, {"http://h/a", "https://p.example", "http://h/a"}, {"*", "", "*"},
	} {
		m.public = tt.public
		if got := m.urlOf(&capture.Exchange{Request: capture.Request{Target: tt.target}}); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.target, got, tt.want)
		}
	}
}
