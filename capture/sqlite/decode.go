package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"creel/capture"
)

// errRow says that a row is not what was written.
var errRow = errors.New("a damaged row")

// unpacker reads a row. After the first mistake it reads zeros and bad is true.
// Strings share the memory of the row.
type unpacker struct {
	rest string
	bad  bool
	src  capture.BodySource
}

// unpack checks the row of that number and its tag. It may read the data as a
// string, so nobody may change it afterwards.
func unpack(src capture.BodySource, id int64, tag byte, data []byte) (*unpacker, error) {
	n := len(data) - 4
	if n < 1 || data[0] != tag || binary.LittleEndian.Uint32(data[n:]) != checksum(id, data[:n]) {
		return nil, fmt.Errorf("%w %c%d", errRow, tag, id)
	}
	return &unpacker{rest: string(data[1:n]), src: src}, nil
}

func (u *unpacker) done(id int64) error {
	if u.bad || u.rest != "" {
		return fmt.Errorf("%w %d", errRow, id)
	}
	return nil
}

func (u *unpacker) uint() uint64 {
	var n uint64
	for i := 0; i < len(u.rest) && i < binary.MaxVarintLen64; i++ {
		b := u.rest[i]
		n |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			u.rest = u.rest[i+1:]
			return n
		}
	}
	u.bad, u.rest = true, ""
	return 0
}

func (u *unpacker) int() int64 {
	n := u.uint()
	return int64(n>>1) ^ -int64(n&1)
}

func (u *unpacker) dur() time.Duration { return time.Duration(u.int()) }

func (u *unpacker) time() time.Time { return time.Unix(0, u.int()) }

func (u *unpacker) bytes(n uint64) string {
	if n > uint64(len(u.rest)) {
		u.bad, u.rest = true, ""
		return ""
	}
	s := u.rest[:n]
	u.rest = u.rest[n:]
	return s
}

func (u *unpacker) byte() byte {
	if s := u.bytes(1); s != "" {
		return s[0]
	}
	return 0
}

func (u *unpacker) string() string {
	n := u.uint()
	if n&1 == 1 {
		return u.bytes(n >> 1)
	}
	if n>>1 < uint64(len(words)) {
		return words[n>>1]
	}
	u.bad = true
	return ""
}

// count reads how many follow, each of at least one byte.
func (u *unpacker) count() int {
	n := u.uint()
	if n > uint64(len(u.rest)) {
		u.bad, u.rest = true, ""
		return 0
	}
	return int(n)
}

func (u *unpacker) strings() []string {
	n := u.count()
	if n == 0 {
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = u.string()
	}
	return list
}

func (u *unpacker) fields() []capture.Field {
	n := u.count()
	if n == 0 {
		return nil
	}
	list := make([]capture.Field, n)
	for i := range list {
		list[i] = capture.Field{Name: u.string(), Value: u.string()}
	}
	return list
}

func (u *unpacker) bools(into ...*bool) {
	n := u.uint()
	for i, b := range into {
		*b = n&(1<<i) != 0
	}
}

// body reads the size of a body and gives a handle on it.
func (u *unpacker) body(ref int64, forgotten bool) capture.Body {
	b := capture.StoredBody(u.src, capture.BodyRef(ref), int64(u.uint()))
	if forgotten {
		return b.Forgotten()
	}
	return b
}

func unpackExchange(src capture.BodySource, id capture.ID, data []byte) (*capture.Exchange, error) {
	u, err := unpack(src, int64(id), tagExchange, data)
	if err != nil {
		return nil, err
	}
	ex := &capture.Exchange{ID: id, At: u.time()}
	r := &ex.Request
	var hasHead, forgotten bool
	u.bools(&r.TLS, &r.Exact, &r.Chunked, &r.Truncated, &r.Incomplete, &hasHead, &forgotten, &ex.Sender.Late)
	for _, s := range [...]*string{&r.Method, &r.Target, &r.Host, &r.Proto, &r.Remote, &r.Malformed} {
		*s = u.string()
	}
	r.Fields = u.fields()
	r.Trailers = u.fields()
	r.Body = u.body(slot(id, bodyRequest), forgotten)
	r.Size = u.int()
	if hasHead {
		r.Head = []byte(u.bytes(u.uint()))
	}
	ex.Sender.Provider = u.string()
	ex.Sender.Event = u.string()
	ex.Sender.Delivery = u.string()
	ex.Sender.Try = int(u.int())
	u.verdict(&ex.Verdict)
	ex.Handshake = u.string()
	ex.ImportedFrom = capture.ID(u.uint())
	return ex, u.done(int64(id))
}

