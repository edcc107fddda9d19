package provider

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"creel/capture"
)

// The reasons of a verdict that is not valid.
const (
	Mismatch  capture.Reason = "signature_mismatch"
	Tolerance capture.Reason = "timestamp_out_of_tolerance"
	NoKnown   capture.Reason = "no_known_signature"
	Missing   capture.Reason = "missing_header"
	Malformed capture.Reason = "malformed_header"
)

// claim is what a request says about its own signature.
type claim struct {
	sigs []candidate
	// reason says why there is nothing to check; empty when there is.
	reason capture.Reason
	absent bool      // there is no signature at all
	ts     string    // the time as written
	at     time.Time // zero when the scheme signs no time
	from   time.Time // not valid before; zero for none
	until  time.Time // not valid after; zero for none
	doc    []byte    // what a scheme of its own carries from step to step
}

// noSignature is the claim of a request that is not signed.
var noSignature = claim{absent: true, reason: Missing}

// candidate is one signature of a request.
type candidate struct {
	text string // as received
	raw  []byte
	alg  string
	item string // the version in front of it; empty when the field has none
}

func (c *claim) fail(reason capture.Reason) claim {
	c.reason = reason
	return *c
}

// readClaim is what the request claims, read in the scheme's way.
func (s *Scheme) readClaim(m *message) claim {
	if s.read != nil {
		return s.read(s, m)
	}
	return s.readFields(m)
}

// readFields reads the signature fields as the row describes them. What is not
// well formed is left aside when something else is.
func (s *Scheme) readFields(m *message) claim {
	c := claim{absent: true}
	s = s.in(m)
	malformed, unknown := false, false
	for _, name := range s.Sig {
		v, ok := m.req.Get(name)
		if !ok {
			continue
		}
		c.absent = false
		bad, other := s.readField(v, &c)
		malformed, unknown = malformed || bad, unknown || other
	}
	switch {
	case c.absent:
		return c.fail(Missing)
	case len(c.sigs) == 0 && unknown && !malformed:
		return c.fail(NoKnown)
	case len(c.sigs) == 0:
		return c.fail(Malformed)
	}
	s.readTime(m, &c)
	return c
}

// readField takes the signatures out of one field's value.
func (s *Scheme) readField(v string, c *claim) (malformed, unknown bool) {
	items := []string{v}
	if s.Item != "" {
		items = splitItems(v, s.Item)
	}
	for _, item := range items {
		version, text := "", item
		if s.KV != "" {
			var ok bool
			if version, text, ok = strings.Cut(item, s.KV); !ok {
				malformed = malformed || item != ""
				continue
			}
			if "f:"+version == s.TS {
				c.ts = text
				continue
			}
			if version != s.Field {
				unknown = true
				continue
			}
		}
		bad, other := s.addCandidate(version, text, c)
		malformed, unknown = malformed || bad, unknown || other
	}
	return malformed, unknown
}

func (s *Scheme) addCandidate(version, text string, c *claim) (malformed, unknown bool) {
	body, ok := strings.CutPrefix(text, s.Prefix)
	if s.Alg == unknownAlg {
		return false, true
	}
	if !ok {
		prefix, _, tagged := strings.Cut(text, "=")
		if s.alg() == algToken || !tagged || len(prefix) > 16 || strings.TrimLeft(text[len(prefix):], "=") == "" {
			return true, false
		}
		return false, true
	}
	raw := []byte(body)
	if s.alg() != algToken {
		var err error
		if raw, err = decode(s.Out, body); err != nil || len(raw) == 0 {
			return true, false
		}
	}
	c.sigs = append(c.sigs, candidate{text: body, raw: raw, alg: s.alg(), item: version})
	return false, false
}

// splitItems parts a list; white space around its items does not count.
func splitItems(v, sep string) []string {
	if strings.TrimSpace(sep) == "" {
		return strings.Fields(v)
	}
	items := strings.Split(v, strings.TrimSpace(sep))
	for i := range items {
		items[i] = strings.TrimSpace(items[i])
	}
	return items
}

// readTime reads the signed time, if the scheme has one.
func (s *Scheme) readTime(m *message, c *claim) {
	if s.TS == "" {
		return
	}
	if s.TS[0] != 'f' {
		v, ok := m.get(s.TS)
		if !ok {
			if !s.tsOptional {
				c.reason = Missing
			}
			return
		}
		c.ts = v
	}
	at, ok := parseTime(c.ts, s.TSUnit)
	if !ok {
		c.reason = Malformed
		return
	}
	c.at = at
}

