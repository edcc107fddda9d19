package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"time"

	"creel/capture"
	"creel/capture/export"
	"creel/capture/words"
)

// items reads a file within the limits of a capture.
func (p *program) items(ctx context.Context, name string) iter.Seq2[export.Item, error] {
	return func(yield func(export.Item, error) bool) {
		var r io.Reader = p.stdin
		if name != "-" {
			f, err := os.Open(name)
			if err != nil {
				yield(export.Item{}, err)
				return
			}
			defer f.Close()
			r = f
		}
		for item, err := range export.Items(&stoppable{ctx: ctx, r: r}, time.Now()) {
			if ex := item.Exchange; ex != nil && ex.Request.Body.Size() > int64(p.opts.maxBody) {
				item, err = export.Item{}, &export.Skipped{
					Where: fmt.Sprintf("%.40q", ex.Request.Method+" "+ex.Request.Target),
					Err:   fmt.Errorf("its body of %d bytes is larger than --max-body %v", ex.Request.Body.Size(), &p.opts.maxBody),
				}
			}
			if !yield(item, err) {
				return
			}
		}
	}
}

// readError names a file once.
func readError(name string, err error) error {
	if at, ok := errors.AsType[*fs.PathError](err); ok && at.Path == name {
		err = at.Err
	}
	return fmt.Errorf("read %s: %w", name, err)
}

// withFile calls do with the exchanges of a file. What is left out makes the exit code 1.
func (p *program) withFile(ctx context.Context, name string, do func([]*capture.Exchange) error) error {
	var c export.Collector
	out := leftOut{program: p, name: name}
	for item, err := range p.items(ctx, name) {
		if skipped, ok := errors.AsType[*export.Skipped](err); ok {
			out.add(skipped)
		} else if err != nil {
			return readError(name, err)
		} else {
			c.Add(item)
		}
	}
	if out.n > mostLeftOut {
		p.infof("%s: left out %s that cannot be read", name, words.Number(out.n))
	}
	if len(c.List) == 0 && out.n > 0 {
		return fmt.Errorf("read %s: nothing in it can be read", name)
	}
	err := do(c.List)
	if err == nil && out.n > 0 {
		return &exitError{code: exitFailure}
	}
	return err
}

// leftOut are the entries of a file that cannot be read.
type leftOut struct {
	*program
	name string
	n    int
}

// mostLeftOut is how many of them are named.
const mostLeftOut = 10

// add says what is wrong with an entry, of the first few.
func (l *leftOut) add(err error) {
	if l.n++; l.n <= mostLeftOut {
		l.infof("%s: left out: %v", l.name, err)
	}
}

// stoppable is a reader whose Read returns when the context ends, also while it waits.
type stoppable struct {
	ctx  context.Context
	r    io.Reader
	buf  []byte
	rest []byte // read and not taken
	err  error
}

func (s *stoppable) Read(b []byte) (int, error) {
	if len(s.rest) == 0 && s.err == nil {
		s.fill()
	}
	if len(s.rest) == 0 {
		return 0, s.err
	}
	n := copy(b, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

func (s *stoppable) fill() {
	if s.buf == nil {
		s.buf = make([]byte, 64<<10)
	}
	done := make(chan ioResult, 1)
	go func() {
		n, err := s.r.Read(s.buf)
		done <- ioResult{n, err}
	}()
	select {
	case r := <-done:
		s.rest, s.err = s.buf[:r.n], r.err
	case <-s.ctx.Done():
		s.err = context.Cause(s.ctx)
	}
}
