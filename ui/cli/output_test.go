package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// When the time of its reader is over, a write that cannot be done ends, and one
// that can is done.
func TestOutputGivesUp(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	over := make(chan struct{})
	close(over)
	o := output{w, over, new(atomic.Bool)}
	if n, err := o.Write([]byte("x")); n != 1 || err != nil {
		t.Errorf("a write with room: %d, %v", n, err)
	}
	if _, err := o.Write(bytes.Repeat([]byte("x"), 4<<20)); !errors.Is(err, errNotRead) {
		t.Errorf("a write without room: %v, want %v", err, errNotRead)
	}
	if n, err := r.Read(make([]byte, 1<<20)); n == 0 || err != nil {
		t.Fatal(n, err)
	}
	if _, err := o.Write([]byte("x")); !errors.Is(err, errNotRead) {
		t.Errorf("a write after one that was given up: %v, want %v", err, errNotRead)
	}
}

// A reader has until readWithin after the signal, and without a signal for ever.
func TestOutputWaitsForItsReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		out, _ := newOutputs(ctx, nil, nil)
		over := func() bool {
			synctest.Wait()
			select {
			case <-out.giveUp:
				return true
			default:
				return false
			}
		}
		time.Sleep(time.Hour)
		if over() {
			t.Fatal("it gave up without a signal")
		}
		cancel()
		synctest.Wait()
		time.Sleep(readWithin - time.Nanosecond)
		if over() {
			t.Errorf("it gave up before %v", readWithin)
		}
		time.Sleep(time.Nanosecond)
		if !over() {
			t.Errorf("it did not give up after %v", readWithin)
		}
	})
}
