package export

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strings"

	"creel/capture"
)

// masked stands for a secret. It is valid in a field, in a URL and in JSON.
const masked = "***"

// secretField tells the header fields whose values let others act as the sender
// or the user, or sign as them.
func secretField(name string) bool {
	n := strings.ToLower(name)
	switch n {
	case "authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key", "apikey",
		"x-signature", "x-csrf-token", "x-xsrf-token", "x-vault-token", "x-amz-security-token":
		return true
	}
	for _, part := range []string{"signature", "hmac", "-token", "secret", "password", "passwd", "apikey", "api-key", "authorization", "credential"} {
		if strings.Contains(n, part) {
			return true
		}
	}
	return n == "token" || n == "key"
}

// secretParam tells the names of query and form parameters, and of JSON
// members, whose values are secrets.
func secretParam(name string) bool {
	n := strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(name))
	switch n {
	case "token", "key", "secret", "password", "passwd", "pwd", "signature", "sig", "hmac", "auth", "authorization",
		"jwt", "code", "sessionid":
		return true
	}
	for _, part := range []string{"apikey", "accesstoken", "refreshtoken", "idtoken", "authtoken", "bearertoken", "clientsecret", "privatekey", "xamzsignature", "xgoogsignature"} {
		if strings.Contains(n, part) {
			return true
		}
	}
	return false
}

// secretMember is secretParam without the words that are seldom secrets in a
// JSON body, where a wrong guess would take the body's meaning away.
func secretMember(name string) bool {
	switch strings.ToLower(name) {
	case "key", "code", "auth", "sig":
		return false
	}
	return secretParam(name)
}

// mask hides secrets and remembers what it hid.
type mask struct {
	off     bool
	known   []string
	now     map[string]bool // since begin
	all     map[string]bool
	hitBody bool
}

func newMask(f Format, opt Options) *mask {
	m := &mask{off: f.Exact || opt.WithSecrets, all: map[string]bool{}}
	for _, k := range opt.Known {
		if len(k) >= 6 {
			m.known = append(m.known, k)
		}
	}
	return m
}

func (m *mask) begin() { m.now, m.hitBody = map[string]bool{}, false }

func (m *mask) hit(what string) {
	m.now[what] = true
	m.all[what] = true
}

func (m *mask) hits() []string  { return slices.Sorted(maps.Keys(m.now)) }
func (m *mask) names() []string { return slices.Sorted(maps.Keys(m.all)) }

func (m *mask) fields(in []capture.Field) []capture.Field {
	if m.off {
		return in
	}
	out := slices.Clone(in)
	for i, f := range out {
		switch {
		case f.Value == "":
		case secretField(f.Name):
			out[i].Value = masked
			// Basic, Bearer and the like are no secret and tell the reader much.
			if scheme, _, ok := strings.Cut(f.Value, " "); ok && strings.Contains(strings.ToLower(f.Name), "authorization") {
				out[i].Value = scheme + " " + masked
			}
			m.hit(f.Name)
		case strings.EqualFold(f.Name, "Referer") || strings.EqualFold(f.Name, "Location"):
			out[i].Value = m.target(f.Value)
		default:
			out[i].Value = m.literal(f.Value)
		}
	}
	return out
}

// bearer is a JSON Web Token (RFC 7519): who holds it may act as its subject,
// whatever the field is called.
var bearer = regexp.MustCompile(`eyJ[\w-]{5,}\.[\w-]+\.[\w-]*`)

// literal hides the known secrets and the tokens in s.
func (m *mask) literal(s string) string {
	if bearer.MatchString(s) {
		s = bearer.ReplaceAllLiteralString(s, masked)
		m.hit("token")
	}
	for _, k := range m.known {
		if strings.Contains(s, k) {
			s = strings.ReplaceAll(s, k, masked)
			m.hit("configured secret")
		}
	}
	return s
}

// target hides the values of secret parameters, and nothing else, in a URL.
func (m *mask) target(t string) string {
	if m.off {
		return t
	}
	path, query, ok := strings.Cut(t, "?")
	if ok {
		t = path + "?" + m.params("?", query)
	}
	return m.literal(t)
}

func (m *mask) params(kind, query string) string {
	parts := strings.Split(query, "&")
	for i, p := range parts {
		name, value, ok := strings.Cut(p, "=")
		if ok && value != "" && secretParam(name) {
			parts[i] = name + "=" + masked
			m.hit(kind + name + "=")
		}
	}
	return strings.Join(parts, "&")
}

var jsonMember = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"(\s*:\s*)"((?:[^"\\]|\\.)+)"`)

// body hides secrets in forms and JSON; bodies of other kinds lose known
// secrets only. All other bytes stay as they are.
func (m *mask) body(contentType string, body []byte) []byte {
	if m.off {
		return body
	}
	out := body
	switch {
	case strings.HasPrefix(strings.ToLower(contentType), "application/x-www-form-urlencoded"):
		out = []byte(m.params("body ", string(body)))
	case looksLikeJSON(body):
		out = m.members(body)
	}
	for _, k := range m.known {
		if bytes.Contains(out, []byte(k)) {
			out = bytes.ReplaceAll(out, []byte(k), []byte(masked))
			m.hit("configured secret")
		}
	}
	m.hitBody = !bytes.Equal(out, body)
	return out
}

func (m *mask) members(body []byte) []byte {
	var out []byte
	last := 0
	for _, x := range jsonMember.FindAllSubmatchIndex(body, -1) {
		name := string(body[x[2]:x[3]])
		if !secretMember(name) {
			continue
		}
		m.hit(`body "` + name + `"`)
		out = append(append(out, body[last:x[6]]...), masked...)
		last = x[7]
	}
	return append(out, body[last:]...)
}

func looksLikeJSON(b []byte) bool {
	b = bytes.TrimLeft(b, " \t\r\n")
	return len(b) > 0 && (b[0] == '{' || b[0] == '[')
}
