package control

import (
	"encoding/json"
	"time"

	"creel/capture"
	"creel/capture/provider"
	"creel/capture/reply"
	"creel/capture/ring"
	"creel/forward"
	"creel/forward/tunnel"
)

// Version is that of the protocol. An older side would misunderstand another Major.
var Version = struct{ Major, Minor int }{1, 0}

// Status says which creel answers.
type Status struct {
	Major     int           `json:"major"`
	Minor     int           `json:"minor"`
	Version   string        `json:"version"` // of creel
	PID       int           `json:"pid"`
	Host      string        `json:"host"` // the machine's name
	Started   time.Time     `json:"started"`
	URL       string        `json:"url"`
	Addresses []string      `json:"listen"`
	PublicURL string        `json:"public_url,omitempty"`
	Tunnel    tunnel.Status `json:"tunnel,omitzero"` // zero when there is none and was none
	History   string        `json:"history"`         // empty: in memory only
	Targets   []string      `json:"targets"`
	Held      int           `json:"held"`
	Kept      int           `json:"kept"`
	Bytes     int64         `json:"bytes"`
	Pinned    int           `json:"pinned"`
	Pending   int           `json:"pending"`
	// Settings are what a screen shows of how this creel was started.
	Settings Settings `json:"settings"`
}

// Settings are the settings of an engine that a screen needs.
type Settings struct {
	Keep      int              `json:"keep"`
	KeepBytes int64            `json:"keep_bytes"`
	Sign      forward.SignMode `json:"sign"`
	Async     bool             `json:"async"`
	Defaults  forward.Defaults `json:"defaults"`
	Presets   []reply.Spec     `json:"presets"`
}

// A line of GET /v1/changes is an exchange between these, or a [line].
var exchangeBegins, exchangeEnds = []byte(`{"exchange":`), []byte("}\n")

// line is one line of GET /v1/changes. One member is set; Rev ends what belongs together.
type line struct {
	Gone    []capture.ID `json:"gone,omitempty"`
	Deleted []capture.ID `json:"deleted,omitempty"` // those of Gone that a user deleted
	Facts   *facts       `json:"facts,omitempty"`
	Notice  string       `json:"notice,omitempty"`
	Problem string       `json:"problem,omitempty"`
	By      string       `json:"by,omitempty"` // who did what the notice says
	// Rev is the revision reached; with Whole, the exchanges since the last one are all there are.
	Rev   capture.Rev `json:"rev,omitempty"`
	Whole bool        `json:"whole,omitempty"`
	Alive bool        `json:"alive,omitempty"` // nothing to say
	Ends  bool        `json:"ends,omitempty"`  // the last line: who has read it leaves
}

// facts are what a screen shows beside the exchanges.
type facts struct {
	// Seq orders the facts of one process: those with a lower number are older.
	Seq uint64 `json:"seq"`

	Stats    stats              `json:"stats"`
	Targets  []forward.Status   `json:"targets"`
	InFlight []forward.InFlight `json:"in_flight"`
	Pending  int                `json:"pending"`
	// PendingFor is how many are pending for each target, by its key.
	PendingFor map[string]int `json:"pending_for,omitempty"`

	Standing reply.Spec        `json:"standing"`
	Words    string            `json:"standing_words"`
	Filter   string            `json:"hold_filter"`
	Holding  bool              `json:"holding"`
	Held     []held            `json:"held"`
	Ended    []reply.EndedHold `json:"ended"`
	Async    bool              `json:"async"`
	Rules    []reply.RuleInfo  `json:"rules"`
	File     string            `json:"rules_file"`
	RulesErr string            `json:"rules_error,omitempty"`
	Unsaved  bool              `json:"rules_unsaved"`
	Removed  int               `json:"rules_removed,omitempty"`
	Secrets  []string          `json:"secrets"` // the providers with one
	Public   string            `json:"public_url"`
	Tunnel   tunnel.Status     `json:"tunnel"`
}

