package capture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// What an exchange weighs is the sum of what it holds, each part once, and what it takes
// besides.
func TestWeightOfEachPart(t *testing.T) {
	text, body := strings.Repeat("x", 100), NewBody(make([]byte, 100))
	fields := []Field{{strings.Repeat("n", 60), strings.Repeat("v", 30)}, {Value: strings.Repeat("v", 10)}}
	overhead := int64(2 * fieldOverhead)
	for what, tt := range map[string]struct {
		add  func(*Exchange)
		want int64
	}{
		"nothing":        {func(*Exchange) {}, 0},
		"method":         {func(e *Exchange) { e.Request.Method = text }, 100},
		"target":         {func(e *Exchange) { e.Request.Target = text }, 100},
		"host":           {func(e *Exchange) { e.Request.Host = text }, 100},
		"protocol":       {func(e *Exchange) { e.Request.Proto = text }, 100},
		"remote":         {func(e *Exchange) { e.Request.Remote = text }, 100},
		"malformed":      {func(e *Exchange) { e.Request.Malformed = text }, 100},
		"head":           {func(e *Exchange) { e.Request.Head = []byte(text) }, 100},
		"fields":         {func(e *Exchange) { e.Request.Fields = fields }, 100 + overhead},
		"trailers":       {func(e *Exchange) { e.Request.Trailers = fields }, 100 + overhead},
		"body":           {func(e *Exchange) { e.Request.Body = body }, 100},
		"forgotten body": {func(e *Exchange) { e.Request.Body = body.Forgotten() }, 0},
		"provider":       {func(e *Exchange) { e.Sender.Provider = text }, 100},
		"event":          {func(e *Exchange) { e.Sender.Event = text }, 100},
		"delivery":       {func(e *Exchange) { e.Sender.Delivery = text }, 100},
		"reason":         {func(e *Exchange) { e.Signature.Reason = Reason(text) }, 100},
		"explanation":    {func(e *Exchange) { e.Signature.Explanation = text }, 100},
		"handshake":      {func(e *Exchange) { e.Handshake = text }, 100},
		"note":           {func(e *Exchange) { e.Note = text }, 100},
		"via":            {func(e *Exchange) { e.Via = text }, 100},
		"public URL":     {func(e *Exchange) { e.PublicURL = text }, 100},
		"pending":        {func(e *Exchange) { e.Pending = []string{text, text} }, 200},
		"by":             {func(e *Exchange) { e.Reply.By = By(text) }, 100},
		"fault":          {func(e *Exchange) { e.Reply.Fault = FaultName(text) }, 100},
		"reply fields":   {func(e *Exchange) { e.Reply.Fields = fields }, 100 + overhead},
		"reply trailers": {func(e *Exchange) { e.Reply.Trailers = fields }, 100 + overhead},
		"reply body":     {func(e *Exchange) { e.Reply.Body = body }, 100},
		"attempts":       {func(e *Exchange) { e.Attempts = []*Attempt{{}, {}} }, 2 * attemptOverhead},
		"attempt": {func(e *Exchange) {
			e.Attempts = []*Attempt{{To: text, Method: text, Target: text, Proto: text, Err: text, SignedURL: text, By: text, Changes: []string{text, text}, Body: body}}
		}, attemptOverhead + 1000},
		"attempt with the same body": {func(e *Exchange) { e.Attempts = []*Attempt{{SameBody: true, Body: body}} }, attemptOverhead},
		"attempt with fields":        {func(e *Exchange) { e.Attempts = []*Attempt{{Fields: fields, Trailers: fields}} }, attemptOverhead + 200 + 2*overhead},
		"response":                   {func(e *Exchange) { e.Attempts = []*Attempt{{Reply: Reply{Body: body, Fields: fields}}} }, attemptOverhead + 200 + overhead},
	} {
		ex := &Exchange{}
		tt.add(ex)
		if got := ex.Footprint() - exchangeOverhead; got != tt.want {
			t.Errorf("%s: %d bytes, want %d", what, got, tt.want)
		}
	}
}

