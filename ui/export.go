package ui

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"creel/capture"
	"creel/capture/export"
	"creel/capture/redact"
	"creel/capture/safe"
	"creel/capture/words"
	"creel/ui/overlay"
)

func (m *Model) exportMenu() {
	m.openExport(exporting{rows: m.chosen(), subject: m.subject(), to: toFile})
}

type destination struct {
	name safe.Text
	send func(m *Model, x exporting, f export.Format) tea.Cmd
}

var (
	toFile = destination{safe.Const(" to a file   secrets are masked"), (*Model).exportFile}
	toPost = destination{safe.Const(" to the clipboard   secrets are masked"), (*Model).exportClip}
)

func (m *Model) openExport(x exporting) {
	rows, to := x.rows, x.to
	var items []overlay.Item
	for _, f := range export.Formats() {
		hint := safe.Line(f.Help)
		if f.Exact {
			hint = safe.Concat(safe.Const("not masked: "), hint)
		}
		items = append(items, overlay.Item{
			Key: formatKeys[f.Name], Name: safe.Line(f.Name), Hint: hint,
			Do: func() tea.Cmd { return to.send(m, x, f) },
		})
	}
	if shown := m.index.shown; len(rows) < len(shown) {
		all := slices.Clone(shown)
		items = append(items, overlay.Item{
			Key: "s", Name: safe.Const("all…"), Hint: safe.Linef("the %s that are shown", words.Number(len(all))),
			Do: func() tea.Cmd {
				x.rows, x.subject = all, safe.Linef("%s shown", words.Number(len(all)))
				m.openExport(x)
				return nil
			},
		})
	}
	if to.name == toFile.name {
		items = append(items, m.nameItem(x), overlay.Item{
			Key: "y", Name: safe.Const("copy…"), Hint: safe.Const("one of these, for an issue or a chat"),
			Do: func() tea.Cmd { x.to = toPost; m.openExport(x); return nil },
		})
	}
	items = append(items, m.maskItem(x))
	m.stack.Open(overlay.NewMenu(m.theme, safe.Concat(safe.Const("export "), x.subject, to.name), items))
}

// exported reports a file that was written.
type exported struct {
	path    string
	n       int
	masked  []string
	leftOut string // what, in words
	err     error
}

// nameItem says which file is written, and asks for another one.
func (m *Model) nameItem(x exporting) overlay.Item {
	hint := safe.Linef("%s, in %s", fileName(x.rows), cmp.Or(m.atHome(m.env("PWD")), "this directory"))
	if x.file != "" {
		hint = safe.Line(x.file)
	}
	return overlay.Item{Key: "n", Name: safe.Const("name…"), Hint: hint, Do: func() tea.Cmd {
		m.stack.Open(overlay.NewPrompt(m.theme, overlay.PromptSpec{
			Title: safe.Const("the file, without the ending of its format"), Verb: "choose the format",
			Text: cmp.Or(x.file, fileName(x.rows)), Select: true,
			Check: func(text string) (safe.Text, error) {
				return safe.Const("a file that is there stays: the new one gets a number"), nil
			},
			Done: func(text string) tea.Cmd {
				x.file = strings.TrimSpace(text)
				if rest, ok := strings.CutPrefix(x.file, "~/"); ok {
					x.file = filepath.Join(m.env("HOME"), rest)
				}
				m.openExport(x)
				return nil
			},
		}))
		return nil
	}}
}

func (m *Model) exportFile(x exporting, f export.Format) tea.Cmd {
	ctx, p, options := m.ctx, m.deps.Providers, x.options(m)
	name := x.file
	if name == "" {
		name = fileName(x.rows)
		if f.Name != f.Ext {
			name += "-" + f.Name
		}
	}
	return func() tea.Msg {
		data, res, err := write(ctx, p, f, x.rows, options)
		if err != nil {
			return exported{err: err}
		}
		path, err := newFile(strings.TrimSuffix(name, "."+f.Ext), f.Ext, data)
		return exported{path, res.Count, res.Masked, res.LeftOutWords(), err}
	}
}

