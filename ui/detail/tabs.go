package detail

import (
	"strings"

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
	name, short safe.Text
	// kept: it shows the request only, which does not change.
	kept bool
	// none reports that there is nothing to see: the tab is dim.
	none  func(*Pane) bool
	build func(*Pane, *sheet) tea.Cmd
}

// tabs are the tabs, by their constants.
var tabs = [tabCount + 1]tab{
	Body: {
		safe.Const("Body"), safe.Const("Body"), true,
		func(p *Pane) bool { return p.ex.Request.Body.Size() == 0 }, (*Pane).buildBody,
	},
	Headers: {
		safe.Const("Headers"), safe.Const("Head"), true,
		func(p *Pane) bool { return len(p.ex.Request.Fields) == 0 }, (*Pane).buildHeaders,
	},
	Query: {
		safe.Const("Query"), safe.Const("Query"), true,
		func(p *Pane) bool {
			_, cookies := p.ex.Request.Get("Cookie")
			return !cookies && !strings.Contains(p.ex.Request.Target, "?")
		}, (*Pane).buildQuery,
	},
	Reply: {
		safe.Const("Reply"), safe.Const("Reply"), false,
		func(p *Pane) bool { return p.ex.Reply.Status == 0 && p.ex.Reply.Fault == "" }, (*Pane).buildReply,
	},
	Attempts: {
		safe.Const("Attempts"), safe.Const("Tries"), false,
		func(p *Pane) bool { return len(p.ex.Attempts)+len(p.ex.Pending)+len(p.inFlight()) == 0 }, (*Pane).buildAttempts,
	},
	Signature: {
		safe.Const("Signature"), safe.Const("Sig"), false,
		func(p *Pane) bool { return unsigned(p.ex) }, (*Pane).buildSignature,
	},
	Wire:     {safe.Const("Raw"), safe.Const("Raw"), true, func(*Pane) bool { return false }, (*Pane).buildWire},
	response: {build: (*Pane).buildResponse},
}

func unsigned(ex *capture.Exchange) bool {
	return ex.Signature.Verdict == "" || ex.Signature.Verdict == capture.Unsigned
}

// tabLine draws the tabs, in a line or plainly under a title, and returns the cells of each.
func (p *Pane) tabLine() (string, []cells) {
	out := p.t.NewRow(p.w, theme.Style{})
	status := p.search.status()
	if p.Typing() || p.top() == 2 { // the field says it, or the title
		status = safe.Text{}
	}
	room := p.w - 2
	if !p.titled {
		room -= 4
		p.fill(out, 2)
	}
	out.Gap(1)
	style, named := p.tabStyle(room - status.Width() - 3)
	if !named || status.Empty() {
		style, _ = p.tabStyle(room)
	}
	at := make([]cells, tabCount)
	for i := range tabs[:tabCount] {
		if i > 0 {
			out.Text(p.t.Rule, style.gap)
		}
		from := out.Col()
		look := p.tabLook(Tab(i))
		out.Text(look, safe.Linef("%d", i+1))
		if name := style.name(Tab(i), p.tab); !name.Empty() {
			out.Gap(style.apart).Text(look, name)
		}
		at[i] = cells{from, out.Col()}
	}
	out.Gap(1)
	if n := status.Width(); n > 0 && out.Room() > n+3 {
		p.fill(out, out.Room()-n-3)
		out.Gap(1).Text(p.t.Accent, status).Gap(1)
	}
	p.fill(out, out.Room())
	return out.String(), at
}

func (p *Pane) fill(out *theme.Row, n int) {
	if p.titled {
		out.Gap(n)
		return
	}
	out.Styled(p.t.Line(n), n)
}

func (p *Pane) tabLook(tab Tab) theme.Style {
	switch {
	case tab == p.tab:
		return p.t.Accent
	case p.ex == nil || tabs[tab].none(p):
		return p.t.Dim
	}
	return p.t.Plain
}

// tabStyle is how much of the tabs' names is written, what parts them, and how far
// apart a digit and its name stand.
type tabStyle struct {
	gap   safe.Text
	apart int
	name  func(tab, open Tab) safe.Text
}

// tabStyle is the widest that fits into a room, and whether that has the names
// of all.
func (p *Pane) tabStyle(room int) (style tabStyle, named bool) {
	long := func(tab, _ Tab) safe.Text { return tabs[tab].name }
	short := func(tab, _ Tab) safe.Text { return tabs[tab].short }
	digits := func(tab, open Tab) safe.Text {
		if tab == open {
			return tabs[tab].name
		}
		return safe.Text{}
	}
	for _, s := range []tabStyle{
		{safe.Const(" · "), 1, long},
		{safe.Const("  "), 1, long},
		{safe.Const(" "), 1, long},
		{safe.Const(" "), 0, long},
		{safe.Const("  "), 1, short},
		{safe.Const(" "), 1, short},
	} {
		n := s.gap.Width() * (int(tabCount) - 1)
		for i := range tabs[:tabCount] {
			n += 1 + s.apart + s.name(Tab(i), p.tab).Width()
		}
		if n <= room {
			return s, true
		}
	}
	return tabStyle{safe.Const(" "), 1, digits}, false
}
