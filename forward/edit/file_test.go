package edit

import (
	"bytes"
	"runtime"
	"testing"
)

// A large text goes to the editor and, unchanged, back with no more memory than a few
// copies of it.
func TestLargeTextToTheEditorAndBack(t *testing.T) {
	text := bytes.Repeat([]byte("a line of text with a \x9b in it\n"), 1<<15)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	back, _ := FromFile(text, File(text))
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 16*uint64(len(text)) {
		t.Errorf("%d bytes of text take %d bytes of memory", len(text), used)
	}
	if !bytes.Equal(back, text) {
		t.Error("it came back changed")
	}
}