// A state is its word and back, and says why there is no reply.
func TestStates(t *testing.T) {
	for s := StateWaiting; s <= StateImported; s++ {
		if got, ok := ParseState(s.String()); got != s || !ok {
			t.Errorf("%d is %q, which is %d, %v", s, s.String(), got, ok)
		}
	}
	if got, ok := ParseState("unknown"); got != 0 || ok || State(len(stateNames)).String() != "unknown" {
		t.Errorf("an unknown one is %v, %v", got, ok)
	}
	if StateGone.NoReply() != "no reply: gone" || StateImported.NoReply() != "no reply: imported without one" {
		t.Errorf("%s; %s", StateGone.NoReply(), StateImported.NoReply())
	}
}

// The name of a node is said without what makes it unique.
func TestNamesOfNodes(t *testing.T) {
	for node, want := range map[string]string{
		"box-0123abcd": "box", "a-b-0123abcd": "a-b", "box": "box", "box-0123": "box-0123", "box-0123abcde": "box-0123abcde", "-0123abcd": "-0123abcd", "x-0123abcd": "x", "0123456789": "0123456789", "": "",
	} {
		if got := (&Origin{Node: node}).Name(); got != want {
			t.Errorf("%s is called %s, want %s", node, got, want)
		}
	}
}

// A head ends after its empty line, in whatever ends its lines have.
func TestHeadEnd(t *testing.T) {
	for head, want := range map[string]int{
		"GET / HTTP/1.1\r\nA: b\r\n\r\nbody": 24, "GET /\n\nx": 7, "GET /\r\n\nx": 8, "GET /\n\r\nx": 8, "\n\n": 2, "\n\r\n": 3,
		"GET /\r\nA: b\r\n": -1, "GET /": -1, "": -1, "\n": -1, "\n\r": -1, "a\n\rb\n": -1, "a\n\r\r\n": -1,
	} {
		if got := HeadEnd([]byte(head), 0); got != want {
			t.Errorf("%q ends at %d, want %d", head, got, want)
		}
		if got := HeadEnd([]byte("\n\n"+head), 2); want >= 0 && got != want+2 {
			t.Errorf("%q ends at %d from its beginning on, want %d", head, got, want+2)
		}
	}
	whole, cut := []byte("GET /\r\n\r\n"), []byte("GET /\r\n")
	for _, tt := range []struct {
		r    Request
		want bool
	}{
		{Request{}, false},
		{Request{Malformed: "x"}, true},
		{Request{Incomplete: true}, false},
		{Request{Incomplete: true, Head: cut}, true},
		{Request{Incomplete: true, Head: whole}, false},
		{Request{Head: cut}, false},
	} {
		if got := tt.r.Unreadable(); got != tt.want {
			t.Errorf("%+v: unreadable %v", tt.r, got)
		}
	}
}

// Names of fields are the same in capitals, letter by letter, and nothing else is.
func TestEqualFold(t *testing.T) {
	for a := range 128 {
		for b := range 128 {
			x, y := "x"+string(rune(a)), "x"+string(rune(b))
			if got, want := EqualFold(x, y), strings.EqualFold(x, y); got != want {
				t.Errorf("%q and %q: %v", x, y, got)
			}
		}
	}
	if EqualFold("a", "ab") || EqualFold("ab", "a") || !EqualFold("", "") {
		t.Error("lengths")
	}
}

// An exchange failed when its newest attempt did, or the sender got an error of the server.
func TestFailed(t *testing.T) {
	ok, bad := &Attempt{Reply: Reply{Status: 399}}, &Attempt{Reply: Reply{Status: 400}}
	cut := &Attempt{Cause: CauseReset, Reply: Reply{Status: 200}}
	for _, tt := range []struct {
		status   int
		attempts []*Attempt
		want     bool
	}{
		{0, nil, false},
		{499, nil, false},
		{500, nil, true},
		{200, []*Attempt{bad}, true},
		{200, []*Attempt{cut}, true},
		{200, []*Attempt{bad, ok}, false},
		{500, []*Attempt{ok}, true},
	} {
		if got := (&Exchange{Reply: Reply{Status: tt.status}, Attempts: tt.attempts}).Failed(); got != tt.want {
			t.Errorf("%d after %d attempts: failed %v", tt.status, len(tt.attempts), got)
		}
	}
}

