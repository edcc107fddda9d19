package capture

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
)

// DeliveryID names one delivery: an event that one provider wants to deliver, by
// the id that the provider gives it. Its zero value is no delivery. Equal ids of two
// providers are two deliveries.
type DeliveryID struct{ Provider, ID string }

// DeliveryID returns the delivery that the exchange is a try of; ok is false when
// its sender gave no id.
func (e *Exchange) DeliveryID() (id DeliveryID, ok bool) {
	if e.Sender.Delivery == "" {
		return DeliveryID{}, false
	}
	return DeliveryID{e.Sender.Provider, e.Sender.Delivery}, true
}

// SameDelivery reports whether both exchanges are known to be tries of one
// delivery.
func SameDelivery(a, b *Exchange) bool {
	x, ok := a.DeliveryID()
	y, _ := b.DeliveryID()
	return ok && x == y
}

// DeliveryKey returns what the tries of one delivery have in common also where the
// sender gives no id, so that they can be counted: its [DeliveryID], else the
// Idempotency-Key field, else method, path and body. It hashes the body.
func DeliveryKey(ctx context.Context, e *Exchange) string {
	if id, ok := e.DeliveryID(); ok {
		return "id " + digest(id.Provider, id.ID)
	}
	if key, ok := e.Request.Get("Idempotency-Key"); ok && key != "" {
		return "key " + digest(key)
	}
	// A body that cannot be read counts as empty: it is in memory on arrival.
	body, _ := e.Request.Body.Bytes(ctx)
	return "body " + digest(e.Request.Method, e.Request.Path(), string(body))
}

func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))
}
