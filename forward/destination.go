package forward

import (
	"slices"

	"creel/capture"
)

// Defaults are the settings of targets that are known by their URL alone.
type Defaults struct {
	KeepHost  bool // send the captured Host
	Forwarded bool // see [Target]; so are the rest
	Insecure  bool
	CACert    string
	Ordered   bool
}

// Apply returns t with the defaults.
func (d Defaults) Apply(t Target) Target {
	t.Forwarded, t.Insecure, t.CACert, t.Ordered = d.Forwarded, d.Insecure, d.CACert, d.Ordered
	if d.KeepHost {
		t.Host = KeepHost
	}
	return t
}

// ForResend returns where a resend of ex goes: where it went last, else the
// target that is on for its path; false when neither is known.
func (ts *Targets) ForResend(ex *capture.Exchange) (Target, bool) {
	for _, a := range slices.Backward(ex.Attempts) {
		if ts.fromHere(ex, a) {
			return ts.again(ex, a.To)
		}
	}
	if on := ts.For(ex.Request.Target); len(on) > 0 {
		return on[0], true
	}
	return Target{}, false
}

// fromHere reports whether an attempt was made from this machine: in a team, those of
// others went to a localhost that is not this one.
func (ts *Targets) fromHere(ex *capture.Exchange, a *capture.Attempt) bool {
	if a.Who != "" {
		return a.Who == ts.Who
	}
	return ex.Origin == nil || ex.Origin.Node == ts.Node
}

// again returns the target that leads ex to url: the configured one where there
// is one, with all its settings.
func (ts *Targets) again(ex *capture.Exchange, url string) (Target, bool) {
	for _, s := range ts.List() {
		if s.Resolve(ex.Request.Target).String() == url {
			return s.Target, true
		}
	}
	exact, err := Exactly(url)
	if err != nil {
		return Target{}, false
	}
	to := ts.ForURL(exact.URL)
	to.Exact = true
	return to, true
}

// ForURL returns the target for a URL that the user typed: with the defaults and,
// as to certificates, like a configured target on the same host.
func (ts *Targets) ForURL(u URL) Target {
	to := ts.Defaults.Apply(Target{URL: u})
	for _, s := range ts.List() {
		if s.URL.Scheme == u.Scheme && s.URL.Host == u.Host {
			to.Insecure, to.CACert = s.Insecure, s.CACert
		}
	}
	return to
}