func (u *unpacker) verdict(v *capture.Verdict) {
	v.Verdict = u.string()
	v.Reason = u.string()
	v.Explanation = u.string()
}

// unpackReply puts a row of table reply into its exchange.
func unpackReply(src capture.BodySource, ex *capture.Exchange, data []byte) error {
	u, err := unpack(src, int64(ex.ID), tagReply, data)
	if err != nil {
		return err
	}
	state := capture.State(u.byte())
	reply := u.reply(slot(ex.ID, bodyReply))
	if err := u.done(int64(ex.ID)); err != nil {
		return err
	}
	ex.State, ex.Reply = state, reply
	return nil
}

func (u *unpacker) reply(ref int64) capture.Reply {
	r := capture.Reply{Status: int(u.uint())}
	var forgotten, inline bool
	u.bools(&forgotten, &inline)
	r.Fields = u.fields()
	r.Trailers = u.fields()
	if inline {
		r.Body = capture.NewBody([]byte(u.bytes(u.uint())))
	} else {
		r.Body = u.body(ref, forgotten)
	}
	r.By = u.string()
	r.Fault = u.string()
	r.Took = u.dur()
	return r
}

func unpackMeta(id capture.ID, data []byte) (*meta, error) {
	u, err := unpack(nil, int64(id), tagMeta, data)
	if err != nil {
		return nil, err
	}
	m := &meta{}
	var hasVerdict, hasHandshake bool
	u.bools(&m.pinned, &hasVerdict, &hasHandshake)
	m.note = u.string()
	m.pending = u.strings()
	m.forget = int(u.uint())
	if hasVerdict {
		m.verdict = &capture.Verdict{}
		u.verdict(m.verdict)
	}
	if hasHandshake {
		s := u.string()
		m.handshake = &s
	}
	return m, u.done(int64(id))
}

// put says it about ex.
func (m *meta) put(ex *capture.Exchange) {
	ex.Pinned, ex.Note, ex.Pending = m.pinned, m.note, m.pending
	if m.verdict != nil {
		ex.Verdict = *m.verdict
	}
	if m.handshake != nil {
		ex.Handshake = *m.handshake
	}
	ex.Attempts = capture.Trim(ex.Attempts, m.forget)
}

// unpackAttempt puts a row of table attempt under its exchange.
func unpackAttempt(src capture.BodySource, ex *capture.Exchange, id int64, data []byte) error {
	u, err := unpack(src, id, tagAttempt, data)
	if err != nil {
		return err
	}
	n := int(id & (1<<slotBits - 1))
	a := &capture.Attempt{N: n, At: u.time()}
	var forgotten bool
	u.bools(&a.SameBody, &a.Chunked, &a.Truncated, &a.Resend, &a.Edited, &a.Signed, &a.Unsent, &forgotten)
	var cause string
	for _, s := range [...]*string{&a.To, &a.Method, &a.Target, &a.Proto, &cause, &a.Err} {
		*s = u.string()
	}
	a.Cause = capture.Cause(cause)
	a.Fields = u.fields()
	a.Trailers = u.fields()
	a.Body = u.body(slot(ex.ID, 2*n), forgotten)
	if a.SameBody {
		a.Body = ex.Request.Body
	}
	a.Changes = u.strings()
	a.Reply = u.reply(slot(ex.ID, 2*n+1))
	a.Connect, a.FirstByte, a.Took = u.dur(), u.dur(), u.dur()
	if u.rest != "" { // older rows end before it
		a.SignedURL = u.string()
	}
	if err := u.done(id); err != nil {
		return err
	}
	ex.Attempts = append(ex.Attempts, a)
	return nil
}
