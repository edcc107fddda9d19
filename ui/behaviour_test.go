package ui_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"creel/capture"
	"creel/capture/ring"
	"creel/forward"
	"creel/ui/uitest"
)

// has fails the test unless the screen shows text.
func (w *world) has(t *testing.T, text string) {
	t.Helper()
	if !strings.Contains(w.Text(), text) {
		t.Fatalf("%q is not on the screen:\n%s", text, w.Text())
	}
}

// hasNot fails the test when the screen shows text.
func (w *world) hasNot(t *testing.T, text string) {
	t.Helper()
	if strings.Contains(w.Text(), text) {
		t.Fatalf("%q is on the screen:\n%s", text, w.Text())
	}
}

// app is a server that tells what bodies reached it.
func app(t *testing.T, status int) (url string, bodies func() []string) {
	var mu sync.Mutex
	var list []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		list = append(list, string(b))
		w.WriteHeader(status)
	}))
	t.Cleanup(s.Close)
	return s.URL, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return list
	}
}

func TestForwardElsewhereThenResend(t *testing.T) {
	url, bodies := app(t, 201)
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(1)...)
	w.Press("r") // nobody says where to
	w.has(t, "forward #1 to")
	w.Type(url)
	w.Press("enter")
	w.Look()
	w.has(t, "201 Created")
	w.has(t, "200 → 201")
	w.Press("r")
	w.Look()
	want := `{"id":"evt_0","object":"event","data":{"amount":0}}`
	if len(bodies()) != 2 || bodies()[0] != want || bodies()[1] != want {
		t.Errorf("the app got %q, want the body twice", bodies())
	}
	if ex, _ := w.ring.Get(1); len(ex.Attempts) != 2 || !ex.Attempts[1].Resend {
		t.Errorf("attempts: %+v", ex.Attempts)
	}
}

func TestResendTheMarked(t *testing.T) {
	url, bodies := app(t, 200)
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(3)...)
	w.Press("space", "k", "space")
	w.has(t, "resend 2 marked")
	w.Press("f")
	w.Type(url)
	w.Press("enter")
	if len(bodies()) != 2 || !strings.Contains(bodies()[0], "evt_1") {
		t.Errorf("the app got %q, want #2 and #3 in order", bodies())
	}
	w.Press("esc")
	w.hasNot(t, "marked  ")
}

func TestKeyRepeatDoesNotResend(t *testing.T) {
	url, bodies := app(t, 200)
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(1)...)
	w.Press("f")
	w.Type(url)
	w.Press("enter")
	w.Send(tea.KeyPressMsg{Code: 'r', Text: "r", IsRepeat: true})
	w.has(t, "once per key press")
	if len(bodies()) != 1 {
		t.Errorf("a repeated key sent %d times", len(bodies())-1)
	}
}

func TestDeleteAndUndo(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(3)...)
	w.Press("k", "d")
	w.hasNot(t, "    #2 ")
	w.has(t, "#2 deleted")
	w.has(t, "▌   #3")
	w.Press("u")
	w.has(t, "#2 back")
	ex, ok := w.ring.Get(2)
	if !ok {
		t.Fatal("#2 is not back")
	}
	if b, err := ex.Request.Body.Bytes(t.Context()); err != nil || !strings.Contains(string(b), "evt_1") {
		t.Errorf("its body: %q, %v", b, err)
	}
	w.Press("D")
	w.has(t, "all that is shown and not pinned")
	w.Press("a")
	w.has(t, "waiting for the first request")
	w.Press("u")
	w.has(t, "▌   #3")
}

func TestPinAndNote(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(2)...)
	w.Press("p")
	w.has(t, "★ #2")
	w.Press("p")
	w.hasNot(t, "★")
	w.Press(";")
	w.Type("odd one")
	w.Press("enter")
	if ex, _ := w.ring.Get(2); ex.Note != "odd one" {
		t.Errorf("note: %q", ex.Note)
	}
}

func TestFilterFollowsAsItIsWritten(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(8)...)
	w.Press("/")
	w.Type("provider:github")
	w.has(t, "2 of 8")
	w.hasNot(t, "#1 ")
	w.Press("space")
	w.Type("stat:")
	w.has(t, "provider:github stat:")
	w.hasNot(t, "#1 ") // the last right filter stays in force
	w.Press("backspace", "backspace", "backspace", "backspace", "backspace", "backspace", "enter")
	w.arrive(t, samples(2)...)
	w.has(t, "3 of 10")
	w.Press("esc")
	w.has(t, "#1")
	w.Press("/")
	w.Type("evt_4")
	w.has(t, "evt_4\",\"obj") // where it hit, which no column shows
	w.has(t, "1 of 10")
}