// exportClip copies an export, and says what was masked in it.
func (m *Model) exportClip(x exporting, f export.Format) tea.Cmd {
	ctx, p, tmux, options := m.ctx, m.deps.Providers, m.env("TMUX") != "", x.options(m)
	return func() tea.Msg {
		data, res, err := write(ctx, p, f, x.rows, options)
		if err != nil {
			return copied{err: err}
		}
		what := f.Name + " of " + names(x.rows)
		if len(res.Masked) > 0 {
			what += ", masked " + strings.Join(res.Masked, ", ")
		}
		if out := res.LeftOutWords(); out != "" {
			what += ", " + out
		}
		return toClipboard(ctx, what, data, tmux)
	}
}

func (m *Model) writeFile(rows []*capture.Exchange, p pick) tea.Cmd {
	ctx := m.ctx
	return func() tea.Msg {
		data, err := p.data(ctx, rows)
		if err != nil {
			return exported{err: err}
		}
		path, err := newFile(fileName(rows), p.ext, data)
		return exported{path: path, n: len(rows), err: err}
	}
}

func (m *Model) reportExported(e exported) {
	switch {
	case e.err != nil:
		m.logProblem(e.err.Error())
	case len(e.masked) > 0:
		m.notify(safe.Linef("%d written to %s; masked: %s", e.n, m.atHome(e.path), strings.Join(e.masked, ", ")))
	case e.leftOut != "":
		m.notify(safe.Linef("%d written to %s; %s", e.n, m.atHome(e.path), e.leftOut))
	default:
		m.notify(safe.Linef("%d written to %s", e.n, m.atHome(e.path)))
	}
}

// write is the exchanges in one format, with the secrets masked that the capture knows by now.
func write(ctx context.Context, p Providers, f export.Format, rows []*capture.Exchange, opt export.Options) ([]byte, export.Result, error) {
	if !f.Exact {
		var err error
		if opt.Redact, err = withSecrets(ctx, p, rows, opt.Redact); err != nil {
			return nil, export.Result{}, err
		}
	}
	var b bytes.Buffer
	res, err := f.Write(ctx, &b, func(yield func(*capture.Exchange, error) bool) {
		for _, ex := range rows { // which are all there
			if !yield(ex, nil) {
				return
			}
		}
	}, opt)
	return b.Bytes(), res, err
}

// withSecrets hides the secrets, too, that stand in the rows; p may be nil.
func withSecrets(ctx context.Context, p Providers, rows []*capture.Exchange, c redact.Config) (redact.Config, error) {
	if p == nil || len(rows) == 0 {
		return c, nil
	}
	known, err := p.SecretsIn(ctx, rows)
	c.Known = append(slices.Clip(c.Known), known...)
	return c, err
}

// fileName is a name without ending, made of ids only, never of what was captured.
func fileName(rows []*capture.Exchange) string {
	name := "creel"
	if len(rows) > 0 {
		name += fmt.Sprintf("-%d", rows[0].Number())
	}
	if len(rows) > 1 {
		name += fmt.Sprintf("-%d", rows[len(rows)-1].Number())
	}
	return name
}

// newFile writes a file that is not there yet, 0600, and returns its whole path; a name taken gets a number.
func newFile(base, ext string, data []byte) (string, error) {
	for i := 1; i < 1000; i++ {
		path := base + "." + ext
		if i > 1 {
			path = fmt.Sprintf("%s.%d.%s", base, i, ext)
		}
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("write: %w", err)
		}
		_, err = f.Write(data)
		if whole, err := filepath.Abs(path); err == nil {
			path = whole
		}
		return path, errors.Join(err, f.Close())
	}
	return "", fmt.Errorf("write: %s.%s and a thousand more are taken", base, ext)
}

func names(rows []*capture.Exchange) string {
	if len(rows) == 1 {
		return rows[0].Name()
	}
	return words.Count(len(rows), "request")
}

// env is a variable of the terminal's environment.
func (m *Model) env(name string) string {
	if m.deps.Environ == nil {
		return os.Getenv(name)
	}
	return uv.Environ(m.deps.Environ).Getenv(name)
}
