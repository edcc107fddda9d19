package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"

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
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON lines")
	cmd.Flags().BoolVar(&noBody, "no-body", false, "leave the bodies out of the JSON lines")
	cmd.Flags().IntVarP(&newest, "number", "n", 0, "only the newest N")
	return cmd
}

func (p *program) ls(ctx context.Context, args []string, asJSON, noBody bool, newest int) error {
	sel, err := parseSelection(args)
	if err != nil {
		return err
	}
	all, err := p.read(ctx)
	if err != nil {
		return err
	}
	defer all.close()
	list, err := sel.choose(ctx, all.list)
	if err != nil {
		return err
	}
	if newest > 0 && newest < len(list) {
		list = list[len(list)-newest:]
	}
	w := bufio.NewWriterSize(p.stdout, 64<<10)
	var buf []byte
	for _, ex := range list {
		if !asJSON {
			fmt.Fprintln(w, textLine(ex))
			continue
		}
		buf, err = export.JSONLine(ctx, buf[:0], ex, noBody)
		if errors.Is(err, capture.ErrEvicted) {
			continue // it left while we were reading
		} else if err != nil {
			return err
		}
		if _, err := w.Write(append(buf, '\n')); err != nil {
			return err
		}
	}
	return w.Flush()
}
