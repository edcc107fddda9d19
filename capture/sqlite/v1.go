package sqlite

// Files of version 1 had rows in an encoding of their own: a tag, what it says, and a
// checksum over both and over the number of the row. Here they are read, and turned
// into rows of today.

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"time"

	"creel/capture"
)

const (
	v1Exchange = 'x'
	v1Reply    = 'r'
	v1Meta     = 'm'
	v1Attempt  = 'a'
)

// v1Sum binds data to the number of its row.
func v1Sum(id int64, data []byte) uint32 {
	return crc32.Checksum(data, castagnoli) ^ uint32(uint64(id)*0x9e3779b97f4a7c15>>32)
}

// v1Row reads a row. After the first mistake it reads zeros and bad is true.
// Strings share the memory of the row.
type v1Row struct {
	rest string
	bad  bool
}

// readV1 checks the row of that number and its tag. It may read the data as a
// string, so it must not be changed afterwards.
func readV1(id int64, tag byte, data []byte) (*v1Row, error) {
	n := len(data) - 4
	if n < 1 || data[0] != tag || binary.LittleEndian.Uint32(data[n:]) != v1Sum(id, data[:n]) {
		return nil, fmt.Errorf("%w %c%d", errRow, tag, id)
	}
	return &v1Row{rest: string(data[1:n])}, nil
}

func (u *v1Row) done(id int64) error {
	if u.bad || u.rest != "" {
		return fmt.Errorf("%w %d", errRow, id)
	}
	return nil
}

func (u *v1Row) uint() uint64 {
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

func (u *v1Row) int() int64 {
	n := u.uint()
	return int64(n>>1) ^ -int64(n&1)
}

func (u *v1Row) dur() time.Duration { return time.Duration(u.int()) }

func (u *v1Row) time() time.Time { return time.Unix(0, u.int()) }

func (u *v1Row) bytes(n uint64) string {
	if n > uint64(len(u.rest)) {
		u.bad, u.rest = true, ""
		return ""
	}
	s := u.rest[:n]
	u.rest = u.rest[n:]
	return s
}

func (u *v1Row) byte() byte {
	if s := u.bytes(1); s != "" {
		return s[0]
	}
	return 0
}

func (u *v1Row) string() string {
	n := u.uint()
	if n&1 == 1 {
		return u.bytes(n >> 1)
	}
	if n>>1 < uint64(len(v1Words)) {
		return v1Words[n>>1]
	}
	u.bad = true
	return ""
}

// count reads how many follow, each of at least one byte.
func (u *v1Row) count() int {
	n := u.uint()
	if n > uint64(len(u.rest)) {
		u.bad, u.rest = true, ""
		return 0
	}
	return int(n)
}

func (u *v1Row) strings() []string {
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

func (u *v1Row) fields() []capture.Field {
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

func (u *v1Row) bools(into ...*bool) {
	n := u.uint()
	for i, b := range into {
		*b = n&(1<<i) != 0
	}
}

// body reads the size of a body and gives a handle on it.
func (u *v1Row) body(ref int64, forgotten bool) capture.Body {
	b := capture.StoredBody(nil, capture.BodyRef(ref), int64(u.uint()))
	if forgotten {
		return b.Forgotten()
	}
	return b
}

func readV1Exchange(id capture.ID, data []byte) (*capture.Exchange, error) {
	u, err := readV1(int64(id), v1Exchange, data)
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
	u.signature(&ex.Signature)
	ex.Handshake = u.string()
	ex.ImportedFrom = capture.ID(u.uint())
	return ex, u.done(int64(id))
}

func (u *v1Row) signature(s *capture.Signature) {
	s.Verdict = capture.Verdict(u.string())
	s.Reason = capture.Reason(u.string())
	s.Explanation = u.string()
}

// readV1Reply puts a row of table reply into its exchange.
func readV1Reply(ex *capture.Exchange, data []byte) error {
	u, err := readV1(int64(ex.ID), v1Reply, data)
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

func (u *v1Row) reply(ref int64) capture.Reply {
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
	r.By = capture.By(u.string())
	r.Fault = capture.FaultName(u.string())
	r.Took = u.dur()
	return r
}

func readV1Meta(id capture.ID, data []byte) (*metaRow, error) {
	u, err := readV1(int64(id), v1Meta, data)
	if err != nil {
		return nil, err
	}
	m := &metaRow{}
	u.bools(&m.pinned, &m.checked, &m.renamed)
	m.note = u.string()
	m.pending = u.strings()
	m.trim = int(u.uint())
	if m.checked {
		u.signature(&m.signature)
	}
	if m.renamed {
		m.handshake = u.string()
	}
	return m, u.done(int64(id))
}

// readV1Attempt puts a row of table attempt under its exchange.
func readV1Attempt(ex *capture.Exchange, id int64, data []byte) error {
	u, err := readV1(id, v1Attempt, data)
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
