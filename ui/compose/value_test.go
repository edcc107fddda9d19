package compose

import (
	"strings"
	"testing"

	"creel/ui/theme"
)

func TestSetValue(t *testing.T) {
	c := start(t, `{"a":1,"b":{"c":"x", "c":"y"}}`, theme.Options{})
	for _, tt := range []struct{ path, was, value, err string }{
		{".a", "1", "[2,3]", ""},
		{".b.c", `"x"`, "0", "twice"}, // the path means the last of the two
		{".b.c", `"y"`, "1e2", ""},
		{".z", "1", "2", "no .z"},
		{".a", "[2,3]", "oops", "not JSON"},
	} {
		_, err := c.SetValue(tt.path, tt.was, tt.value)
		if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: %v", tt.path, err)
		}
	}
	b, err := c.state.result.Request.Body.Bytes(t.Context())
	if want := `{"a":[2,3],"b":{"c":"x", "c":1e2}}`; err != nil || string(b) != want {
		t.Errorf("sends %s, want %s; %v", b, want, err)
	}
	c.text.undo()
	if !strings.Contains(string(c.Text()), `"y"`) {
		t.Errorf("undo left\n%s", c.Text())
	}
}

// A value that was changed is set again by what it was to begin with, unless another may
// stand there by now.
func TestSetValueAgain(t *testing.T) {
	for _, tt := range []struct {
		now, err string // the body in the text
	}{
		{`{"a":[5,{}],"b":[7,2],"c":3}`, ""},
		{`{"a":[1],"b":[7,2],"c":3}`, "in the draft"},
		{`{"a":[5,{}],"b":[0,7,2],"c":3}`, "in the draft"},
		{`{"a":[5,{}],"b":[7],"c":3}`, "in the draft"},
	} {
		c := start(t, `{"a":[5,{}],"b":[1,2],"c":3}`, theme.Options{})
		c.setBody([]byte(tt.now))
		_, err := c.SetValue(".b[0]", "1", "8")
		if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: %v", tt.now, err)
		}
		if want := strings.Replace(tt.now, "[7,2]", "[8,2]", 1); err == nil && string(c.bodyText()) != want {
			t.Errorf("%s became %s", tt.now, c.bodyText())
		}
	}
}

func TestGoToValue(t *testing.T) {
	c := start(t, `{"a":1,"b":{"c":"x"}}`, theme.Options{})
	for _, tt := range []struct{ path, was, behind string }{
		{".b.c", `"x"`, `    "c": "x"`},
		{".a", "1", `  "a": 1`},
		{".a", "2", `  "a": 1`}, // it is another value now: the cursor stays
		{".z", "1", `  "a": 1`},
	} {
		c.GoToValue(tt.path, tt.was)
		if got := string(c.text.lines[c.text.at.line][:c.text.at.col]); got != tt.behind {
			t.Errorf("%s: the cursor is behind %s, want %s", tt.path, got, tt.behind)
		}
	}
}