func TestFollowBadgeAndActingKey(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(3)...)
	w.now = noon.Add(time.Minute)
	w.arrive(t, samples(1)...) // #4: the selection jumps
	w.now = w.now.Add(100 * time.Millisecond)
	w.Press("p")
	if ex, _ := w.ring.Get(3); !ex.Pinned {
		t.Error("a key just after a jump did not act on the request before it")
	}
	w.arrive(t, samples(2)...)
	w.has(t, "▼ 2 new") // acting ended follow
	w.Press("G")
	w.hasNot(t, "new ")
	w.has(t, "▌   #6")
}

// Keys on the first screen are not about a request: the first one is followed.
func TestTheFirstRequestIsFollowed(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.Press("j", "k", "y", "i", "S")
	w.arrive(t, samples(1)...)
	w.hasNot(t, "new ")
	w.arrive(t, samples(1)...)
	w.has(t, "▌   #2")
}

func TestQuitAsksForWhatIsUnfinished(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(1)...)
	w.Press("e") // nobody says where to
	w.Type("3000")
	w.Press("enter")
	w.has(t, "edit #1")
	w.Type("x")
	w.Press("esc")
	w.has(t, "draft")
	w.Press("q")
	w.has(t, "1 draft is not sent and will be lost")
	w.Press("n")
	if w.Quit {
		t.Fatal("quit all the same")
	}
	for _, yes := range []string{"y", "ctrl+c"} {
		w.Quit = false
		w.Press("ctrl+c")
		w.has(t, "1 draft is not sent")
		if w.Press(yes); !w.Quit {
			t.Errorf("%s does not quit", yes)
		}
	}
}

func TestEscNeverQuits(t *testing.T) {
	w := newWorld(t, 80, 24)
	w.arrive(t, samples(1)...)
	w.Press("enter", "esc", "esc", "esc", "ctrl+z")
	if w.Quit {
		t.Error("esc quits")
	}
	w.has(t, "capturing goes on")
}

func TestExportWritesAFileAndSaysWhatIsMasked(t *testing.T) {
	t.Chdir(t.TempDir())
	w := newWorld(t, 120, 40)
	ex := samples(1)[0]
	ex.Request.Fields = append(ex.Request.Fields, capture.Field{Name: "Authorization", Value: "Bearer secret-token"})
	w.arrive(t, ex)
	w.Press("x", "c")
	w.has(t, "masked: Authorization")
	files, err := os.ReadDir(".")
	if err != nil || len(files) != 1 {
		t.Fatalf("files: %v, %v", files, err)
	}
	data, _ := os.ReadFile(files[0].Name())
	info, _ := files[0].Info()
	if strings.Contains(string(data), "secret-token") || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %q", info.Mode(), data)
	}
}

func TestExportToTheClipboardIsMasked(t *testing.T) {
	w := newWorld(t, 120, 40)
	ex := samples(1)[0]
	ex.Request.Fields = append(ex.Request.Fields, capture.Field{Name: "Authorization", Value: "Bearer secret-token"})
	w.arrive(t, ex)
	w.Press("x", "y")
	w.has(t, "to the clipboard   secrets are masked")
	w.Press("m")
	w.has(t, "markdown of #1, masked Authorization, ")
}

func TestCopySaysWhereItWasSent(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(1)...)
	w.Press("y", "b")
	w.has(t, "sent to the terminal's clipboard (OSC 52)")
	w.hasNot(t, "copied")
}

func TestMouse(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(5)...)
	w.Send(tea.MouseClickMsg{X: 10, Y: 3, Button: tea.MouseLeft})
	w.has(t, "▌   #2")
	w.Send(tea.MouseClickMsg{X: 70, Y: 10, Button: tea.MouseLeft})
	w.Press("esc")
	w.Send(tea.MouseWheelMsg{X: 10, Y: 3, Button: tea.MouseWheelUp})
	w.has(t, "▌   #2")
}

// A click on a part of the header opens what it is about.
func TestClicksInTheHeader(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(5)...)
	header := strings.Split(w.Text(), "\n")[0]
	for part, opens := range map[string]string{"no target": "targets: where", "5 kept": "breakdown"} {
		x := ansi.StringWidth(header[:strings.Index(header, part)])
		for _, at := range []int{x, x + len(part) - 1} {
			w.Send(tea.MouseClickMsg{X: at, Y: 0, Button: tea.MouseLeft})
			w.has(t, opens)
			w.Press("esc")
			w.hasNot(t, opens)
		}
	}
}

