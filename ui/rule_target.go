package ui

import (
	"slices"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/reply"
	"creel/forward"
)

// ruleTargets says where the rules forward a request, and remembers it for the footer.
type ruleTargets struct {
	rules   []reply.RuleInfo
	filters []*filter.Filter // of the rules; nil for one that is not in force
	id      capture.ID
	url     string
}

// take sets the rules as they are now.
func (r *ruleTargets) take(rules []reply.RuleInfo) {
	same := slices.EqualFunc(r.rules, rules, func(a, b reply.RuleInfo) bool {
		return a.Match == b.Match && a.Forward == b.Forward && a.Enabled == b.Enabled && a.UsedUp() == b.UsedUp()
	})
	if same {
		return
	}
	*r = ruleTargets{rules: rules, filters: make([]*filter.Filter, len(rules))}
	for i, rule := range rules {
		if f, err := filter.Parse(rule.Match, filter.Arrival); err == nil && rule.Enabled && !rule.UsedUp() {
			r.filters[i] = f
		}
	}
}

// of returns the URL that the first fitting rule forwards ex to; empty without one.
func (r *ruleTargets) of(ex *capture.Exchange, env func() *filter.Env) string {
	if r.id == ex.ID {
		return r.url
	}
	r.id, r.url = ex.ID, ""
	for i, f := range r.filters {
		if f != nil && f.Match(ex, env()) {
			r.url = r.rules[i].Forward
			break
		}
	}
	return r.url
}

// ruleTarget is where the rules forward a request that was not sent anywhere yet.
func (m *Model) ruleTarget(ex *capture.Exchange) (forward.Target, bool) {
	if len(ex.Attempts) > 0 {
		return forward.Target{}, false // it goes where it went
	}
	to, err := forward.ParseTarget(m.ruleTargets.of(ex, m.filterEnv))
	if err != nil {
		return forward.Target{}, false
	}
	for _, s := range m.facts.targets {
		if s.Key() == to.Key() {
			return s.Target, true // with all its settings, as on arrival
		}
	}
	return m.targetForURL(to.URL), true
}
