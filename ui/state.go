package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/export"
	"creel/capture/reply"
	"creel/capture/ring"
	"creel/capture/safe"
	"creel/capture/stats"
	"creel/forward"
	"creel/ui/compose"
	"creel/ui/detail"
	"creel/ui/filterline"
	"creel/ui/layout"
	"creel/ui/list"
	"creel/ui/overlay"
	"creel/ui/theme"
)

// settings are what the configuration gave and the user changes while the screen
// runs.
type settings struct {
	presets []reply.Spec
	public  string         // the URL that senders call; empty for none
	export  export.Options // with the secrets that are masked
}

// clock is the time of the screen, and what wakes it.
type clock struct {
	watch   <-chan struct{} // the ring's; nil in tests, which call Refresh
	initial tea.Cmd         // what the first look at the ring gave to do; Init does it
	now     time.Time       // of this message
	started time.Time
	ticking bool
}

// appearance is the theme and the size.
type appearance struct {
	look  theme.Options
	theme *theme.Theme
	lay   layout.Layout
	// responseNeeds and listLines are how many lines response and list needed when all
	// was laid out.
	responseNeeds, listLines int
}

// widgets are what is drawn, and what keys do.
type widgets struct {
	actions     []action
	list        *list.List
	detail      *detail.Pane
	response    *detail.Pane // what came back, below the request where there is room
	filter      *filterline.Line
	stack       overlay.Stack
	breakdown   *overlay.Breakdown // nil while it is not open
	views       views
	bannerShown bool // the line that stays has its row
}

// focus is where the keys go, and how the panes share the screen.
type focus struct {
	inDetail   bool // the detail has the focus
	inResponse bool // and of it the response
	zoomed     bool // and the whole screen
	shift      layout.Shift
	dragging   bool // the line between list and detail
	clicked    click
	blurred    bool // another window has the terminal's focus
}

// history is what was captured, as far as the screen has read it.
type history struct {
	index       index
	filterState filterState
	bodies      body.Cache
	rev         capture.Rev
	pause       time.Duration // before the next look at the ring
	newest      capture.ID    // that was ever seen
	loaded      bool          // what earlier runs kept is there
	stats       ring.Stats
	stat        *stats.Table // of all that was seen
	rate        arrivals
	keptUpTo    capture.ID // of requests in memory, the last that was written into the history
	marked      map[capture.ID]bool
	unread      map[capture.ID]bool
	deleted     []deletion // for undo, the last one last
	changing    int        // deletions and undos under way
}

// alerts are the notices of requests that are held.
type alerts struct {
	heldNotified map[capture.ID]bool // of those held: the user was notified
	bell         bool                // rings, too
}

// sending is what is sent from here, or is going to be.
type sending struct {
	inFlight   map[capture.ID]int              // attempts of ours under way
	drafts     map[capture.ID]*compose.Compose // being edited, or left with something in it
	lostDrafts map[capture.ID]lostDraft        // of those: their requests are gone
	given      []forward.URL                   // that were asked for and not sent to yet, the last one last
	used       []forward.URL                   // and those that were sent to
	fromHere   map[string]bool                 // by address: what is sent there goes from this machine; absent: not asked yet
	repeat     repeat
	batch      batch // of resends that is under way
}

// ruleState is how far changes of the rules are.
type ruleState struct {
	rulesStatus  safe.Text     // in the list of rules
	rulesChanges []rulesChange // the first one is being made
	ruleTargets  ruleTargets   // where r goes by the rules
	ruleDraft    ruleDraft
}
