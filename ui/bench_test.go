package ui_test

import (
	"testing"

	"creel/capture/ring"
)

// BenchmarkFrame must take under 1 ms at 120x40 with 10,000 requests: the screen
// is drawn after every message.
func BenchmarkFrame(b *testing.B) {
	w := newWorld(b, 120, 40)
	w.arrive(b, samples(10_000)...)
	b.ResetTimer()
	for b.Loop() {
		w.Model.View()
	}
}

// BenchmarkArrivals takes in 167 changes, a thirtieth of 5,000 per second, on
// top of 10,000 requests: it must take under 3 ms, so that the screen follows
// 5,000 changes per second with a tenth of a core.
func BenchmarkArrivals(b *testing.B) {
	w := newWorld(b, 120, 40)
	w.arrive(b, samples(10_000)...)
	for b.Loop() {
		b.StopTimer()
		var last *ring.Ticket
		for _, ex := range samples(167) {
			last = w.ring.Submit(ex)
		}
		if _, err := last.Wait(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		w.Model.Refresh()
		w.Model.View()
	}
}
