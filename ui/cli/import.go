package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"creel/capture"
	"creel/capture/export"
)

func newImport(p *program) *cobra.Command {
	return p.command(&cobra.Command{
		Use:   "import FILE...",
		Short: "Take requests from files into the history",
		Long: `Take requests from files into the history: creel's JSON lines, HAR, raw HTTP and
curl command lines, told apart by their content; - is standard input. They get
new ids in the order of the files. Entries of a HAR that are not HTTP are left out.`,
		Args: atLeast(1, "at least one file, or - for standard input"),
		RunE: func(cmd *cobra.Command, args []string) error { return p.importFiles(cmd.Context(), args) },
	}, []string{"max-body"}, []string{"secret", "public-url"})
}

func (p *program) importFiles(ctx context.Context, names []string) error {
	var list []*capture.Exchange
	for _, name := range names {
		more, err := p.readFile(name)
		if err != nil {
			return err
		}
		list = append(list, more...)
	}
	set, err := p.providers()
	if err != nil {
		return err
	}
	h, err := p.open()
	if err != nil {
		return err
	}
	defer h.close()
	for _, ex := range list {
		if ex.ImportedFrom == 0 {
			set.Identify(ex)
		}
	}
	if n, err := h.add(ctx, list); err != nil {
		return fmt.Errorf("import: %d of %d were taken in: %w", n, len(list), err)
	}
	p.talk("imported %d", len(list))
	return nil
}

// add adds exchanges to the history and returns how many it has taken.
func (h *history) add(ctx context.Context, list []*capture.Exchange) (int, error) {
	const most = 256 // exchanges in one commit
	for i := 0; i < len(list); i += most {
		var ops []capture.Op
		for _, ex := range list[i:min(i+most, len(list))] {
			ops = append(ops, capture.Op{Add: ex})
		}
		if err := h.commit(ctx, ops...); err != nil {
			return i, err
		}
	}
	return len(list), nil
}

// readFile reads the exchanges of a file, within the limits of a capture.
func (p *program) readFile(name string) ([]*capture.Exchange, error) {
	data, err := p.readInput(name)
	if err != nil {
		return nil, err
	}
	list, err := export.Read(data, time.Now())
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	for _, ex := range list {
		if ex.Request.Body.Size() > int64(p.opts.maxBody) {
			return nil, fmt.Errorf("read %s: a body of %d bytes is larger than --max-body %v", name, ex.Request.Body.Size(), &p.opts.maxBody)
		}
	}
	return list, nil
}

func (p *program) readInput(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(p.stdin)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	return data, nil
}
