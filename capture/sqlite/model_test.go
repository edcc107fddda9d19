package sqlite

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"creel/capture/ring"
	"creel/capture/ringtest"

	"pgregory.net/rapid"
)

func TestModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		defer os.RemoveAll(dir)
		var s *Store
		defer func() { s.Close() }()
		ringtest.Model(rt, func() *ring.Ring {
			if s != nil {
				s.Close()
			}
			if s, err = Open(t.Context(), filepath.Join(dir, "h.db"), Options{Role: Capture}); err != nil {
				rt.Fatal(err)
			}
			// What is tested is not the sync.
			if err := s.writer.pragma("synchronous = off"); err != nil {
				rt.Fatal(err)
			}
			r, err := ring.Open(context.Background(), ringtest.ModelBounds, s)
			if err != nil {
				rt.Fatal(err)
			}
			return r
		}, true)
	})
}
