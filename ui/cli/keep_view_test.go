package cli

import (
	"strings"
	"testing"

	"creel/ui"
)

func TestAddView(t *testing.T) {
	t.Parallel()
	const old = "# mine\ntheme = \"github\"\n\n[[view]]\nname = \"a\"\nfilter = \"is:failed\"\n"
	v := ui.View{Name: `say "hi"`, Filter: `path:/a\* "x y" event:'é'`}
	out, err := changeView([]byte(old), "", v)
	if err != nil || !strings.HasPrefix(string(out), old) {
		t.Fatalf("%s, %v", out, err)
	}
	if got, err := viewsOf(out); err != nil || len(got) != 2 || got[1] != v {
		t.Errorf("read back %q, %v", got, err)
	}
	for name, c := range map[string]struct {
		text string
		v    ui.View
	}{
		"same name":     {old, ui.View{Name: "a", Filter: "x"}},
		"all":           {old, ui.View{Name: "all", Filter: "x"}},
		"no name":       {old, ui.View{Filter: "x"}},
		"no filter":     {old, ui.View{Name: "b"}},
		"wrong filter":  {old, ui.View{Name: "b", Filter: "is:"}},
		"inline":        {"view = [{name = \"a\", filter = \"x\"}]\n", v},
		"not TOML":      {"[", v},
		"control bytes": {old, ui.View{Name: "b\xff", Filter: "x"}},
	} {
		if out, err := changeView([]byte(c.text), "", c.v); err == nil {
			t.Errorf("%s: %s", name, out)
		}
	}
}

func TestRemoveView(t *testing.T) {
	t.Parallel()
	const before, a, b = "# mine\ntheme = \"github\"\n\n", "[[view]]\nname = \"a\"\nfilter = \"is:failed\"\n\n", "# the pushes\n[[view]]\nname = \"b\"\nfilter = \"event:push\"\n\n"
	const after = "[secrets]\nstripe = \"x\"\n"
	for name, want := range map[string]string{"a": before + b + after, "b": before + a + after, "c": before + a + b + after} {
		if out, err := changeView([]byte(before+a+b+after), name, ui.View{}); err != nil || string(out) != want {
			t.Errorf("%s: %v, %s", name, err, out)
		}
	}
	if out, err := changeView([]byte("view = [{name = \"a\", filter = \"x\"}]\n"), "a", ui.View{}); err == nil {
		t.Errorf("inline: %s", out)
	}
}

func TestRenameView(t *testing.T) {
	t.Parallel()
	const a, b = "[[view]]\nname = \"a\" # the worst\nfilter = \"is:failed\"\n\n", "[[view]]\nfilter = \"event:push\"\nname = 'b'\n"
	out, err := changeView([]byte(a+b), "b", ui.View{Name: "pushes", Filter: "event:push"})
	if want := a + "[[view]]\nfilter = \"event:push\"\nname = \"pushes\"\n"; err != nil || string(out) != want {
		t.Errorf("%v, %s", err, out)
	}
	if out, err := changeView([]byte(a+b), "b", ui.View{Name: "a", Filter: "event:push"}); err == nil {
		t.Errorf("a name that is taken: %s", out)
	}
	if out, err := changeView([]byte(a+b), "b", ui.View{Name: "c", Filter: "event:other"}); err == nil {
		t.Errorf("another filter: %s", out)
	}
	out, err = changeView([]byte(a), "of the run", ui.View{Name: "c", Filter: "event:push"})
	if got, _ := viewsOf(out); err != nil || len(got) != 2 {
		t.Errorf("one that is not there yet: %v, %s", err, out)
	}
}
