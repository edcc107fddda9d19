package ui

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/export"
	"creel/capture/safe"
	"creel/capture/words"
	"creel/ui/overlay"
)

// osc52Bytes is how much is sent to a terminal's clipboard: some drop more without a word.
const osc52Bytes = 74_000

func (m *Model) copyLabel() safe.Text {
	if m.showsFirst() {
		return safe.Const("copy line")
	}
	return safe.Const("copy")
}

func (m *Model) cannotCopy() safe.Text {
	if m.showsFirst() {
		return safe.Text{}
	}
	return needsOne(m)
}

// copyMenu offers what can be copied of the request; on the first screen it copies the line that is picked.
func (m *Model) copyMenu() tea.Cmd {
	if m.showsFirst() {
		return m.copyText("the line", []byte(m.first.ways[m.first.at].command()))
	}
	m.stack.Open(overlay.NewMenu(m.theme, safe.Concat(safe.Const("copy "), m.subject(), safe.Const("   nothing is masked")), append(m.pickItems(m.copyPick),
		overlay.Item{Key: "w", Name: safe.Const("write…"), Hint: safe.Const("one of these to a file"), Do: func() tea.Cmd {
			m.stack.Open(overlay.NewMenu(m.theme, safe.Const("write to a file   nothing is masked"), m.pickItems(m.writeFile)))
			return nil
		}})))
	return nil
}

// pick is one thing that can be copied or written.
type pick struct {
	key, name, hint, ext string
	data                 func(context.Context, []*capture.Exchange) ([]byte, error)
}

// formatKeys choose a format, to copy it and to export it; j and k move in a menu.
var formatKeys = map[string]string{
	"curl": "c", "httpie": "i", "http": "t", "har": "a", "jsonl": "o", "raw": "r", "markdown": "m", "fetch": "f", "go": "g", "python": "p",
	"csv": "c", "json": "o", // of a breakdown
}

// picks are what can be copied: the body and parts first, then each format.
func (m *Model) picks() []pick {
	list := []pick{
		{"b", "the body", "exact bytes", "body", bodyOf},
		{"u", "the URL", "", "txt", each(m.urlOf)},
		{"h", "the header fields", "", "txt", each(headerText)},
	}
	list = append(list, m.cursorPicks()...)
	for _, f := range export.Formats() {
		list = append(list, pick{formatKeys[f.Name], f.Name, f.Help, f.Ext, func(ctx context.Context, rows []*capture.Exchange) ([]byte, error) {
			data, _, err := write(ctx, nil, f, rows, export.Options{WithSecrets: true})
			return data, err
		}})
	}
	return list
}

// cursorPicks are a field, parameter or cookie at the cursor; or a value of the body, and its path.
func (m *Model) cursorPicks() []pick {
	is := func(b []byte) func(context.Context, []*capture.Exchange) ([]byte, error) {
		return func(context.Context, []*capture.Exchange) ([]byte, error) { return b, nil }
	}
	if !m.inDetail || m.selected() == nil {
		return nil
	}
	if v, ok := m.pane().Value(); ok {
		return []pick{{"v", "the value of " + v.Name, "", "txt", is([]byte(v.Text))}}
	}
	n, ok := m.pane().Node()
	if !ok {
		return nil
	}
	value := n.Value
	if text := ""; json.Unmarshal(value, &text) == nil && value[0] == '"' {
		value = []byte(text)
	}
	return []pick{{"v", "the value at the cursor", "", "txt", is(value)}, {".", "the jq path", "", "txt", is([]byte(n.Path))}}
}

// pickItems are the picks as items of a menu that does something with one.
func (m *Model) pickItems(do func([]*capture.Exchange, pick) tea.Cmd) []overlay.Item {
	rows := m.chosen()
	var items []overlay.Item
	for _, p := range m.picks() {
		items = append(items, overlay.Item{Key: p.key, Name: safe.Line(p.name), Hint: safe.Line(p.hint), Do: func() tea.Cmd { return do(rows, p) }})
	}
	return items
}

