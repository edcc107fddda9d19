package compose

import (
	"strings"
	"testing"

	"creel/forward"
	"creel/ui/theme"
)

// A URL without a path keeps the captured path and query, or those that were written
// into the request line, whatever the URLs around and before it are.
func TestURLsWithoutAPathKeepThePath(t *testing.T) {
	const captured = "/stripe?x=%2F"
	for _, tt := range []struct {
		name string
		path string // of the target that the draft is opened with
		do   func(t *testing.T, c *Compose)
		want string
	}{
		{"after a URL with a path", "", to("3910/hook, 3911"), ":3910/hook?x=%2F :3911" + captured},
		{"before a URL with a path", "", to("3910, 3911/hook"), ":3910" + captured + " :3911/hook?x=%2F"},
		{"in place of one with a path", "", to("3910/hook", "3911"), ":3911" + captured},
		{"after several changes", "", to("3910/a", "3910/b?y=1, 3912", "3911, 3912/*"), ":3911" + captured + " :3912" + captured},
		{"taken again as it stands", "", func(t *testing.T, c *Compose) {
			to("3910/hook, 3911")(t, c)
			to(c.writtenTo())(t, c)
		}, ":3910/hook?x=%2F :3911" + captured},
		{"in place of the standing target", "/app", to("3911"), ":3911" + captured},
		{"after the request line was written", "", func(t *testing.T, c *Compose) {
			to("3910/hook, 3911")(t, c)
			c.replaceLine(0, "POST /mine?y=1 HTTP/1.1")
		}, ":3910/mine?y=1 :3911/mine?y=1"},
		{"in place of one for a written line", "", func(t *testing.T, c *Compose) {
			c.replaceLine(0, "POST /mine?y=1 HTTP/1.1")
			to("3910/hook", "3911, 3912/a")(t, c)
		}, ":3911/mine?y=1 :3912/a?y=1"},
		{"after undo", "", func(t *testing.T, c *Compose) {
			to("3000/hook")(t, c)
			press(c, "ctrl+z")
			to("3911")(t, c)
		}, ":3911" + captured},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := startTo(t, "3000"+tt.path)
			tt.do(t, c)
			want := strings.Fields(strings.ReplaceAll(" "+tt.want, " :", " http://localhost:"))
			if got := c.urls(); strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("shown: %q, want %q", got, want)
			}
			s := submitted(t, c)
			sent := []string{s.To.Resolve(s.Request.Target).String()}
			for _, also := range s.Also {
				sent = append(sent, also.Resolve(s.Request.Target).String())
			}
			if strings.Join(sent, " ") != strings.Join(want, " ") {
				t.Errorf("sent to %q, want %q", sent, want)
			}
		})
	}
}

// to takes what is written in Send to, one after the other.
func to(values ...string) func(*testing.T, *Compose) {
	return func(t *testing.T, c *Compose) {
		t.Helper()
		for _, v := range values {
			if _, err := c.setTo(v); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func startTo(t *testing.T, url string) *Compose {
	t.Helper()
	th, err := theme.New(theme.Options{})
	if err != nil {
		t.Fatal(err)
	}
	u, err := forward.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	c := New(Spec{Theme: th, Exchange: exchange(`{}`), Body: []byte(`{}`), To: forward.Target{URL: u}})
	c.SetSize(80, 23)
	return c
}

// submitted is what ctrl+s sends.
func submitted(t *testing.T, c *Compose) Submitted {
	t.Helper()
	for _, msg := range press(c, "ctrl+s") {
		if s, ok := msg.(Submitted); ok {
			return s
		}
	}
	t.Fatalf("not sent: %s", c.note)
	return Submitted{}
}

// The key that sends takes over a URL that is being written, and sends to it.
func TestSendTakesTheURLThatIsWritten(t *testing.T) {
	c := start(t, stripeBody, theme.Options{})
	press(c, "tab", "enter", "ctrl+u")
	typed(c, "4000/other")
	sent := press(c, "ctrl+s")
	if len(sent) != 1 || c.destination() != "http://localhost:4000/other?x=%2F" {
		t.Fatalf("sent %v, to %s:\n%s", sent, c.destination(), plain(c))
	}
	if s, ok := sent[0].(Submitted); !ok || s.To.URL.Host != "localhost:4000" || s.Request.Target != "/other?x=%2F" {
		t.Errorf("%+v", sent[0])
	}
}