// stats is [ring.Stats] with the error in words.
type stats struct {
	ring.Stats
	Problem string `json:"problem,omitempty"`
}

// held is [reply.Held] without the exchange, which the other side has.
type held struct {
	ID     capture.ID    `json:"id"`
	Since  time.Time     `json:"since"`
	Limit  time.Duration `json:"limit"`
	Ends   time.Time     `json:"ends"` // zero while it is paused
	Left   time.Duration `json:"left"`
	Paused bool          `json:"paused"`
	Action string        `json:"action"`
}

// The requests and responses of the verbs.
type (
	nothing struct{}

	// applyRequest is a change to the history. Restore puts back what this side deleted.
	applyRequest struct {
		Meta    []capture.Meta `json:"meta,omitempty"`
		Delete  []capture.ID   `json:"delete,omitempty"`
		Restore []capture.ID   `json:"restore,omitempty"`
	}

	// resendRequest is [forward.Resend]; Request is a whole exchange whose request
	// is sent in place of the captured one.
	resendRequest struct {
		ID      capture.ID       `json:"id"`
		Request json.RawMessage  `json:"request,omitempty"`
		Edited  bool             `json:"edited"`
		To      forward.Target   `json:"to"`
		Sign    forward.SignMode `json:"sign"`
		// Recording is whether the attempt is recorded where it is made.
		Recording Recording `json:"recording,omitempty"`
	}
	// attemptResponse is an exchange with one attempt, or why there is none.
	attemptResponse struct {
		Attempt json.RawMessage `json:"attempt,omitempty"`
	}
	repeatRequest struct {
		Runs        []resendRequest `json:"runs"`
		Times       int             `json:"times"`
		Concurrency int             `json:"concurrency"`
		Delay       time.Duration   `json:"delay"`
		Speed       float64         `json:"speed"`
	}
	urlRequest struct {
		URL string `json:"url"`
	}
	tunnelRequest struct {
		Spec      tunnel.Spec `json:"spec"`
		AcceptNew bool        `json:"accept_new"`
	}
	textRequest struct {
		Text string `json:"text"`
	}
	ruleRequest struct {
		At   int    `json:"at"`
		To   int    `json:"to"`
		On   bool   `json:"on"`
		Was  string `json:"was"`
		Text string `json:"text"`
	}
	holdRequest struct {
		Filter string `json:"filter"`
		On     bool   `json:"on"`
	}
	// decideRequest ends holds: of one exchange, of the one that has waited longest, or of all.
	decideRequest struct {
		ID       capture.ID     `json:"id,omitempty"`
		Oldest   bool           `json:"oldest,omitempty"`
		Decision reply.Decision `json:"decision"`
	}
	// targetRequest is one change of the standing targets.
	targetRequest struct {
		Change TargetChange `json:"change"`
		Spec   string       `json:"spec"`
	}
	countResponse struct {
		Count int        `json:"count"`
		ID    capture.ID `json:"id,omitempty"` // of the only one
	}
	idRequest struct {
		ID   capture.ID `json:"id"`
		Spec reply.Spec `json:"spec"`
	}
	// idsRequest names exchanges; none means all.
	idsRequest struct {
		IDs []capture.ID `json:"ids"`
	}
	checkRequest struct {
		ID      capture.ID       `json:"id"`
		Options provider.Options `json:"options"`
		Request json.RawMessage  `json:"request,omitempty"`
	}
	sampleRequest struct {
		Provider string `json:"provider"`
		Event    string `json:"event"`
		Secret   string `json:"secret,omitempty"`
		Target   string `json:"target,omitempty"`
		URL      string `json:"url,omitempty"`
	}
	sampleResponse struct {
		Request json.RawMessage `json:"request"`
		Note    string          `json:"note"`
		Signed  bool            `json:"signed"`
		URL     string          `json:"signed_url"`
	}
)

type errorResponse struct {
	Error string `json:"error"`
}
