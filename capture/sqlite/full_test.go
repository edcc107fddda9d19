package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"
)

func TestFullDiskAtStart(t *testing.T) {
	full := fmt.Errorf("history: %w", &fs.PathError{Op: "mkdir", Path: "/x", Err: syscall.ENOSPC})
	for role, want := range map[Role]string{
		Capture: "history: the disk with h.db is full: free some space, or use --history FILE on another disk, or --ephemeral",
		Read:    "history: the disk with h.db is full: free some space",
	} {
		s := &Store{path: "h.db", role: role}
		if got := s.explain(full).Error(); got != want {
			t.Errorf("role %d: %s", role, got)
		}
		if other := errors.New("other"); s.explain(other) != other {
			t.Errorf("role %d: another error became %v", role, s.explain(other))
		}
	}
}