// copied reports text that was sent to a clipboard, or is to be.
type copied struct {
	what string
	osc  string // to be sent to the terminal; empty when tmux took it
	n    int
	err  error
}

func (m *Model) copyPick(rows []*capture.Exchange, p pick) tea.Cmd {
	ctx, tmux := m.ctx, m.env("TMUX") != ""
	what := p.name + " of " + names(rows)
	return func() tea.Msg {
		data, err := p.data(ctx, rows)
		if err != nil {
			return copied{what: what, err: err}
		}
		return toClipboard(ctx, what, data, tmux)
	}
}

func (m *Model) copyText(what string, data []byte) tea.Cmd {
	ctx, tmux := m.ctx, m.env("TMUX") != ""
	return func() tea.Msg { return toClipboard(ctx, what, data, tmux) }
}

// toClipboard gives data to tmux, which passes it on, else has it sent to the terminal itself.
func toClipboard(ctx context.Context, what string, data []byte, tmux bool) tea.Msg {
	c := copied{what: what, n: len(data)}
	if tmux {
		cmd := exec.CommandContext(ctx, "tmux", "load-buffer", "-w", "-")
		cmd.Stdin = bytes.NewReader(data)
		out, err := cmd.CombinedOutput()
		if err == nil {
			return c
		}
		if len(data) > osc52Bytes {
			c.err = fmt.Errorf("copy: tmux load-buffer: %w: %s", err, bytes.TrimSpace(out))
			return c
		}
	}
	if len(data) > osc52Bytes {
		c.err = fmt.Errorf("copy: %s is too much for a terminal's clipboard: w in the menu writes a file", words.Size(int64(len(data))))
		return c
	}
	c.osc = string(data)
	return c
}

// reportCopied says where the text was sent; whether it arrived, no terminal says.
func (m *Model) reportCopied(c copied) tea.Cmd {
	switch {
	case c.err != nil:
		m.logProblem(c.err.Error())
	case c.n == 0: // an empty text would clear the clipboard
		m.notify(safe.Linef("%s is empty: nothing was sent", c.what))
	case c.osc != "":
		m.notify(safe.Linef("%s, %s: sent to the terminal's clipboard (OSC 52)", c.what, words.Size(int64(c.n))))
		return tea.SetClipboard(c.osc)
	default:
		m.notify(safe.Linef("%s, %s: sent to tmux's buffer and clipboard", c.what, words.Size(int64(c.n))))
	}
	return nil
}

func bodyOf(ctx context.Context, rows []*capture.Exchange) ([]byte, error) {
	var b bytes.Buffer
	for _, ex := range rows {
		data, err := ex.Request.Body.Bytes(ctx)
		if err != nil {
			return nil, fmt.Errorf("body of %s: %w", ex.Name(), err)
		}
		b.Write(data)
	}
	return b.Bytes(), nil
}

// each is a pick of one text for each exchange.
func each(text func(*capture.Exchange) string) func(context.Context, []*capture.Exchange) ([]byte, error) {
	return func(_ context.Context, rows []*capture.Exchange) ([]byte, error) {
		parts := make([]string, len(rows))
		for i, ex := range rows {
			parts[i] = text(ex)
		}
		return []byte(strings.Join(parts, "\n")), nil
	}
}

func headerText(ex *capture.Exchange) string {
	var b strings.Builder
	for _, f := range ex.Request.Fields {
		b.WriteString(f.Name + ": " + f.Value + "\n")
	}
	return b.String()
}

func (m *Model) urlOf(ex *capture.Exchange) string {
	if !strings.HasPrefix(ex.Request.Target, "/") {
		return ex.Request.Target
	}
	return strings.TrimSuffix(cmp.Or(m.public, m.deps.Config.URL), "/") + ex.Request.Target
}