// The newest attempts are kept, and bodies up to a number are forgotten; what was given stays.
func TestTrim(t *testing.T) {
	body := NewBody([]byte("body"))
	for _, n := range []int{3, KeepAttempts, KeepAttempts + 2} {
		var all []*Attempt
		for i := range n {
			all = append(all, &Attempt{N: i + 1, SameBody: i%2 == 1, Body: body, Reply: Reply{Body: body}})
		}
		first := max(0, n-KeepAttempts)
		got := Trim(append([]*Attempt(nil), all...), first+2)
		if len(got) != n-first {
			t.Fatalf("%d of %d are kept", len(got), n)
		}
		for i, a := range got {
			forgotten := a.N <= first+2
			if a.N != first+i+1 || a.Reply.Body.IsForgotten() != forgotten || a.Body.IsForgotten() != (forgotten && !a.SameBody) {
				t.Errorf("of %d, attempt %d: %+v", n, i, a)
			}
			want := int64(8)
			if a.SameBody {
				want = 4
			}
			if forgotten {
				want = 0
			}
			if a.BodyBytes() != want || a.Reply.Body.Size() != 4 {
				t.Errorf("attempt %d has %d bytes of bodies, want %d", a.N, a.BodyBytes(), want)
			}
		}
		if all[first].Body.IsForgotten() {
			t.Error("the given attempt was changed")
		}
	}
	empty := &Attempt{N: 1}
	if got := Trim([]*Attempt{empty}, 1); got[0] != empty {
		t.Error("an attempt without bodies was copied")
	}
}

// source gives one body, which it may have at hand.
type source struct {
	at   bool
	body []byte
	err  error
}

func (s *source) Body(context.Context, BodyRef) ([]byte, error) { return s.body, s.err }
func (s *source) Peek(ref BodyRef) bool                         { return s.at && ref == 7 }

// What a body says of itself, in memory, stored and forgotten.
func TestBodies(t *testing.T) {
	bytesOf := func(b Body) string {
		raw, err := b.Bytes(t.Context())
		return fmt.Sprint(string(raw), " ", err)
	}
	src := &source{body: []byte("stored")}
	mem, stored, gone := NewBody([]byte("mem")), StoredBody(src, 7, 6), ForgottenBody(5)
	for _, tt := range []struct {
		what                      string
		b                         Body
		size, kept                int64
		memory, forgotten, stored bool
		bytes                     string
	}{
		{"none", Body{}, 0, 0, true, false, false, " <nil>"},
		{"memory", mem, 3, 3, true, false, false, "mem <nil>"},
		{"stored", stored, 6, 6, false, false, true, "stored <nil>"},
		{"forgotten", gone, 5, 0, false, true, true, " no longer in the history"},
		{"nothing stored", StoredBody(src, 7, 0), 0, 0, true, false, false, " <nil>"},
		{"nothing forgotten", mem.Forgotten(), 3, 0, false, true, true, " no longer in the history"},
		{"empty, forgotten", Body{}.Forgotten(), 0, 0, true, false, false, " <nil>"},
	} {
		if _, _, ok := tt.b.Stored(); tt.b.Size() != tt.size || tt.b.Kept() != tt.kept || tt.b.InMemory() != tt.memory || tt.b.IsForgotten() != tt.forgotten || ok != tt.stored || bytesOf(tt.b) != tt.bytes {
			t.Errorf("%s: %d bytes, %d kept, in memory %v, forgotten %v, stored %v: %s", tt.what, tt.b.Size(), tt.b.Kept(), tt.b.InMemory(), tt.b.IsForgotten(), ok, bytesOf(tt.b))
		}
	}
	if src.at = true; !stored.InMemory() || StoredBody(src, 8, 6).InMemory() {
		t.Error("what is at hand")
	}
	if !mem.Same(mem) || mem.Same(NewBody([]byte("mem"))) || mem.Same(NewBody(bytesIn(mem)[:2])) || (Body{}).Same(Body{}) || mem.Same(Body{}) {
		t.Error("which bodies are the same")
	}
	for n, want := range map[int]bool{100 + 100/8 + 16: false, 100 + 100/8 + 17: true} {
		clipped := NewBody(make([]byte, 100, n)).Clip()
		if got := cap(bytesIn(clipped)) == 100; got != want || len(bytesIn(clipped)) != 100 {
			t.Errorf("a buffer of %d for 100 bytes: clipped %v", n, got)
		}
	}
}

