package capture

import (
	"context"
	"testing"
)

func TestSameDelivery(t *testing.T) {
	t.Parallel()
	of := func(provider, id string) *Exchange {
		return &Exchange{Sender: Sender{Provider: provider, Delivery: id}}
	}
	for _, tt := range []struct {
		a, b *Exchange
		want bool
	}{
		{of("stripe", "evt_1"), of("stripe", "evt_1"), true},
		{of("stripe", "evt_1"), of("stripe", "evt_2"), false},
		{of("stripe", "1"), of("github", "1"), false},
		{of("", "1"), of("", "1"), true},
		{of("stripe", ""), of("stripe", ""), false},
		{of("stripe", ""), of("stripe", "evt_1"), false},
	} {
		if got := SameDelivery(tt.a, tt.b); got != tt.want {
			t.Errorf("%v and %v: %v, want %v", tt.a.Sender, tt.b.Sender, got, tt.want)
		}
	}
}

func TestDeliveryKey(t *testing.T) {
	t.Parallel()
	base := func(change func(*Exchange)) string {
		ex := &Exchange{Request: Request{Method: "POST", Target: "/a?n=1", Body: NewBody([]byte("b"))}}
		change(ex)
		return DeliveryKey(context.Background(), ex)
	}
	key := func(v string) func(*Exchange) {
		return func(e *Exchange) { e.Request.Fields = []Field{{"idempotency-key", v}} }
	}
	sender := func(provider, id string) func(*Exchange) {
		return func(e *Exchange) { e.Sender = Sender{Provider: provider, Delivery: id} }
	}
	plain := base(func(*Exchange) {})
	for name, change := range map[string]func(*Exchange){
		"another query":       func(e *Exchange) { e.Request.Target = "/a?n=2" },
		"an empty key":        key(""),
		"a provider only":     sender("stripe", ""),
		"another field":       func(e *Exchange) { e.Request.Fields = []Field{{"X", "y"}} },
		"the absolute target": func(e *Exchange) { e.Request.Target = "http://h/a" },
	} {
		if base(change) != plain {
			t.Errorf("%s: another delivery", name)
		}
	}
	for name, change := range map[string]func(*Exchange){
		"another method": func(e *Exchange) { e.Request.Method = "PUT" },
		"another path":   func(e *Exchange) { e.Request.Target = "/b" },
		"another body":   func(e *Exchange) { e.Request.Body = NewBody([]byte("c")) },
		"a key":          key("k"),
		"an id":          sender("stripe", "evt_1"),
	} {
		if base(change) == plain {
			t.Errorf("%s: the same delivery", name)
		}
	}
	if base(sender("a b", "c")) == base(sender("a", "b c")) {
		t.Error("provider and id are run together")
	}
	if base(sender("a", "1")) != base(func(e *Exchange) { sender("a", "1")(e); key("k")(e) }) {
		t.Error("the id does not go before the Idempotency-Key")
	}
}
