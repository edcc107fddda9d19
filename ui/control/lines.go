package control

import (
	"context"
	"slices"
	"sync"

	"creel/capture"
	"creel/capture/export"
)

// maxLines bounds the lines that are kept, in bytes.
const maxLines = 8 << 20

// lines are the newest exchanges as they were written to a stream, so that many
// screens cost one encoding. It is safe for concurrent use.
type lines struct {
	mu    sync.Mutex
	texts map[*capture.Exchange][]byte
	order []*capture.Exchange // oldest first
	size  int
}

// of returns the line of an exchange, which is immutable. The error is that of
// reading a body.
func (l *lines) of(ctx context.Context, ex *capture.Exchange) ([]byte, error) {
	l.mu.Lock()
	text := l.texts[ex]
	l.mu.Unlock()
	if text != nil {
		return text, nil
	}
	text, err := export.FeedLine(ctx, slices.Clone(exchangeBegins), ex, inlineBody)
	if err != nil {
		return nil, err
	}
	text = append(text, exchangeEnds...)
	l.keep(ex, text)
	return text, nil
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
