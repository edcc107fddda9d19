package capture

import (
	"bytes"
	"context"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ID names an exchange within one history: rising, never reused, gaps allowed.
// Zero is no exchange.
type ID uint64

// String returns the ID as people say it: #412.
func (id ID) String() string { return "#" + strconv.FormatUint(uint64(id), 10) }

// Field is one header or trailer field line as it was received. The value has
// no surrounding white space (RFC 9110 section 5.5); both are hostile bytes.
type Field struct{ Name, Value string }

// Exchange is one captured request and all that happened to it. It is immutable
// once it is in a ring. A history holds many: small members stand together, which
// leaves less padding between them.
type Exchange struct {
	ID        ID
	At        time.Time // when the first byte of the head was read
	Request   Request
	Sender    Sender
	Signature Signature
	// Handshake names what was answered by itself, such as "slack
	// url_verification"; empty for an ordinary request.
	Handshake string
	Reply     Reply
	Attempts  []*Attempt // oldest first
	// Pending holds the URLs of the targets this exchange still has to be
	// delivered to; it is not delivered by itself unless asked for.
	Pending []string
	State   State
	Pinned  bool
	Note    string
	// Via names the tunnel that the request came by, such as cloudflared; empty when
	// it came to one of creel's own addresses.
	Via string
	// PublicURL is the URL under which the tunnel was known to the sender when the
	// request came, such as https://name.example.com; empty without a tunnel. A
	// signature over the URL is checked against it.
	PublicURL string
	// ImportedFrom is the id that the exchange had in the file it was imported
	// from; zero when it was captured here.
	ImportedFrom ID
	// Origin says which node of a team captured it; nil outside a team. It must not be changed.
	Origin *Origin
}

// Origin is where an exchange of a team's ring was captured.
type Origin struct {
	Node  string // the name of the node
	Short string // letters that stand for the node, such as a
	ID    ID     // its id in the history of the node
}

// Name is the node as people say it: without what makes its name that of no other;
// empty outside a team.
func (o *Origin) Name() string {
	if o == nil {
		return ""
	}
	if i := len(o.Node) - nodeSuffix; i > 0 && o.Node[i] == '-' {
		return o.Node[:i]
	}
	return o.Node
}

// nodeSuffix is the length of what makes the name of a node unique: a hyphen and eight
// hexadecimal digits.
const nodeSuffix = 9

// Number is the number of the exchange as people say it: its id, in a team that in the
// history of its node.
func (e *Exchange) Number() ID {
	if e.Origin != nil {
		return e.Origin.ID
	}
	return e.ID
}

// Name is the exchange as people say it: #412, or a412 in a team's ring.
func (e *Exchange) Name() string {
	if e.Origin == nil || e.Origin.Short == "" {
		return e.Number().String()
	}
	return e.Origin.Short + strconv.FormatUint(uint64(e.Number()), 10)
}

// Request is what arrived. Its strings are hostile bytes, not text.
type Request struct {
	Method string
	Target string // the request target exactly as on the request line: /a?x=%2F, *, http://...
	Host   string // the Host field or :authority
	Proto  string // HTTP/1.0, HTTP/1.1, HTTP/2.0
	Remote string // address and port of the peer
	// Fields are the header fields, Host among them, in the order of arrival.
	Fields   []Field
	Trailers []Field
	Body     Body
	// Size is the length of the whole body where it is known, else of what came.
	Size int64
	// Malformed says why the head could not be read; empty when it could. The
	// other fields then hold what could be made of it.
	Malformed string
	// Head is the head as it arrived, through the empty line, kept only when
	// the fields above cannot give it back: malformed, odd white space, or not
	// UTF-8. A request that was changed has none: it would be taken for the request.
	Head []byte
	TLS  bool
	// Exact says that Fields have the order, spelling and number of the wire.
	// When false (HTTP/2, pipelining), they are what net/http kept.
	Exact bool
	// Chunked says that the body came in chunks rather than with a length.
	Chunked bool
	// Reserialized: Body is what a relay wrote from the body that it had parsed. The
	// sender's own bytes are not known.
	Reserialized bool
	// Truncated: the body was larger than the limit; Body holds its beginning
	// and Size what was announced or read. It cannot be resent.
	Truncated bool
	// Incomplete: the connection ended before the body did.
	Incomplete bool
}

// Get returns the value of the first field with that name, without regard to
// case, and whether there is one.
func (r *Request) Get(name string) (string, bool) { return FieldValue(r.Fields, name) }

// FieldValue returns the value of the first field with that name, without regard to
// case, and whether there is one.
func FieldValue(fields []Field, name string) (string, bool) {
	for i := range fields {
		if EqualFold(fields[i].Name, name) {
			return fields[i].Value, true
		}
	}
	return "", false
}

// SetField gives the first field of that name, without regard to case, a value in its
// place, or adds a field. It changes fields.
func SetField(fields []Field, name, value string) []Field {
	for i := range fields {
		if EqualFold(fields[i].Name, name) {
			fields[i].Value = value
			return fields
		}
	}
	return append(fields, Field{Name: name, Value: value})
}

// FieldsOf lists the fields of a header by name, where their order is lost.
func FieldsOf(header map[string][]string) []Field {
	fields := make([]Field, 0, len(header)+1) // the server adds the host
	names := slices.AppendSeq(make([]string, 0, len(header)), maps.Keys(header))
	slices.Sort(names)
	for _, name := range names {
		for _, v := range header[name] {
			fields = append(fields, Field{Name: name, Value: v})
		}
	}
	return fields
}

// ListItems yields what is in the lists that all fields of that name are, without
// regard to case (RFC 9110 section 5.6.1). Empty items are left out.
func ListItems(fields []Field, name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range fields {
			if !EqualFold(fields[i].Name, name) {
				continue
			}
			for item := range strings.SplitSeq(fields[i].Value, ",") {
				if item = strings.TrimSpace(item); item != "" && !yield(item) {
					return
				}
			}
		}
	}
}

