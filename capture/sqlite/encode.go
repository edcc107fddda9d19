package sqlite

import (
	"context"
	"encoding/binary"
	"hash/crc32"
	"time"

	"creel/capture"
)

// A row is a tag, what it says, and a checksum over both and over its number.
const (
	tagExchange = 'x'
	tagReply    = 'r'
	tagMeta     = 'm'
	tagAttempt  = 'a'
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum binds data to the number of its row.
func checksum(id int64, data []byte) uint32 {
	return crc32.Checksum(data, castagnoli) ^ uint32(uint64(id)*0x9e3779b97f4a7c15>>32)
}

// packer writes a row. Numbers are varints; a string is twice its place in
// words, or twice its length and one, and its bytes.
type packer []byte

func (p *packer) uint(n uint64) { *p = binary.AppendUvarint(*p, n) }

func (p *packer) int(n int64) { *p = binary.AppendVarint(*p, n) }

func (p *packer) dur(d time.Duration) { p.int(int64(d)) }

func (p *packer) string(s string) {
	if len(s) <= longestWord {
		if i, ok := wordIndex[s]; ok {
			p.uint(uint64(i) << 1)
			return
		}
	}
	p.uint(uint64(len(s))<<1 | 1)
	*p = append(*p, s...)
}

func (p *packer) strings(list []string) {
	p.uint(uint64(len(list)))
	for _, s := range list {
		p.string(s)
	}
}

func (p *packer) fields(fields []capture.Field) {
	p.uint(uint64(len(fields)))
	for i := range fields {
		p.string(fields[i].Name)
		p.string(fields[i].Value)
	}
}

// bools packs up to 64 of them.
func (p *packer) bools(list ...bool) {
	var n uint64
	for i, b := range list {
		if b {
			n |= 1 << i
		}
	}
	p.uint(n)
}

func (p *packer) row(id int64) []byte {
	return binary.LittleEndian.AppendUint32(*p, checksum(id, *p))
}

// packExchange appends the row to the room, which is empty; so do the others.
func packExchange(room []byte, id capture.ID, ex *capture.Exchange) []byte {
	r := &ex.Request
	p := packer(room)
	p = append(p, tagExchange)
	p.int(ex.At.UnixNano())
	p.bools(r.TLS, r.Exact, r.Chunked, r.Truncated, r.Incomplete, len(r.Head) > 0, r.Body.IsForgotten(), ex.Sender.Late)
	for _, s := range [...]string{r.Method, r.Target, r.Host, r.Proto, r.Remote, r.Malformed} {
		p.string(s)
	}
	p.fields(r.Fields)
	p.fields(r.Trailers)
	p.uint(uint64(r.Body.Size()))
	p.int(r.Size)
	if len(r.Head) > 0 {
		p.uint(uint64(len(r.Head)))
		p = append(p, r.Head...)
	}
	p.string(ex.Sender.Provider)
	p.string(ex.Sender.Event)
	p.string(ex.Sender.Delivery)
	p.int(int64(ex.Sender.Try))
	p.verdict(&ex.Verdict)
	p.string(ex.Handshake)
	p.uint(uint64(ex.ImportedFrom))
	return p.row(int64(id))
}

func (p *packer) verdict(v *capture.Verdict) {
	p.string(v.Verdict)
	p.string(v.Reason)
	p.string(v.Explanation)
}

func packReply(room []byte, id capture.ID, state capture.State, r *capture.Reply) []byte {
	p := packer(room)
	p = append(p, tagReply, byte(state))
	p.reply(r)
	return p.row(int64(id))
}

func (p *packer) reply(r *capture.Reply) {
	p.uint(uint64(r.Status))
	small, inline := inMemory(r.Body)
	p.bools(r.Body.IsForgotten(), inline)
	p.fields(r.Fields)
	p.fields(r.Trailers)
	p.uint(uint64(r.Body.Size()))
	*p = append(*p, small...)
	p.string(r.By)
	p.string(r.Fault)
	p.dur(r.Took)
}

// inMemory returns the bytes of a body of an answer that is kept in its row.
func inMemory(b capture.Body) (bytes []byte, ok bool) {
	if _, _, stored := b.Stored(); stored || b.Size() > inlineAnswer {
		return nil, false
	}
	bytes, err := b.Bytes(context.Background())
	return bytes, err == nil && len(bytes) > 0
}

// meta is what is said about an exchange after it was captured.
type meta struct {
	pinned    bool
	note      string
	pending   []string
	verdict   *capture.Verdict // nil: as on arrival
	handshake *string          // nil: as on arrival
	forget    int              // attempts up to this one have no bodies
}

func packMeta(room []byte, id capture.ID, m *meta) []byte {
	p := packer(room)
	p = append(p, tagMeta)
	p.bools(m.pinned, m.verdict != nil, m.handshake != nil)
	p.string(m.note)
	p.strings(m.pending)
	p.uint(uint64(m.forget))
	if m.verdict != nil {
		p.verdict(m.verdict)
	}
	if m.handshake != nil {
		p.string(*m.handshake)
	}
	return p.row(int64(id))
}

func packAttempt(room []byte, id capture.ID, a *capture.Attempt) []byte {
	p := packer(room)
	p = append(p, tagAttempt)
	p.int(a.At.UnixNano())
	p.bools(a.SameBody, a.Chunked, a.Truncated, a.Resend, a.Edited, a.Signed, a.Unsent, a.Body.IsForgotten())
	for _, s := range [...]string{a.To, a.Method, a.Target, a.Proto, string(a.Cause), a.Err} {
		p.string(s)
	}
	p.fields(a.Fields)
	p.fields(a.Trailers)
	p.uint(uint64(a.Body.Size()))
	p.strings(a.Changes)
	p.reply(&a.Reply)
	p.dur(a.Connect)
	p.dur(a.FirstByte)
	p.dur(a.Took)
	p.string(a.SignedURL)
	return p.row(slot(id, a.N))
}
