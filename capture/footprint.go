package capture

// What an exchange, an attempt and a field weigh beside the bytes of their
// strings and bodies: about what they take in memory.
const (
	exchangeOverhead = 640
	attemptOverhead  = 512
	fieldOverhead    = 32
)

// Footprint is what the exchange counts against [Bounds].Bytes: its head, its
// body, its reply and its attempts with their bodies. It is about what it takes
// on disk, and in memory when its bodies are there.
func (e *Exchange) Footprint() int64 {
	n := exchangeOverhead + e.Request.footprint() + e.Reply.Footprint()
	n += int64(len(e.Sender.Provider) + len(e.Sender.Event) + len(e.Sender.Delivery))
	n += int64(len(e.Signature.Reason) + len(e.Signature.Explanation) + len(e.Handshake) + len(e.Note) + len(e.Via) + len(e.PublicURL))
	for _, p := range e.Pending {
		n += int64(len(p))
	}
	for _, a := range e.Attempts {
		n += a.Footprint()
	}
	return n
}

func (r *Request) footprint() int64 {
	n := len(r.Method) + len(r.Target) + len(r.Host) + len(r.Proto) + len(r.Remote) + len(r.Malformed) + len(r.Head)
	return int64(n) + fieldsFootprint(r.Fields) + fieldsFootprint(r.Trailers) + r.Body.Kept()
}

// Footprint is what the reply counts against [Bounds].Bytes.
func (r *Reply) Footprint() int64 {
	return int64(len(r.By)+len(r.Fault)) + fieldsFootprint(r.Fields) + fieldsFootprint(r.Trailers) + r.Body.Kept()
}

// Footprint is what the attempt counts against [Bounds].Bytes.
func (a *Attempt) Footprint() int64 {
	n := attemptOverhead + int64(len(a.To)+len(a.Method)+len(a.Target)+len(a.Proto)+len(a.Err)+len(a.SignedURL)+len(a.By))
	n += fieldsFootprint(a.Fields) + fieldsFootprint(a.Trailers) + a.Reply.Footprint()
	for _, c := range a.Changes {
		n += int64(len(c))
	}
	if !a.SameBody {
		n += a.Body.Kept()
	}
	return n
}

func fieldsFootprint(fields []Field) int64 {
	n := fieldOverhead * len(fields)
	for i := range fields {
		n += len(fields[i].Name) + len(fields[i].Value)
	}
	return int64(n)
}
