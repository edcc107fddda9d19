package sqlite

import (
	"path/filepath"
	"runtime"
	"testing"
	"unsafe"

	"creel/capture"
	"creel/capture/ring"
)

// TestLoadSharesStrings loads requests that have most of their fields in common.
func TestLoadSharesStrings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	const n = 4000
	fill(t, path, n, 10)
	before := heap()
	s := openTest(t, path, Capture)
	r, err := ring.Open(t.Context(), capture.Bounds{Count: n, Bytes: 1 << 30}, s)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	all := r.Snapshot()
	if len(all) != n {
		t.Fatalf("%d of %d are loaded", len(all), n)
	}
	a, b := all[0], all[1]
	for what, pair := range map[string][2]string{
		"method": {a.Request.Method, b.Request.Method}, "target": {a.Request.Target, b.Request.Target}, "host": {a.Request.Host, b.Request.Host},
		"protocol": {a.Request.Proto, b.Request.Proto}, "provider": {a.Sender.Provider, b.Sender.Provider}, "event": {a.Sender.Event, b.Sender.Event},
		"verdict": {string(a.Signature.Verdict), string(b.Signature.Verdict)}, "by": {string(a.Reply.By), string(b.Reply.By)},
	} {
		if unsafe.StringData(pair[0]) != unsafe.StringData(pair[1]) {
			t.Errorf("each request has a %s of its own: %s, %s", what, pair[0], pair[1])
		}
	}
	for i, f := range all[0].Request.Fields {
		g := all[1].Request.Fields[i]
		if unsafe.StringData(f.Name) != unsafe.StringData(g.Name) || f.Value == g.Value && unsafe.StringData(f.Value) != unsafe.StringData(g.Value) {
			t.Errorf("each request has a %s: %s of its own", f.Name, f.Value)
		}
	}
	if each := (heap() - before) / n; each > 1150 {
		t.Errorf("a request takes %d bytes of memory", each)
	}
	runtime.KeepAlive(all)
}

func TestInternerStartsAgain(t *testing.T) {
	in := newInterner()
	for range 2 * maxInterned {
		in.text([]byte(string(rune(len(in.known)))))
	}
	if len(in.known) > maxInterned {
		t.Errorf("%d strings are kept", len(in.known))
	}
}
