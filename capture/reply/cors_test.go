package reply

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

func TestCORS(t *testing.T) {
	field := func(name, value string) capture.Field { return capture.Field{Name: name, Value: value} }
	origin, asks := field("origin", "http://localhost:5173"), field("Access-Control-Request-Method", "POST")
	allowed := []capture.Field{
		field("Access-Control-Allow-Origin", "http://localhost:5173"),
		field("Access-Control-Allow-Credentials", "true"), field("Vary", "Origin"),
	}
	with := func(fields ...capture.Field) []capture.Field { return append(allowed[:3:3], fields...) }
	next := []capture.Field{field("X-A", "1")}
	apps := []capture.Field{field("access-control-allow-origin", "*")}
	for _, tt := range []struct {
		name   string
		method string
		fields []capture.Field
		next   capture.Outcome
		want   []capture.Field
		asked  bool // Next was
	}{
		{
			"preflight", "OPTIONS",
			[]capture.Field{origin, asks, field("Access-Control-Request-Headers", "content-type,x-a"), field("Access-Control-Request-Private-Network", "true")},
			capture.Outcome{},
			with(field("Access-Control-Allow-Methods", "POST"), field("Access-Control-Allow-Headers", "content-type,x-a"), field("Access-Control-Allow-Private-Network", "true"), field("Access-Control-Max-Age", "600")), false,
		},
		{"preflight that asks for little", "OPTIONS", []capture.Field{origin, asks}, capture.Outcome{}, with(field("Access-Control-Allow-Methods", "POST"), field("Access-Control-Max-Age", "600")), false},
		{"OPTIONS", "OPTIONS", []capture.Field{origin}, capture.Outcome{Reply: capture.Reply{Fields: next}}, with(next...), true},
		{"OPTIONS without a page", "OPTIONS", []capture.Field{asks}, capture.Outcome{Reply: capture.Reply{Fields: next}}, next, true},
		{"POST that looks like it", "POST", []capture.Field{origin, asks}, capture.Outcome{Reply: capture.Reply{Fields: next}}, with(next...), true},
		{"no page", "POST", nil, capture.Outcome{Reply: capture.Reply{Fields: next}}, next, true},
		{"the app's own", "POST", []capture.Field{origin}, capture.Outcome{Reply: capture.Reply{Fields: apps}}, apps, true},
		{"dropped", "POST", []capture.Field{origin}, capture.Outcome{Drop: true}, nil, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			asked := false
			c := CORS{capture.ResponderFunc(func(context.Context, *capture.Exchange, capture.Recorder) capture.Outcome {
				asked = true
				return tt.next
			})}
			out := c.Respond(t.Context(), &capture.Exchange{Request: capture.Request{Method: tt.method, Fields: tt.fields}}, nil)
			if diff := cmp.Diff(tt.want, out.Reply.Fields); diff != "" || asked != tt.asked {
				t.Errorf("asked %v; %s", asked, diff)
			}
			if !tt.asked && out.Reply.Status != 204 {
				t.Errorf("%d", out.Reply.Status)
			}
		})
	}
}
