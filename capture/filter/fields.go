package filter

import (
	"iter"
	"slices"
	"strings"

	"creel/capture"
	"creel/capture/provider"
)

// field is a key of the language. It has texts, or numbers, or a compile
// function of its own.
type field struct {
	name string
	help string
	// names calls add for each name that may follow the dot of a key that takes one,
	// header.NAME; nil for all others.
	names func(x *capture.Exchange, add func(string))
	// late says that it is not known when the request arrives.
	late bool
	// body says that matching reads the decoded body.
	body bool

	// texts calls hit for each value until one hits, and says whether one did.
	texts func(p *probe, name string, hit func(string) bool) bool
	// how compiles a value of a text key.
	how func(v value) (func(string) bool, *Error)
	// searches says that the words of its values are worth marking in the detail.
	searches bool

	// numbers is texts for numbers, written in a unit.
	numbers func(p *probe, hit func(int64) bool) bool
	unit    unit

	// compile makes the test of a key that is neither.
	compile func(v value, scope Scope) (test, *Error)

	// offers are values worth completing besides those seen.
	offers []string
}

// anywhere stands for the bare words, which have no key.
var anywhere = &field{help: "search everywhere", body: true, searches: true, texts: eachText, how: found}

// fields are the keys, in the order in which they are listed and completed.
var fields = []*field{
	{name: "method", help: "GET, POST, a glob", texts: one(func(p *probe) string { return p.ex.Request.Method }), how: equalsFold, offers: []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}},
	{name: "path", help: "/github and all below; =/github only itself; a glob", texts: one(func(p *probe) string { return p.ex.Request.Path() }), how: below},
	{name: "host", help: "the Host it was sent to", texts: one(func(p *probe) string { return p.ex.Request.Host }), how: equalsFold},
	{name: "provider", help: "who sent it: stripe, github", texts: eachProvider, how: equals},
	{name: "event", help: "what happened: invoice.*", texts: one(func(p *probe) string { return p.ex.Sender.Event }), how: equals},
	{name: "delivery", help: "the sender's id of the event", texts: one(func(p *probe) string { return p.ex.Sender.Delivery }), how: equals},
	{name: "query", help: "a parameter: query.page:2", names: queryNames, texts: eachQuery, how: contains, searches: true},
	{name: "header", help: "a header field: header.x-id:abc", names: headerNames, texts: eachHeader, how: contains, searches: true},
	{name: "type", help: "the Content-Type contains", texts: func(p *probe, _ string, hit func(string) bool) bool { return eachHeader(p, "content-type", hit) }, how: contains, offers: []string{"json", "form", "xml", "multipart", "text"}},
	{name: "body", help: "the decoded body contains", body: true, texts: one((*probe).content), how: contains, searches: true},
	{name: "status", help: "what the sender got: 500, 5xx, >=400", late: true, unit: statuses, numbers: eachStatus, offers: []string{"2xx", "4xx", "5xx", ">=400"}},
	{name: "attempt", help: "what any attempt got: 500, 5xx, >=400", late: true, unit: statuses, numbers: eachAttempt, offers: []string{"2xx", "4xx", "5xx", ">=400"}},
	{name: "size", help: "of the body: >10k, 1k..2k", unit: sizes, numbers: eachSize, offers: []string{">10k", ">1M", "<1k"}},
	{name: "took", help: "time until the reply: >3s", late: true, unit: spans, numbers: eachTook, offers: []string{">1s", ">3s", ">10s"}},
	{name: "age", help: "since it arrived: <5m", late: true, unit: spans, numbers: eachAge, offers: []string{"<1m", "<5m", "<1h", "<1d"}},
	{name: "id", help: "412, 410..420", late: true, unit: ids, numbers: eachID},
	{name: "node", help: "which node of the team captured it", late: true, texts: eachNode, how: equals},
	{name: "who", help: "who of the team sent it on", late: true, texts: eachWho, how: equals},
	{name: "try", help: "the sender's n-th sending: >=2", unit: counts, numbers: eachTry, offers: []string{">=2"}},
	{name: "jq", help: "jq:'.amount > 1000', over the body", body: true, compile: compileJQ},
	{name: "is", help: "a state: pinned, failed, invalid", compile: compileIs},
}

func lookup(name string) *field {
	for _, f := range fields {
		if f.name == name {
			return f
		}
	}
	return nil
}

// one is texts for a key that has one value or, when that is empty, none.
func one(get func(*probe) string) func(*probe, string, func(string) bool) bool {
	return func(p *probe, _ string, hit func(string) bool) bool {
		s := get(p)
		return s != "" && hit(s)
	}
}

func eachHeader(p *probe, name string, hit func(string) bool) bool {
	for _, fs := range [...][]capture.Field{p.ex.Request.Fields, p.ex.Request.Trailers} {
		for i := range fs {
			if strings.EqualFold(fs[i].Name, name) && hit(fs[i].Value) {
				return true
			}
		}
	}
	return false
}

