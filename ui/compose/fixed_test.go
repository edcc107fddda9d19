package compose

import (
	"bytes"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/ui/theme"
)

var binaryBody = bytes.Repeat([]byte{0, 1, 2, 255}, 75)

func startBinary(t testing.TB) *Compose {
	th, err := theme.New(theme.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := New(Spec{
		Theme: th, Exchange: exchange(string(binaryBody)), Body: binaryBody, To: target(t, "3000"),
		ReadFile: func(path string) tea.Cmd {
			return func() tea.Msg { return FileRead{Path: path, Bytes: []byte("{\"a\":\n1}")} }
		},
	})
	c.SetSize(80, 23)
	return c
}

// sentBody is the body of what would be sent.
func sentBody(t *testing.T, c *Compose) []byte {
	t.Helper()
	c.check()
	if c.state.err != nil {
		t.Fatal(c.state.err)
	}
	b, err := c.state.result.Request.Body.Bytes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// No key changes the line that stands for a binary body, wherever the cursor is,
// and no key before it pushes it away; the head is edited as ever.
func TestBinaryBodyIsNotEdited(t *testing.T) {
	for _, name := range []string{"x", "backspace", "delete", "enter", "ctrl+k", "ctrl+u", "ctrl+w", "alt+d", "ctrl+t"} {
		for _, place := range []string{"", "home", "end", "up", "right"} {
			c := startBinary(t)
			if place != "" {
				c.Update(keyMsg(place))
			}
			before := string(c.Text())
			c.Update(keyMsg(name))
			if got := sentBody(t, c); !bytes.Equal(got, binaryBody) {
				t.Errorf("%s at %q sends %q", name, place, got)
			}
			if string(c.Text()) != before && !strings.Contains(string(c.Text()), "(binary body of 300 bytes, sent as it is)") {
				t.Errorf("%s at %q: %q", name, place, c.Text())
			}
		}
	}
	c := startBinary(t)
	c.Update(tea.PasteMsg{Content: "text"})
	if got := sentBody(t, c); !bytes.Equal(got, binaryBody) || !strings.Contains(c.note, "replaces it by a file") {
		t.Errorf("a paste sends %q; %s", got, c.note)
	}
	c.Update(keyMsg("ctrl+home"))
	for _, k := range []string{"end", "backspace", "0"} {
		c.Update(keyMsg(k))
	}
	if c.check(); !strings.HasPrefix(string(c.Text()), "POST /stripe?x=%2F HTTP/1.0\n") {
		t.Errorf("%q", c.Text())
	}
}

func TestBinaryBodyInTheEditor(t *testing.T) {
	c := startBinary(t)
	text := string(c.Text())
	c.Update(Edited{Text: []byte(strings.Replace(strings.Replace(text, "(binary", "(inary", 1), "POST", "PUT", 1))})
	if got := sentBody(t, c); !bytes.Equal(got, binaryBody) || c.state.result.Request.Method != "PUT" || c.note == "" {
		t.Errorf("%q, %s, %s", got, c.state.result.Request.Method, c.note)
	}
	c.Update(Edited{Text: []byte(strings.Replace(string(c.Text()), "(binary body of 300 bytes, sent as it is)", `{"other":true}`, 1))})
	if got := sentBody(t, c); string(got) != `{"other":true}` {
		t.Errorf("%q", got)
	}
}

// An editor that changes the head alone leaves a body that is not edited as it was: fixed,
// and without a word about it.
func TestHeadInTheEditor(t *testing.T) {
	for name, c := range map[string]*Compose{"binary": startBinary(t), "text": startBinary(t), "file": start(t, `{"b":2}`, theme.Options{})} {
		want := binaryBody
		switch name {
		case "file":
			want = []byte(`{"file":1}`)
			c.takeFile(FileRead{Path: "f.json", Bytes: want})
		case "text":
			want = []byte("other")
			c.Update(Edited{Text: []byte(strings.Replace(string(c.Text()), "(binary body of 300 bytes, sent as it is)", "other", 1))})
		}
		var taken tea.Msg
		for _, msg := range run(c, c.Update(Edited{Text: []byte(strings.Replace(string(c.Text()), "POST", "PUT", 1))})) {
			if is, ok := msg.(Taken); ok {
				taken = is
			}
		}
		if taken != tea.Msg(Taken{c.ID(), true, nil}) || c.note != "" || !strings.HasPrefix(string(c.Text()), "PUT ") {
			t.Errorf("%s: %+v, %q", name, taken, c.note)
		}
		c.Update(keyMsg("ctrl+end"))
		c.Update(keyMsg("x"))
		if name == "text" {
			want = []byte("otherx") // it stands in the place of the binary one
		}
		if got := sentBody(t, c); !bytes.Equal(got, want) {
			t.Errorf("%s: sends %q", name, got)
		}
	}
}

// The body of a file is shown and not edited; it is taken back with enter, and
// with undo.
func TestBodyOfAFileIsShown(t *testing.T) {
	for _, makes := range []struct {
		name string
		c    func() *Compose
		was  string
	}{
		{"text", func() *Compose { return start(t, `{"b":2}`, theme.Options{}) }, `{"b":2}`},
		{"binary", func() *Compose { return startBinary(t) }, string(binaryBody)},
	} {
		t.Run(makes.name, func(t *testing.T) {
			file := []byte("{\"a\":\n1}")
			for _, back := range []string{"enter", "ctrl+z"} {
				c := makes.c()
				c.takeFile(FileRead{Path: "f.json", Bytes: file})
				if got := sentBody(t, c); !bytes.Equal(got, file) || !strings.HasSuffix(string(c.Text()), "\n\n"+string(file)) {
					t.Errorf("sends %q, shows %q", got, c.Text())
				}
				c.Update(keyMsg("ctrl+end"))
				c.Update(keyMsg("x"))
				if got := sentBody(t, c); !bytes.Equal(got, file) || !strings.Contains(c.note, "f.json") {
					t.Errorf("sends %q after a key; %s", got, c.note)
				}
				if back == "enter" {
					c.focus = onBody
				}
				c.Update(keyMsg(back))
				if got := sentBody(t, c); string(got) != makes.was || c.opts.Body != nil {
					t.Errorf("%s: sends %q", back, got)
				}
			}
		})
	}
}

func TestSplitTo(t *testing.T) {
	c := start(t, `{}`, theme.Options{})
	for value, want := range map[string]string{
		"http://localhost:3000/stripe?x=%2F": "http://localhost:3000/stripe?x=%2F",
		"http://localhost:3000/a, :4000":     "http://localhost:3000/a :4000",
		"3000,4000 5000":                     "3000 4000 5000",
		" 3000 ,, 4000,":                     "3000 4000",
		"http://h/a?ids=1,2,3":               "http://h/a?ids=1,2,3",
		"http://h/a?ids=1,2, 3000":           "http://h/a?ids=1,2 3000",
		"http://h/a?b=1,http://h/b,:4000/c":  "http://h/a?b=1 http://h/b :4000/c",
		"http://localhost:3000/stripe?x=%2F,https://example.com/hooks?a=b,c ": "http://localhost:3000/stripe?x=%2F https://example.com/hooks?a=b,c",
	} {
		if got := strings.Join(c.splitTo(value), " "); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

// Responses of several targets stand in the order in which these were entered.
func TestResponsesStandInTheOrderOfTheTargets(t *testing.T) {
	c := start(t, `{}`, theme.Options{})
	if _, err := c.setTo("3000, 4000, 5000"); err != nil {
		t.Fatal(err)
	}
	press(c, "ctrl+s")
	c.Sending()
	for _, i := range []int{2, 0, 1} {
		c.Responded(&capture.Attempt{To: c.sentTo[i], Reply: capture.Reply{Status: 200 + i}})
	}
	if got := outcomes(c.responses); got != "200, 201, 202" {
		t.Errorf("%s", got)
	}
}
