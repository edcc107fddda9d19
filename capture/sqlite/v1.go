package sqlite

// Files of version 1 had rows in an encoding of their own: a tag, what it says, and a
// checksum over both and over the number of the row. Here they are read, and turned
// into rows of today.

import (
	"encoding/binary"
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
type v1Row struct {
	rest []byte
	bad  bool
}

// readV1 checks the row of that number and its tag.
func readV1(id int64, tag byte, data []byte) (u *v1Row, ok bool) {
	n := len(data) - 4
	if n < 1 || data[0] != tag || binary.LittleEndian.Uint32(data[n:]) != v1Sum(id, data[:n]) {
		return nil, false
	}
	return &v1Row{rest: data[1:n]}, true
}

// done reports whether all of the row was read.
func (u *v1Row) done() bool { return !u.bad && len(u.rest) == 0 }

func (u *v1Row) uint() uint64 {
	n, size := binary.Uvarint(u.rest)
	if size <= 0 {
		u.bad, u.rest = true, nil
		return 0
	}
	u.rest = u.rest[size:]
	return n
}

func (u *v1Row) int() int64 {
	n := u.uint()
	return int64(n>>1) ^ -int64(n&1)
}

func (u *v1Row) dur() time.Duration { return time.Duration(u.int()) }

func (u *v1Row) time() time.Time { return time.Unix(0, u.int()) }

func (u *v1Row) bytes(n uint64) []byte {
	if n > uint64(len(u.rest)) {
		u.bad, u.rest = true, nil
		return nil
	}
	b := u.rest[:n]
	u.rest = u.rest[n:]
	return b
}

func (u *v1Row) string() string {
	n := u.uint()
	if n&1 == 1 {
		return string(u.bytes(n >> 1))
	}
	if n>>1 < uint64(len(v1Words)) {
		return v1Words[n>>1]
	}
	u.bad = true
	return ""
}

func (u *v1Row) strings() (list []string) {
	for n := u.uint(); n > 0 && !u.bad; n-- {
		list = append(list, u.string())
	}
	return list
}

func (u *v1Row) fields() (list []capture.Field) {
	for n := u.uint(); n > 0 && !u.bad; n-- {
		list = append(list, capture.Field{Name: u.string(), Value: u.string()})
	}
	return list
}

func (u *v1Row) bools(into ...*bool) {
	n := u.uint()
	for i, b := range into {
		*b = n&(1<<i) != 0
	}
}

// body reads what the row says of a body that is in table body.
func (u *v1Row) body(trimmed bool) bodyColumns {
	return bodyColumns{size: int64(u.uint()), trimmed: trimmed}
}

func readV1Exchange(id int64, data []byte) (*requestRow, bool) {
	u, ok := readV1(id, v1Exchange, data)
	if !ok {
		return nil, false
	}
	ex := &capture.Exchange{ID: capture.ID(id), At: u.time()}
	row, r := &requestRow{Exchange: ex}, &ex.Request
	var hasHead, trimmed bool
	u.bools(&r.TLS, &r.Exact, &r.Chunked, &r.Truncated, &r.Incomplete, &hasHead, &trimmed, &ex.Sender.Late)
	for _, s := range [...]*string{&r.Method, &r.Target, &r.Host, &r.Proto, &r.Remote, &r.Malformed} {
		*s = u.string()
	}
	r.Fields = u.fields()
	r.Trailers = u.fields()
	row.body = u.body(trimmed)
	r.Size = u.int()
	if hasHead {
		r.Head = u.bytes(u.uint())
	}
	for _, s := range [...]*string{&ex.Sender.Provider, &ex.Sender.Event, &ex.Sender.Delivery} {
		*s = u.string()
	}
	ex.Sender.Try = int(u.int())
	u.signature(&ex.Signature)
	ex.Handshake = u.string()
	ex.ImportedFrom = capture.ID(u.uint())
	return row, u.done()
}

func (u *v1Row) signature(s *capture.Signature) {
	s.Verdict = capture.Verdict(u.string())
	s.Reason = capture.Reason(u.string())
	s.Explanation = u.string()
}

func readV1Reply(id int64, data []byte) (*replyRow, bool) {
	u, ok := readV1(id, v1Reply, data)
	if !ok {
		return nil, false
	}
	row := &replyRow{}
	if state := u.bytes(1); len(state) == 1 {
		row.state = capture.State(state[0])
	}
	u.reply(&row.reply, &row.body)
	return row, u.done()
}

func (u *v1Row) reply(r *capture.Reply, body *bodyColumns) {
	r.Status = int(u.uint())
	var trimmed, inline bool
	u.bools(&trimmed, &inline)
	r.Fields = u.fields()
	r.Trailers = u.fields()
	if inline {
		body.inline = u.bytes(u.uint())
		body.size = int64(len(body.inline))
	} else {
		*body = u.body(trimmed)
	}
	r.By = capture.By(u.string())
	r.Fault = capture.FaultName(u.string())
	r.Took = u.dur()
}

func readV1Meta(id int64, data []byte) (*metaRow, bool) {
	u, ok := readV1(id, v1Meta, data)
	if !ok {
		return nil, false
	}
	m := &metaRow{}
	u.bools(&m.Pinned, &m.checked, &m.renamed)
	m.Note = u.string()
	m.Pending = u.strings()
	m.trim = int(u.uint())
	if m.checked {
		u.signature(&m.Signature)
	}
	if m.renamed {
		m.Handshake = u.string()
	}
	return m, u.done()
}

func readV1Attempt(id int64, data []byte) (*attemptRow, bool) {
	u, ok := readV1(id, v1Attempt, data)
	if !ok {
		return nil, false
	}
	a := &capture.Attempt{At: u.time()}
	row := &attemptRow{Attempt: a}
	var trimmed bool
	u.bools(&a.SameBody, &a.Chunked, &a.Truncated, &a.Resend, &a.Edited, &a.Signed, &a.Unsent, &trimmed)
	for _, s := range [...]*string{&a.To, &a.Method, &a.Target, &a.Proto, (*string)(&a.Cause), &a.Err} {
		*s = u.string()
	}
	a.Fields = u.fields()
	a.Trailers = u.fields()
	if row.body = u.body(trimmed); a.SameBody {
		row.body = bodyColumns{}
	}
	a.Changes = u.strings()
	u.reply(&a.Reply, &row.response)
	a.Connect, a.FirstByte, a.Took = u.dur(), u.dur(), u.dur()
	if len(u.rest) > 0 { // older rows end before it
		a.SignedURL = u.string()
	}
	return row, u.done()
}
