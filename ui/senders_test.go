package ui_test

import (
	"testing"

	"creel/capture/reply"
	"creel/forward"
	"creel/ui/uitest"
)

// What the header, the first screen and the notice say that senders get is what
// they get: the app's answer only where a target is on for the path.
func TestWhatSendersGetIsSaidTruly(t *testing.T) {
	for _, tt := range []struct {
		targets []string
		async   bool
		head    string // in the header and on the first screen
		notice  string // after s
	}{
		{nil, false, "senders get 503", "senders get 422 from now on"},
		{[]string{"3100"}, false, "senders get the app's answer ", "422 is set, but :3100 replies while it is on: F switches it off"},
		{[]string{"/github=3100"}, false, "senders get the app's answer on /github, else 503", "senders get the app's answer on /github, else 422 from now on"},
		{
			[]string{"/github=3100", "/slack=4000"},
			false, "senders get the app's answer on /github, /slack, else 503", "senders get the app's answer on /github, /slack, else 422 from now on",
		},
		{[]string{"/github=3100", "4000"}, false, "senders get the app's answer ", "422 is set, but :4000 replies"},
		{[]string{"3100"}, true, "senders get 503", "senders get 422 from now on"},
	} {
		w := newWorld(t, 160, 24)
		d := w.deps()
		d.Config.Async = tt.async
		d.Standing = &reply.Standing{}
		spec, err := reply.ParseSpec("503", nil)
		if err != nil || d.Standing.Set(spec) != nil {
			t.Fatal(err)
		}
		var list []forward.Target
		for _, s := range tt.targets {
			target, err := forward.ParseTarget(s)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, target)
		}
		d.Targets.Set(list)
		w.Screen = uitest.New(t, d, 160, 24)
		w.has(t, tt.head)
		w.Press("s")
		w.Type("422")
		w.Press("enter")
		w.has(t, tt.notice)
		w.Exact()
		w.Resize(80, 24)
		if len(tt.targets) == 2 && tt.targets[1] == "/slack=4000" {
			w.has(t, "app on 2 paths, else 422")
		}
		w.Exact()
	}
}
