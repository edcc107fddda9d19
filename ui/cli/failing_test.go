package cli

import (
	"context"
	"os"
	"time"

	"creel/ui"
)

// hostile is what a panic says that quotes what was captured.
const hostile = "\x1b]52;c;aGVsbG8=\a fell over"

// failing is creel with a screen that panics as soon as there is a request: while
// it takes that in, or in a command.
func failing() int {
	p := newProgram()
	p.draw = func(ctx context.Context, d ui.Deps) error {
		d.KeepTheme = func(string) error { panic(hostile) }
		d.Now = func() time.Time {
			if os.Getenv("PANIC_IN") == "update" && d.Ring.Stats().Kept > 0 {
				panic(hostile)
			}
			return time.Now()
		}
		return ui.Run(ctx, d)
	}
	return p.run()
}
