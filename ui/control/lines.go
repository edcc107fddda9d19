package control

import (
	"context"
	"errors"
	"slices"
	"sync"

	"creel/capture"
	"creel/capture/export"
)

// maxLines bounds the lines that are kept, in bytes.
const maxLines = 8 << 20

// lines are the newest exchanges as they were written, so that many screens cost one encoding.
type lines struct {
	mu    sync.Mutex
	texts map[*capture.Exchange][]byte
	order []*capture.Exchange // oldest first
	size  int
}

// of returns the line of an exchange, which is immutable; false when it was evicted meanwhile.
func (l *lines) of(ctx context.Context, ex *capture.Exchange) ([]byte, bool) {
	l.mu.Lock()
	text := l.texts[ex]
	l.mu.Unlock()
	if text != nil {
		return text, true
	}
	text, ok := feedLine(ctx, slices.Clone(exchangeBegins), ex)
	if !ok {
		return nil, false
	}
	text = append(text, exchangeEnds...)
	l.keep(ex, text)
	return text, true
}

// feedLine is [export.FeedLine] with small bodies; false when the exchange was evicted
// meanwhile. When a body cannot be read the line is without bodies: who asks for it
// hears why, and of all others nothing is lost.
func feedLine(ctx context.Context, b []byte, ex *capture.Exchange) ([]byte, bool) {
	line, err := export.FeedLine(ctx, b, ex, inlineBody)
	if err != nil && !errors.Is(err, capture.ErrEvicted) {
		line, err = export.FeedLine(ctx, b, ex, 0)
	}
	return line, err == nil
}

func (l *lines) keep(ex *capture.Exchange, text []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.texts == nil {
		l.texts = map[*capture.Exchange][]byte{}
	}
	if l.texts[ex] != nil || len(text) > maxLines {
		return
	}
	l.texts[ex] = text
	l.order = append(l.order, ex)
	for l.size += len(text); l.size > maxLines; l.order = l.order[1:] {
		l.size -= len(l.texts[l.order[0]])
		delete(l.texts, l.order[0])
	}
}
