package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/spf13/cobra"

	"creel/capture"
	"creel/capture/export"
)

func newLs(p *program) *cobra.Command {
	var asJSON, noBody bool
	var newest int
	cmd := p.command(&cobra.Command{
		Use:   "ls [FILTER]",
		Short: "List the history, oldest first",
		Example: `creel ls provider:stripe is:failed
creel ls -n 5 --json
creel ls -- -status:2xx          # a word that begins with a dash comes after --`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.ls(cmd.Context(), args, asJSON, noBody, newest)
		},
	})
	cmd.ValidArgsFunction = p.completeFilter
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON lines")
	cmd.Flags().BoolVar(&noBody, "no-body", false, "leave the bodies out of the JSON lines")
	intFlag(cmd.Flags(), &newest, "number", "n", 1, 0, "only the newest N")
	return p.addAt(cmd)
}

func (p *program) ls(ctx context.Context, args []string, asJSON, noBody bool, newest int) error {
	sel, err := p.parseSelection(args)
	if err != nil {
		return err
	}
	h, err := p.read(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	list := last(sel.choose(ctx, h), newest)
	if newest > 0 && sel.filter != nil && !sel.filter.AsksOlder() {
		list = sel.newest(ctx, h, newest)
	}
	var line encodeLine
	switch {
	case asJSON && noBody:
		line = export.JSONLineWithoutBodies
	case asJSON:
		line = export.JSONLine
	}
	return p.list(ctx, p.out, list, line)
}

// encodeLine appends an exchange as a JSON line.
type encodeLine func(ctx context.Context, b []byte, ex *capture.Exchange) ([]byte, error)

// list prints a line for each exchange, for people without line. With an error, too, lines are whole.
func (p *program) list(ctx context.Context, out io.Writer, list iter.Seq2[*capture.Exchange, error], line encodeLine) (err error) {
	w := bufio.NewWriterSize(out, 64<<10)
	defer func() { err = cmp.Or(err, w.Flush()) }()
	colours := p.paint()
	var buf []byte
	n := 0
	for ex, err := range p.counted("listed", list) {
		if err != nil {
			return err
		}
		n++
		if line == nil {
			fmt.Fprintln(w, textLine(ex, colours))
			continue
		}
		buf, err = line(ctx, buf[:0], ex)
		if errors.Is(err, capture.ErrEvicted) {
			continue // it left while we were reading
		} else if err != nil {
			return err
		}
		if _, err := w.Write(append(buf, '\n')); err != nil {
			return err
		}
	}
	if n == 0 && isTerminal(p.stdout) {
		p.infof("no requests match")
	}
	return nil
}

// last yields the last n of seq, or all when n is 0.
func last(seq iter.Seq2[*capture.Exchange, error], n int) iter.Seq2[*capture.Exchange, error] {
	if n <= 0 {
		return seq
	}
	return collected(func() (kept []*capture.Exchange, _ error) {
		for ex, err := range seq {
			if err != nil {
				return nil, err
			}
			if kept = append(kept, ex); len(kept) >= 2*n {
				kept = append(kept[:0], kept[len(kept)-n:]...)
			}
		}
		return kept[max(0, len(kept)-n):], nil
	})
}

// collected yields a list that is collected when it is asked for, or why it could not be.
func collected(collect func() ([]*capture.Exchange, error)) iter.Seq2[*capture.Exchange, error] {
	return func(yield func(*capture.Exchange, error) bool) {
		list, err := collect()
		if err != nil {
			yield(nil, err)
			return
		}
		each(list)(yield)
	}
}

// each yields all of a list.
func each(list []*capture.Exchange) iter.Seq2[*capture.Exchange, error] {
	return func(yield func(*capture.Exchange, error) bool) {
		for _, ex := range list {
			if !yield(ex, nil) {
				return
			}
		}
	}
}