// parseTime reads a time in one of the units of a scheme.
func parseTime(text, unit string) (time.Time, bool) {
	switch unit {
	case "rfc3339":
		t, err := time.Parse(time.RFC3339Nano, text)
		return t, err == nil
	case "http-date":
		t, err := time.Parse(time.RFC1123, text)
		return t, err == nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > 1<<53 {
		return time.Time{}, false
	}
	if unit == "ms" {
		return time.UnixMilli(n), true
	}
	return time.Unix(n, 0), true
}

// formatTime is the inverse of parseTime.
func formatTime(t time.Time, unit string) string {
	switch unit {
	case "rfc3339":
		return t.UTC().Format("2006-01-02T15:04:05.000Z")
	case "http-date":
		return t.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")
	case "ms":
		return strconv.FormatInt(t.UnixMilli(), 10)
	}
	return strconv.FormatInt(t.Unix(), 10)
}

// late holds the time of a claim against the tolerance: how old it is at now,
// and whether that is out of bounds, either way.
func (s *Scheme) late(c *claim, now time.Time) (age time.Duration, out bool) {
	if !c.at.IsZero() {
		age = now.Sub(c.at)
		// Whole seconds are compared, as receivers do: a fraction makes nothing late.
		out = s.Tol > 0 && abs(now.Unix()-c.at.Unix()) > int64(s.Tol)
	}
	if !c.until.IsZero() && now.After(c.until) || !c.from.IsZero() && now.Before(c.from) {
		out = true
	}
	return age, out
}

func abs(n int64) int64 { return max(n, -n) }

func signatureOf(verdict capture.Verdict, reason capture.Reason, explanation string) capture.Signature {
	return capture.Signature{Verdict: verdict, Reason: reason, Explanation: explanation}
}

// unknownSignature is the verdict on a request of a sender that is not known to
// sign: not unsigned, when a field of it says otherwise.
func unknownSignature(req *capture.Request) capture.Signature {
	for i := range req.Fields {
		if f := &req.Fields[i]; f.Value != "" && (namesSignature(f.Name) || isSignature(f)) {
			return signatureOf(capture.NoSecret, NoKnown, "unknown signature in "+f.Name+": no known provider signs with it; a [[scheme]] in the configuration describes it")
		}
	}
	return signatureOf(capture.Unsigned, "", "")
}

// namesSignature reports whether a field is called after a signature, and not
// after something about one.
func namesSignature(name string) bool {
	for i := range len(name) {
		if c := name[i] | 0x20; c != 's' && c != 'h' || !beginsWord(name, i) {
			continue
		}
		for _, w := range [...]string{"signature", "hmac", "sign", "sig"} {
			if hasPrefixFold(name[i:], w) {
				rest := name[i+len(w):]
				return rest == "" || (rest[0] == '-' || rest[0] == '_') && !aboutSignature(rest[1:])
			}
		}
	}
	return false
}

// beginsWord reports whether a word of a name begins at i: X-Signature, AcmeSignature.
func beginsWord(name string, i int) bool {
	if i == 0 || name[i-1] == '-' || name[i-1] == '_' {
		return true
	}
	return 'A' <= name[i] && name[i] <= 'Z' && 'a' <= name[i-1] && name[i-1] <= 'z'
}

// isSignature reports whether the credentials of a request are a signature of it.
func isSignature(f *capture.Field) bool {
	return capture.EqualFold(f.Name, "Authorization") &&
		(hasPrefixFold(f.Value, "hmac") || hasPrefixFold(f.Value, "signature ") || hasPrefixFold(f.Value, "aws4-hmac"))
}

func aboutSignature(rest string) bool {
	about := []string{"version", "method", "timestamp", "time", "ts", "algorithm", "alg", "settings", "nonce", "input", "key", "keyid", "key-id", "headers", "type"}
	return slices.ContainsFunc(about, func(w string) bool { return capture.EqualFold(rest, w) })
}

// Lacks says in two words why a signature with the verdict no_secret was not
// checked.
func Lacks(v capture.Signature) string {
	if v.Reason == NoKnown {
		return "unknown signature"
	}
	return "no secret"
}
