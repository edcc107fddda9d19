package ring

import (
	"strings"

	"creel/capture"
)

// pack returns a copy of ex that holds on to nothing but itself. Strings cut
// from a read buffer would keep the whole buffer for as long as the exchange.
func pack(ex *capture.Exchange) *capture.Exchange {
	c := *ex
	c.Request.Fields = append([]capture.Field(nil), ex.Request.Fields...)
	c.Request.Trailers = append([]capture.Field(nil), ex.Request.Trailers...)
	c.Request.Body = c.Request.Body.Clip()
	pool(func(f func(*string)) {
		r := &c.Request
		for _, s := range []*string{
			&r.Method, &r.Target, &r.Host, &r.Proto, &r.Remote,
			&c.Sender.Event, &c.Sender.Delivery, &c.Note,
		} {
			f(s)
		}
		eachField(r.Fields, f)
		eachField(r.Trailers, f)
	})
	c.Reply = packReply(c.Reply)
	return &c
}

func packReply(r capture.Reply) capture.Reply {
	if len(r.Fields) == 0 && len(r.Trailers) == 0 {
		r.Body = r.Body.Clip()
		return r
	}
	r.Fields = append([]capture.Field(nil), r.Fields...)
	r.Trailers = append([]capture.Field(nil), r.Trailers...)
	r.Body = r.Body.Clip()
	pool(func(f func(*string)) {
		eachField(r.Fields, f)
		eachField(r.Trailers, f)
	})
	return r
}

func eachField(fields []capture.Field, f func(*string)) {
	for i := range fields {
		f(&fields[i].Name)
		f(&fields[i].Value)
	}
}

// pool moves the strings that each visits, in the same order every time, into
// one piece of memory.
func pool(each func(func(*string))) {
	n := 0
	each(func(s *string) { n += len(*s) })
	var b strings.Builder
	b.Grow(n)
	each(func(s *string) { b.WriteString(*s) })
	all := b.String()
	each(func(s *string) { *s, all = all[:len(*s)], all[len(*s):] })
}
