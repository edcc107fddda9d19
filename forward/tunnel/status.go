package tunnel

import "time"

// State is where a tunnel stands.
type State string

// The states of a tunnel. Only Up means that requests arrive.
const (
	Starting     State = "starting"
	Announced    State = "announced"    // a URL was printed, nothing proves that it works
	Up           State = "up"           // proven
	Reconnecting State = "reconnecting" // it was lost, or could not be made yet
	Changed      State = "changed"      // there is a new URL; Previous is the old one
	Ended        State = "ended"        // for good: Reason says why
)

// Status is what is known of a tunnel at one time.
type Status struct {
	State State
	URL   string // without a trailing slash; empty until one is known
	Via   string // see [Spec.Via]
	// SelfTested reports that a request of creel's own came back through the URL.
	// Without it, Up rests on the word of the service or on a request that came.
	SelfTested bool
	// Temporary is [Spec.Temporary].
	Temporary bool
	// Reason says, in a sentence, why a tunnel is not up, and what to do.
	Reason   string
	Previous string // the URL before this one, when State is Changed
	// LastCaller is the provider that called Previous last, and has to be given the
	// new one. A tunnel does not know it; who captures adds it.
	LastCaller string
	// Refused is how many requests were refused since the start because they are not
	// below the path that may pass; who captures adds it, too.
	Refused int64
	Since   time.Time // of State
}
