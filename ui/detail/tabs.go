package detail

import (
	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/safe"
	"creel/ui/theme"
)

// Tab is one of the views of a request.
type Tab uint8

// The tabs, in the order of their digits.
const (
	Body Tab = iota
	Headers
	Query
	Reply
	Attempts
	Signature
	Wire // named Raw on screen
	tabCount
)

// empty is said by a page without anything on it.
var empty = safe.Const("nothing here")

// tab is one row of the table of tabs.
type tab struct {
	name safe.Text
	// kept: it shows the request only, which does not change.
	kept bool
	// none reports that there is nothing to see: the tab is dim.
	none  func(*Pane) bool
	build func(*Pane, *sheet) tea.Cmd
}

// tabs are the tabs, by their constants.
var tabs = [tabCount]tab{
	Body:      {safe.Const("Body"), true, func(p *Pane) bool { return p.ex.Request.Body.Size() == 0 }, (*Pane).buildBody},
	Headers:   {safe.Const("Headers"), true, func(p *Pane) bool { return len(p.ex.Request.Fields) == 0 }, (*Pane).buildHeaders},
	Query:     {safe.Const("Query"), true, func(p *Pane) bool { return !hasQuery(&p.ex.Request) }, (*Pane).buildQuery},
	Reply:     {safe.Const("Reply"), false, func(p *Pane) bool { return p.ex.Reply.Status == 0 && p.ex.Reply.Fault == "" }, (*Pane).buildReply},
	Attempts:  {safe.Const("Attempts"), false, func(p *Pane) bool { return len(p.ex.Attempts) == 0 }, (*Pane).buildAttempts},
	Signature: {safe.Const("Signature"), false, func(p *Pane) bool { return unsigned(p.ex) }, (*Pane).buildSignature},
	Wire:      {safe.Const("Raw"), true, func(*Pane) bool { return false }, (*Pane).buildWire},
}

func unsigned(ex *capture.Exchange) bool {
	return ex.Verdict.Verdict == "" || ex.Verdict.Verdict == capture.Unsigned
}

// tabLine draws the tabs: as a line that parts the pane from what is above it,
// or plainly under a title. Where there is no room for their names, only that
// of the open one is written. It returns the cells of each, for clicks.
func (p *Pane) tabLine() (string, []cells) {
	t := p.t
	out := t.NewRow(p.w, theme.Style{})
	status := p.search.status()
	if p.Typing() { // the field says it
		status = safe.Text{}
	}
	long := p.tabsWidth()
	if n := status.Width(); n > 0 {
		long += n + 4
	}
	if p.titled {
		out.Gap(1)
	} else {
		out.Styled(t.Line(2), 2).Gap(1)
	}
	at := make([]cells, tabCount)
	for i := range tabs {
		if i > 0 {
			out.Text(t.Rule, p.tabGap(long))
		}
		from := out.Col()
		p.tabName(out, Tab(i), long <= p.w-4)
		at[i] = cells{from, out.Col()}
	}
	out.Gap(1)
	if n := status.Width(); n > 0 && out.Room() > n+3 {
		p.fill(out, out.Room()-n-3)
		out.Gap(1).Text(t.Accent, status).Gap(1)
	}
	p.fill(out, out.Room())
	return out.String(), at
}

// fill draws n cells of the line that the tabs stand in.
func (p *Pane) fill(out *theme.Row, n int) {
	if p.titled {
		out.Gap(n)
		return
	}
	out.Styled(p.t.Line(n), n)
}

// tabGap stands between two tabs.
func (p *Pane) tabGap(long int) safe.Text {
	if long <= p.w-4 {
		return safe.Const(" · ")
	}
	return safe.Const(" ")
}

func (p *Pane) tabsWidth() int {
	n := 3 * (len(tabs) - 1)
	for i := range tabs {
		n += 2 + tabs[i].name.Width()
	}
	return n
}

func (p *Pane) tabName(out *theme.Row, tab Tab, long bool) {
	style := p.t.Plain
	switch {
	case tab == p.tab:
		style = p.t.Accent
	case p.ex == nil || tabs[tab].none(p):
		style = p.t.Dim
	}
	out.Text(style, safe.Linef("%d", tab+1))
	if long || tab == p.tab {
		out.Gap(1).Text(style, tabs[tab].name)
	}
}
