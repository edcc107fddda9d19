package ui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	uicompare "creel/ui/compare"
	"creel/ui/keys"
)

// scope is where a key means something.
type scope uint8

const (
	inList   scope = 1 << iota
	inPane         // the detail has the focus
	anywhere = inList | inPane
)

// action is one row of the table from which footer, help, palette and the README's key table are printed.
type action struct {
	name  string      // in the palette
	keys  key.Binding // none: in the palette only
	where scope       // of one that does not say it, anywhere
	group string      // in help
	help  string      // one line, lower case
	words string      // what else the palette finds it by
	// unlisted keeps it out of the palette: it is there to be pressed by mistake.
	unlisted bool
	// label says in the footer what the key would do here; nil or an empty
	// text leaves it out.
	label func(*Model) safe.Text
	// early puts it second in the footer when it is there: few screens have it.
	early bool
	// ready says why it cannot be done now; nil or an empty text: it can.
	ready func(*Model) safe.Text
	// acts ends follow: what is selected now is meant.
	acts bool
	run  func(*Model) tea.Cmd
}

func (a *action) firstKey() string {
	if keys := a.keys.Keys(); len(keys) > 0 {
		return keys[0]
	}
	return ""
}

// why is the reason that stands against an action; empty when there is none.
func (a *action) why(m *Model) safe.Text {
	if a.ready == nil {
		return safe.Text{}
	}
	return a.ready(m)
}

func (m *Model) here() scope {
	if m.inDetail {
		return inPane
	}
	return inList
}

// key is what a key press does when no overlay is open.
func (m *Model) key(msg tea.KeyPressMsg) tea.Cmd {
	for i := range m.actions {
		a := &m.actions[i]
		if a.where&m.here() == 0 || !key.Matches(msg, a.keys) {
			continue
		}
		if a.acts && msg.IsRepeat {
			m.notify(safe.Linef("%s: once per key press", msg))
			return nil
		}
		return m.do(a)
	}
	return nil
}

func (m *Model) do(a *action) tea.Cmd {
	if m.notice.held == 0 {
		m.notice = notice{} // it was read
	}
	if why := a.why(m); !why.Empty() {
		m.notify(why)
		return nil
	}
	cmd := a.run(m)
	if a.acts {
		m.list.EndFollow()
	}
	return cmd
}

// footerActions are those with something to say in the footer here.
func (m *Model) footerActions() []*action {
	var out []*action
	early := 0
	for i := range m.actions {
		a := &m.actions[i]
		if a.label == nil || a.where&m.here() == 0 || !a.why(m).Empty() || a.label(m).Empty() {
			continue
		}
		if a.early && len(out) > 1 {
			early++
			out = slices.Insert(out, early, a)
			continue
		}
		out = append(out, a)
	}
	return out
}

// KeyRow is a row of the key table, for the command line and the README.
type KeyRow struct {
	Group string
	Keys  string // as people write them: "j k ↓ ↑"
	Does  string
}

// KeyTable returns the keys of the screen, in the order of help.
func KeyTable() []KeyRow {
	var rows []KeyRow
	for _, a := range actions() {
		if len(a.keys.Keys()) > 0 {
			rows = addKeys(rows, a.group, a.keys, a.help)
		}
	}
	for _, b := range uicompare.OwnKeys() {
		rows = addKeys(rows, groupCompare, b, b.Help().Desc)
	}
	return rows
}

// addKeys adds a row for a binding, or its keys to the last row when that does the same.
func addKeys(rows []KeyRow, group string, b key.Binding, does string) []KeyRow {
	if n := len(rows); n == 0 || rows[n-1].Does != does {
		rows = append(rows, KeyRow{Group: group, Does: does})
	}
	row := &rows[len(rows)-1]
	for _, k := range b.Keys() {
		if there := strings.Fields(row.Keys); !slices.Contains(there, keys.Names(k)) {
			row.Keys = strings.Join(append(there, keys.Names(k)), " ")
		}
	}
	return rows
}