// Copies have all bodies in memory; nothing is given where they are too large or one cannot
// be read.
func TestLoaded(t *testing.T) {
	stored := StoredBody(&source{body: []byte("abc")}, 1, 3)
	ex := &Exchange{ID: 1, Request: Request{Body: stored}, Reply: Reply{Body: stored}, Attempts: []*Attempt{{N: 1, Body: stored, Reply: Reply{Body: stored}}, {N: 2, Body: ForgottenBody(99)}}}
	list := Loaded(t.Context(), []*Exchange{ex, ex}, 24)
	if len(list) != 2 {
		t.Fatalf("%d are loaded", len(list))
	}
	for _, got := range list {
		for what, b := range map[string]Body{"request": got.Request.Body, "reply": got.Reply.Body, "attempt": got.Attempts[0].Body, "response": got.Attempts[0].Reply.Body} {
			if raw, err := b.Bytes(t.Context()); err != nil || !b.InMemory() || !bytes.Equal(raw, []byte("abc")) {
				t.Errorf("%s: %q, %v", what, raw, err)
			}
		}
		if got.ID != 1 || got.Attempts[1].N != 2 || !got.Attempts[1].Body.IsForgotten() {
			t.Errorf("%+v", got)
		}
	}
	if ex.Request.Body.InMemory() || ex.Attempts[0].Body.InMemory() {
		t.Error("the exchange itself was changed")
	}
	if Loaded(t.Context(), []*Exchange{ex, ex}, 23) != nil {
		t.Error("more than there may be is loaded")
	}
	bad := *ex
	bad.Attempts = []*Attempt{{Reply: Reply{Body: StoredBody(&source{err: errors.New("broken")}, 1, 3)}}}
	if Loaded(t.Context(), []*Exchange{ex, &bad}, 100) != nil {
		t.Error("what cannot be read is loaded")
	}
}

// Pins may fill half of either bound, and one may be pinned in any ring.
func TestCheckPin(t *testing.T) {
	for _, tt := range []struct {
		g    Gauge
		size int64
		want string
	}{
		{Gauge{Bounds: Bounds{Count: 4, Bytes: 100}, Pinned: 1, PinnedBytes: 20}, 30, ""},
		{Gauge{Bounds: Bounds{Count: 4, Bytes: 100}, Pinned: 1, PinnedBytes: 20}, 31, "half of the ring's 100 bytes, and they take 20"},
		{Gauge{Bounds: Bounds{Count: 4, Bytes: 100}, Pinned: 2}, 1, "2 of 4 requests are pinned"},
		{Gauge{Bounds: Bounds{Count: 1, Bytes: 100}}, 1, ""},
	} {
		if err := tt.g.CheckPin(7, tt.size); (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), "pin #7: ") && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v, %d bytes: %v", tt.g, tt.size, err)
		}
	}
	if b := (Bounds{}).OrDefault(); b != (Bounds{10_000, 256 << 20}) {
		t.Errorf("by default %+v", b)
	}
	if b := (Bounds{1, 2}).OrDefault(); b != (Bounds{1, 2}) {
		t.Errorf("bounds that are given became %+v", b)
	}
}

// Each change sets what it names, and keeps nothing of its own.
func TestPutOfEachChange(t *testing.T) {
	yes, note, pending, signature, handshake := true, "n", []string{"u"}, Signature{Verdict: Valid}, "h"
	for what, tt := range map[string]struct {
		m    Meta
		want Exchange
	}{
		"nothing":   {Meta{}, Exchange{}},
		"pin":       {Meta{Pinned: &yes}, Exchange{Pinned: true}},
		"note":      {Meta{Note: &note}, Exchange{Note: "n"}},
		"pending":   {Meta{Pending: &pending}, Exchange{Pending: []string{"u"}}},
		"signature": {Meta{Signature: &signature}, Exchange{Signature: signature}},
		"handshake": {Meta{Handshake: &handshake}, Exchange{Handshake: "h"}},
	} {
		var got Exchange
		if tt.m.Put(&got); fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", tt.want) {
			t.Errorf("%s: %+v", what, got)
		}
	}
	var ex Exchange
	(&Meta{Pending: &pending}).Put(&ex)
	if pending[0] = "changed"; ex.Pending[0] != "u" {
		t.Error("the list is shared")
	}
}