// The palette does not say a name twice, and cuts no key.
func TestPaletteSaysNothingTwice(t *testing.T) {
	for _, size := range sizes {
		w := newWorld(t, size[0], size[1])
		w.arrive(t, samples(1)...)
		w.Press(":")
		w.Type("from anywhere")
		w.has(t, "ctrl+f")
		w.Press("esc", ":")
		w.Type("edit in")
		w.has(t, "Edit in $EDITOR")
		w.hasNot(t, "edit in $")
		w.Press("esc", ":")
		w.Type("export")
		w.hasNot(t, "export, for")
		w.Exact()
	}
}

func TestPaletteRuns(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(1)...)
	w.Press(":")
	w.Type("pin")
	w.Press("enter")
	w.has(t, "★ #1")
}

func TestLineThatStays(t *testing.T) {
	for _, size := range sizes[:2] {
		x := &world{ring: ring.New(capture.Bounds{}), now: noon}
		d := x.deps()
		d.Config.Banners = []string{"port 4665 is taken by another program: listening on 4666"}
		x.Screen = uitest.New(t, d, size[0], size[1])
		x.has(t, "listening on 4666")
		x.arrive(t, samples(30)...)
		x.has(t, "listening on 4666")
		x.Exact()
		x.Press("esc")
		x.hasNot(t, "listening on 4666")
		x.Exact()
	}
}

func TestUnreadOnlyWhenNobodyLooks(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(2)...)
	w.hasNot(t, "•")
	w.Send(tea.BlurMsg{})
	w.arrive(t, samples(3)...)
	w.has(t, "•")
	if title := w.Model.View().WindowTitle; !strings.Contains(title, "(3)") {
		t.Errorf("title %q does not say how many are unread", title)
	}
	w.Send(tea.FocusMsg{})
	w.Press("k", "k")
	w.hasNot(t, "•")
}

func TestHeaderShortensTheTargets(t *testing.T) {
	target := func(path, url string) forward.Target {
		u, err := forward.ParseURL(url)
		if err != nil {
			t.Fatal(err)
		}
		return forward.Target{Path: path, URL: u}
	}
	for _, w := range []int{120, 80, 40} {
		x := newWorld(t, w, 24)
		targets := x.deps()
		targets.Targets.Set([]forward.Target{
			target("/github", "3000"), target("/slack", "https://staging.example.com/hooks/slack"), target("", "4000"),
		})
		x.Screen = uitest.New(t, targets, w, 24)
		x.has(t, "3 targets")
		x.has(t, ":4665")
		x.Exact()
		targets.Targets.Set([]forward.Target{target("", "3000")})
		x.Look()
		x.has(t, "→ :3000")
	}
}

func TestFilterFollowsMarksAndTime(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(3)...)
	w.Press("/")
	w.Type("is:marked")
	w.Press("enter")
	w.has(t, "0 of 3")
	w.Press("esc", "space", "k", "space", "/")
	w.Type("is:marked")
	w.Press("enter")
	w.has(t, "2 of 3")
	w.Press("space")
	w.has(t, "1 of 3")
}

func TestMasksOfAnExportAreSwitched(t *testing.T) {
	t.Chdir(t.TempDir())
	w := newWorld(t, 120, 40)
	ex := samples(1)[0]
	ex.Request.Fields = []capture.Field{{Name: "Authorization", Value: "Bearer secret-token"}, {Name: "X-Api-Key", Value: "secret-key"}}
	w.arrive(t, ex)
	w.Press("x", "M")
	w.has(t, "masked in #1")
	w.has(t, "[x] Authorization")
	w.has(t, "secret name, 1×")
	w.Press("enter")
	w.has(t, "[ ] Authorization")
	w.Press("enter", "enter") // on and off again
	w.has(t, "[ ] Authorization")
	w.Press("x")
	w.has(t, "1 switched off")
	w.Press("c")
	files, err := os.ReadDir(".")
	if err != nil || len(files) != 1 {
		t.Fatalf("files: %v, %v", files, err)
	}
	data, _ := os.ReadFile(files[0].Name())
	if !strings.Contains(string(data), "secret-token") || strings.Contains(string(data), "secret-key") {
		t.Errorf("%q", data)
	}
	w.Press("x")
	w.has(t, "what is masked; switch it off and on") // the switches are of one export
}