func headerNames(x *capture.Exchange, add func(string)) {
	for _, fs := range [...][]capture.Field{x.Request.Fields, x.Request.Trailers} {
		for i := range fs {
			add(strings.ToLower(fs[i].Name))
		}
	}
}

func eachQuery(p *probe, name string, hit func(string) bool) bool {
	for pair := range strings.SplitSeq(p.ex.Request.Query(), "&") {
		key, val, _ := strings.Cut(pair, "=")
		if pair != "" && capture.UnescapeQuery(key) == name && hit(capture.UnescapeQuery(val)) {
			return true
		}
	}
	return false
}

func queryNames(x *capture.Exchange, add func(string)) {
	for pair := range strings.SplitSeq(x.Request.Query(), "&") {
		name, _, _ := strings.Cut(pair, "=")
		add(capture.UnescapeQuery(name))
	}
}

// eachText gives bare words what they search.
func eachText(p *probe, _ string, hit func(string) bool) bool {
	for _, s := range places(p) {
		if hit(s) {
			return true
		}
	}
	return false
}

// places are all that bare words search, each with what it is called: url,
// host, provider, event, note, body, or the name of a header field.
func places(p *probe) iter.Seq2[string, string] {
	return func(yield func(place, text string) bool) {
		x := p.ex
		if !yield("url", x.Request.Target) || strings.Contains(x.Request.Target, "%") && !yield("url", capture.UnescapeQuery(x.Request.Target)) || !yield("host", x.Request.Host) || !yield("provider", x.Sender.Provider) ||
			!yield("event", x.Sender.Event) || !yield("note", x.Note) {
			return
		}
		for _, fs := range [...][]capture.Field{x.Request.Fields, x.Request.Trailers} {
			for i := range fs {
				if !yield(fs[i].Name, fs[i].Name) || !yield(fs[i].Name, fs[i].Value) {
					return
				}
			}
		}
		yield("body", p.content())
	}
}

func eachStatus(p *probe, hit func(int64) bool) bool {
	return p.ex.Reply.Status != 0 && hit(int64(p.ex.Reply.Status))
}

func eachAttempt(p *probe, hit func(int64) bool) bool {
	return slices.ContainsFunc(p.ex.Attempts, func(a *capture.Attempt) bool { return hit(int64(a.Reply.Status)) })
}

func eachSize(p *probe, hit func(int64) bool) bool {
	return hit(max(p.ex.Request.Size, p.ex.Request.Body.Size()))
}

func eachTook(p *probe, hit func(int64) bool) bool {
	return p.ex.State == capture.StateAnswered && hit(int64(p.ex.Reply.Took))
}

func eachAge(p *probe, hit func(int64) bool) bool { return hit(int64(p.age())) }
func eachID(p *probe, hit func(int64) bool) bool  { return hit(int64(p.ex.Number())) }
func eachTry(p *probe, hit func(int64) bool) bool {
	return p.ex.Sender.Try > 0 && hit(int64(p.ex.Sender.Try))
}

func equals(v value) (func(string) bool, *Error)     { return newPattern(v.raw, false).whole, nil }
func equalsFold(v value) (func(string) bool, *Error) { return newPattern(v.raw, true).whole, nil }
func found(v value) (func(string) bool, *Error)      { return newPattern(v.raw, true).within, nil }
func contains(v value) (func(string) bool, *Error) {
	return newPattern(v.raw, true).containsOrWhole, nil
}

// below compiles a path: /a matches itself and /a/b, but not /ab. How it is
// percent-encoded does not matter.
func below(v value) (func(string) bool, *Error) {
	raw := capture.ComparePath(v.raw)
	if exact, ok := strings.CutPrefix(raw, "="); ok {
		return func(s string) bool { return capture.ComparePath(s) == exact }, nil
	}
	if !strings.HasPrefix(v.raw, "/") && !strings.HasPrefix(v.raw, "*") {
		return nil, mistake(v.start, v.end, "a path starts with /", "path:/%s or path:*%[1]s*", strings.Trim(v.raw, "*"))
	}
	p := newPattern(raw, false)
	if p.isGlob() {
		return func(s string) bool { return p.whole(capture.ComparePath(s)) }, nil
	}
	dir := strings.TrimSuffix(raw, "/") + "/"
	return func(s string) bool {
		s = capture.ComparePath(s)
		return s == raw || strings.HasPrefix(s, dir)
	}, nil
}

// eachNode gives the name of a node and what stands for it.
func eachNode(p *probe, _ string, hit func(string) bool) bool {
	o := p.ex.Origin
	return o != nil && (hit(o.Node) || hit(o.Short))
}

func eachWho(p *probe, _ string, hit func(string) bool) bool {
	return slices.ContainsFunc(p.ex.Attempts, func(a *capture.Attempt) bool { return a.Who != "" && hit(a.Who) })
}

func eachProvider(p *probe, _ string, hit func(string) bool) bool {
	name := p.ex.Sender.Provider
	return name != "" && (hit(name) || slices.ContainsFunc(provider.OtherNames(name), hit))
}
