package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/safe"
	"creel/ui/theme"
)

// detail shows one request.
type detail struct {
	t    *theme.Theme
	w, h int
	ex   *capture.Exchange
}

func newDetail(t *theme.Theme) *detail { return &detail{t: t} }

func (d *detail) SetTheme(t *theme.Theme)           { d.t = t }
func (d *detail) SetSize(w, h int)                  { d.w, d.h = w, h }
func (d *detail) Show(ex *capture.Exchange) tea.Cmd { d.ex = ex; return nil }
func (d *detail) Update(tea.Msg) tea.Cmd            { return nil }

func (d *detail) View(bool) string {
	var lines []string
	if d.ex != nil {
		r := &d.ex.Request
		lines = append(lines, d.t.NewRow(d.w, theme.Style{}).Text(d.t.Bold, safe.Line(r.Method+" "+r.Target)).String())
		for _, f := range r.Fields {
			lines = append(lines, d.t.NewRow(d.w, theme.Style{}).Gap(1).Text(d.t.Dim, safe.Line(f.Name+": ")).Text(d.t.Plain, safe.Line(f.Value)).String())
		}
		if b, err := r.Body.Bytes(nil); err == nil {
			for line := range strings.Lines(string(b)) {
				lines = append(lines, d.t.NewRow(d.w, theme.Style{}).Gap(1).Text(d.t.Plain, safe.Line(strings.TrimRight(line, "\n"))).String())
			}
		}
	}
	for len(lines) < d.h {
		lines = append(lines, strings.Repeat(" ", d.w))
	}
	return strings.Join(lines[:d.h], "\n")
}

func (d *detail) Key(string) tea.Cmd               { return nil }
func (d *detail) Scroll(int) tea.Cmd               { return nil }
func (d *detail) Click(int, int) tea.Cmd           { return nil }
func (d *detail) SetFilter(*filter.Filter) tea.Cmd { return nil }
func (d *detail) Back() bool                       { return false }
func (d *detail) CanFold() bool                    { return false }
