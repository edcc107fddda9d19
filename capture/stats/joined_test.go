package stats

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"creel/capture"
)

// What a request keeps in memory is small also where every path is another one.
func TestJoinedRowsAreFreed(t *testing.T) {
	const n, most = 20_000, 400 // bytes for each request
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	table := New()
	for i := 1; i <= n; i++ {
		table.Add(&capture.Exchange{ID: capture.ID(i), At: time.Unix(int64(i), 0), Request: capture.Request{Method: "POST", Target: fmt.Sprintf("/orders/%d", i)}})
	}
	if each := (int64(heap()) - int64(before)) / n; each > most {
		t.Errorf("%d bytes for each request, at most %d", each, most)
	}
	runtime.KeepAlive(table)
}
