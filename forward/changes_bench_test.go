package forward

import (
	"testing"

	"creel/capture"
)

// BenchmarkChanges compares a request with what is forwarded of it.
func BenchmarkChanges(b *testing.B) {
	f := func(name, value string) capture.Field { return capture.Field{Name: name, Value: value} }
	captured := []capture.Field{f("Host", "localhost:4665"), f("User-Agent", "x/1.0"), f("Content-Type", "application/json"), f("Accept", "*/*"), f("X-GitHub-Event", "push"), f("Content-Length", "1024")}
	sent := append([]capture.Field{f("Host", "localhost:3000")}, captured[1:]...)
	sent = append(sent, f(viaField, "abcdefghijklmnop"))
	for b.Loop() {
		fieldChanges(captured, sent)
	}
}