// What is taken of a budget without waiting is there or not; what is not taken is not given
// back.
func TestTakeWithoutWaiting(t *testing.T) {
	b := NewBudget(10)
	for i, tt := range []struct {
		n  int64
		ok bool
	}{{0, true}, {-1, true}, {6, true}, {5, false}, {4, true}, {1, false}} {
		if got := b.TryTake(tt.n); got != tt.ok {
			t.Errorf("%d: %d bytes are taken: %v", i, tt.n, got)
		}
	}
	b.Give(0)
	b.Give(-5)
	if b.TryTake(1) {
		t.Error("there is more than there was")
	}
	b.Give(10)
	if !b.TryTake(11) { // nothing is taken: one body larger than all is slow, not impossible
		t.Error("one that is too large is refused for ever")
	}
	var none *Budget
	if none.Give(3); !none.TryTake(1<<40) || none.Take(t.Context(), 1<<40) != nil {
		t.Error("no budget has a bound")
	}
}

// Who replied by a rule says which.
func TestByRule(t *testing.T) {
	if name, ok := ByRule("slow").Rule(); name != "slow" || !ok {
		t.Errorf("%s, %v", name, ok)
	}
	if name, ok := ByError.Rule(); ok {
		t.Errorf("an error is by rule %s", name)
	}
	replied := ResponderFunc(func(_ context.Context, ex *Exchange, _ Recorder) Outcome {
		return Outcome{Reply: Reply{Status: int(ex.ID)}}
	})
	if got := replied.Respond(t.Context(), &Exchange{ID: 201}, nil); got.Reply.Status != 201 {
		t.Errorf("replied %d", got.Reply.Status)
	}
}

// What came of an attempt is its status, or why there is none.
func TestOutcomeOfAnAttempt(t *testing.T) {
	for want, a := range map[string]Attempt{
		"200": {Reply: Reply{Status: 200}}, "reset": {Cause: CauseReset}, "toolarge": {Cause: CauseTooLarge, Reply: Reply{Status: 200}},
	} {
		if got := a.Outcome(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// A length is that of the body, unless there is none or the body came in chunks.
func TestLengthFits(t *testing.T) {
	length := func(v string) []Field { return []Field{{Name: "content-length", Value: v}} }
	body := NewBody([]byte("body"))
	for what, tt := range map[string]struct {
		r    Request
		want bool
	}{
		"none":         {Request{Body: body}, true},
		"right":        {Request{Body: body, Fields: length("4")}, true},
		"too long":     {Request{Body: body, Fields: length("5")}, false},
		"no number":    {Request{Body: body, Fields: length("4x")}, false},
		"no body":      {Request{Fields: length("0")}, true},
		"no text":      {Request{Fields: length("")}, false},
		"body chunked": {Request{Body: body, Fields: length("5"), Chunked: true}, true},
	} {
		if got := tt.r.LengthFits(); got != tt.want {
			t.Errorf("%s: %v", what, got)
		}
	}
}

// Why creel could not reply is what it told the sender, and nothing that others said.
func TestWhyAReplyIsAnError(t *testing.T) {
	text := NewBody([]byte("creel: the app is down\nmore\n"))
	for what, tt := range map[string]struct {
		r    Reply
		want string
	}{
		"an error":        {Reply{Status: 502, By: ByError, Body: text}, "the app is down"},
		"the least":       {Reply{Status: 500, By: ByError, Body: text}, "the app is down"},
		"another word":    {Reply{Status: 500, By: ByError, Body: NewBody([]byte("down"))}, "down"},
		"of the sender":   {Reply{Status: 499, By: ByError, Body: text}, ""},
		"of an app":       {Reply{Status: 502, By: ByForward, Body: text}, ""},
		"of nobody":       {Reply{Status: 502, Body: text}, ""},
		"forgotten":       {Reply{Status: 502, By: ByError, Body: text.Forgotten()}, ""},
		"stored":          {Reply{Status: 502, By: ByError, Body: StoredBody(&source{body: []byte("x")}, 7, 1)}, ""},
		"at hand":         {Reply{Status: 502, By: ByError, Body: StoredBody(&source{at: true, body: []byte("creel: x")}, 7, 8)}, "x"},
		"cannot be read":  {Reply{Status: 502, By: ByError, Body: StoredBody(&source{at: true, body: []byte("x"), err: errors.New("broken")}, 7, 1)}, ""},
		"without a body":  {Reply{Status: 502, By: ByError}, ""},
		"an empty reason": {Reply{Status: 502, By: ByError, Body: NewBody([]byte("\nmore"))}, ""},
	} {
		if got := tt.r.Why(); got != tt.want {
			t.Errorf("%s: %q, want %q", what, got, tt.want)
		}
	}
}

func bytesIn(b Body) []byte {
	data, _ := b.memory()
	return data
}