// EqualFold is strings.EqualFold for ASCII, which field names are.
func EqualFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// Unreadable reports whether the head of r could not be read: it is malformed,
// or it never came to its end. Such rows may fill a part of the ring only, so
// that a port scan does not wash the others out.
func (r *Request) Unreadable() bool {
	return r.Malformed != "" || r.Incomplete && r.Head != nil && HeadEnd(r.Head, 0) < 0
}

// LengthFits reports whether the Content-Length of r is that of its body. A body without
// one, or in chunks, fits.
func (r *Request) LengthFits() bool {
	length, ok := r.Get("Content-Length")
	if !ok || r.Chunked {
		return true
	}
	n, err := strconv.ParseInt(length, 10, 64)
	return err == nil && n == r.Body.Size()
}

// HeadEnd returns where the head ends, after its empty line, looking from a
// place on; -1 when it is not complete.
func HeadEnd(b []byte, from int) int {
	for i := from; ; i++ {
		j := bytes.IndexByte(b[i:], '\n')
		if j < 0 {
			return -1
		}
		i += j
		if len(b) > i+1 && b[i+1] == '\n' {
			return i + 2
		}
		if len(b) > i+2 && b[i+1] == '\r' && b[i+2] == '\n' {
			return i + 3
		}
	}
}

// State is how far the conversation with the sender has come.
type State uint8

// The states of an exchange. The zero value is StateWaiting.
const (
	StateWaiting     State = iota // the reply is not decided
	StateHeld                     // the user decides
	StateAnswered                 // the reply was written
	StateGone                     // the sender left, or was dropped, before it was answered
	StateInterrupted              // creel ended before it was answered
	StateImported                 // it was read from a file that has no reply
)

var stateNames = [...]string{"waiting", "held", "answered", "gone", "interrupted", "imported"}

// String returns the word used in JSON and filters.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return "unknown"
}

// NoReply says in words why there is no reply.
func (s State) NoReply() string {
	if s == StateImported {
		return "no reply: imported without one"
	}
	return "no reply: " + s.String()
}

// ParseState is the inverse of String.
func ParseState(s string) (State, bool) {
	i := slices.Index(stateNames[:], s)
	return State(max(i, 0)), i >= 0
}

// Sender is what is known of who sent a request and why.
type Sender struct {
	Provider string // stripe, github, ...; empty when not recognised
	Event    string // invoice.paid, push, ...
	Delivery string // the sender's id of the event; empty when it gives none
	Try      int    // the sender's n-th sending of the delivery, from 1; 0 unknown
	// Late: the event happened before one of the same sender that came earlier.
	Late bool
}

// Verdict is in one word what checking a signature gave.
type Verdict string

// The verdicts. An empty one counts as Unsigned.
const (
	Valid    Verdict = "valid"
	Invalid  Verdict = "invalid"
	Stale    Verdict = "stale"     // the signature is right, the time is outside the tolerance
	NoSecret Verdict = "no_secret" // signed, but there is nothing to check it with
	Unsigned Verdict = "unsigned"
)

// Reason is in one word why a signature is not valid; capture/provider has the reasons.
type Reason string

// Signature is what checking the signature gave.
type Signature struct {
	Verdict     Verdict
	Reason      Reason // why it is not Valid, where there is a reason
	Explanation string // one sentence for people; empty when there is nothing to explain
}

// By is who decided a reply: one of these, or what [ByRule] gives.
type By string

// The deciders.
const (
	ByDefault   By = "default"
	ByReply     By = "reply" // --reply, or the same on screen
	ByForward   By = "forward"
	ByHold      By = "hold"
	ByHandshake By = "handshake"
	ByFault     By = "fault"
	ByError     By = "error" // none could be made, or the request cannot be served
)

const rulePrefix = "rule:"

// ByRule is the rule of that name.
func ByRule(name string) By { return By(rulePrefix + name) }

// Rule is the name of the rule, if it was one.
func (b By) Rule() (name string, ok bool) { return strings.CutPrefix(string(b), rulePrefix) }

// FaultName is the word for a misbehaviour in rules, on screen and in the history;
// capture/reply knows all of them.
type FaultName string

// Reply is what a sender was answered.
type Reply struct {
	Status   int // 0 while there is none
	Fields   []Field
	Trailers []Field
	Body     Body
	By       By
	// Fault is the misbehaviour that was played in place of, or on top of, the
	// reply: hang, reset, ...; empty for none.
	Fault FaultName
	Took  time.Duration // from the end of the request to the reply being written
}

// Why says why creel could not make the reply that was meant, in the words that the
// sender got; empty when creel made no error, and while the body is not in memory.
func (r *Reply) Why() string {
	if r.By != ByError || r.Status < 500 || !r.Body.InMemory() {
		return ""
	}
	text, err := r.Body.Bytes(context.Background())
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimPrefix(line, "creel: ")
}

// Failed reports whether the newest attempt failed or got 400 or above, or the sender
// was answered 500 or above.
func (e *Exchange) Failed() bool {
	if n := len(e.Attempts); n > 0 && e.Attempts[n-1].Failed() {
		return true
	}
	return e.Reply.Status >= 500
}
