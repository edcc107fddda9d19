package control

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"creel/capture"
	"creel/capture/export"
	"creel/capture/sqlite"
	"creel/forward"
)

// exchanges writes exchanges, oldest first: one with an id, or all; order=newest turns that round.
func (s *Server) exchanges(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	var list iter.Seq[*capture.Exchange]
	if text := q.Get("id"); text != "" {
		id, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			respond(w, nil, fmt.Errorf("id %q: want a number", text))
			return
		}
		ex, ok := s.Engine.Ring.Get(capture.ID(id))
		if !ok {
			w.WriteHeader(http.StatusGone)
			return
		}
		list = slices.Values([]*capture.Exchange{ex})
	} else if q.Get("order") == "newest" {
		list = s.Engine.Ring.Before(math.MaxUint64)
	} else {
		list = slices.Values(s.Engine.Ring.Snapshot())
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	for ex := range list {
		b, ok := feedLine(r.Context(), nil, ex)
		if !ok {
			continue
		}
		if _, err := w.Write(append(b, '\n')); err != nil {
			return
		}
	}
}

func (s *Server) ids() []capture.ID {
	ids := []capture.ID{}
	for _, ex := range s.Engine.Ring.Snapshot() {
		ids = append(ids, ex.ID)
	}
	return ids
}

// record keeps an attempt that the caller made and returns its number.
func (s *Server) record(ctx context.Context, in recordRequest) (countResponse, error) {
	ex, err := export.ReadFeedLine(in.Attempt, noBody)
	if err != nil {
		return countResponse{}, err
	}
	if len(ex.Attempts) != 1 {
		return countResponse{}, errors.New("record: want one attempt")
	}
	a := *ex.Attempts[0]
	if a.Resend {
		a.By = caller(ctx)
	}
	if err := s.Engine.Ring.Apply(ctx, capture.Op{Attempt: &capture.AttemptAdd{ID: in.ID, Attempt: a}}); err != nil {
		return countResponse{}, err
	}
	n := s.number(in.ID, a.At)
	if n == 0 {
		return countResponse{}, fmt.Errorf("%v: %w", in.ID, capture.ErrEvicted)
	}
	return countResponse{Count: n}, nil
}

// number is the number of the attempt of that time; 0 when there is none.
func (s *Server) number(id capture.ID, at time.Time) int {
	ex, ok := s.Engine.Ring.Get(id)
	if !ok {
		return 0
	}
	for _, a := range slices.Backward(ex.Attempts) {
		if a.At.Equal(at) {
			return a.N
		}
	}
	return 0
}

// Get returns one exchange, or [capture.ErrEvicted].
func (h remoteHistory) Get(ctx context.Context, id capture.ID) (*capture.Exchange, error) {
	for ex, err := range h.list(ctx, url.Values{"id": {strconv.FormatUint(uint64(id), 10)}}) {
		return ex, err
	}
	return nil, capture.ErrEvicted
}

// Select yields all exchanges in the order of the query: its conditions only spare
// reading, and do not here.
func (h remoteHistory) Select(ctx context.Context, q sqlite.Query) iter.Seq2[*capture.Exchange, error] {
	v := url.Values{}
	if q.NewestFirst {
		v.Set("order", "newest")
	}
	return h.list(ctx, v)
}

func (h remoteHistory) list(ctx context.Context, v url.Values) iter.Seq2[*capture.Exchange, error] {
	return func(yield func(*capture.Exchange, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		resp, err := h.c.get(ctx, "exchanges?"+v.Encode())
		if err != nil {
			yield(nil, err)
			return
		}
		defer resp.Body.Close()
		r := bufio.NewReaderSize(resp.Body, 64<<10)
		for {
			data, err := r.ReadBytes('\n')
			if len(data) == 0 && err == io.EOF {
				return
			}
			var ex *capture.Exchange
			if err == nil {
				ex, err = export.ReadFeedLine(data, h.c.stored)
			}
			if !yield(ex, err) || err != nil {
				return
			}
		}
	}
}

// IDs returns the ids, oldest first.
func (h remoteHistory) IDs(ctx context.Context) ([]capture.ID, error) {
	return get[[]capture.ID](ctx, h.c, "ids")
}

func (h remoteHistory) Delete(ctx context.Context, ids []capture.ID) error {
	return h.c.Ring.Apply(ctx, capture.Op{Delete: ids})
}

// Commit makes changes, or adds one attempt; the receipt has the attempt with its number.
func (h remoteHistory) Commit(ctx context.Context, ops ...capture.Op) (capture.Receipt, error) {
	if len(ops) != 1 || ops[0].Attempt == nil {
		return capture.Receipt{Kept: ops}, h.c.Ring.Apply(ctx, ops...)
	}
	add := *ops[0].Attempt
	line, err := attemptLine(ctx, &capture.Exchange{ID: add.ID}, add.Attempt)
	if err != nil {
		return capture.Receipt{}, err
	}
	out, err := post[countResponse](ctx, h.c, "record", recordRequest{add.ID, line.Attempt})
	add.Attempt.N = out.Count
	return capture.Receipt{Kept: []capture.Op{{Attempt: &add}}}, err
}

func (h remoteHistory) Owner(context.Context) (sqlite.Owner, bool, error) {
	s := &h.c.Status
	return sqlite.Owner{PID: s.PID, URL: s.URL, Targets: s.Targets, Started: s.Started}, true, nil
}

func (h remoteHistory) Close() error { h.c.Close(); return nil }

func (h remoteHistory) Resend(ctx context.Context, x forward.Resend, r Recording) (capture.Attempt, error) {
	in, err := wireResend(ctx, x)
	if err != nil {
		return capture.Attempt{}, err
	}
	in.Recording = r
	return h.c.Resender.attempt(ctx, "resend", in)
}

// Check returns why the signature of x cannot be renewed there where it has to be.
func (h remoteHistory) Check(ctx context.Context, x forward.Resend) error {
	in, err := wireResend(ctx, x)
	if err == nil {
		err = h.c.act(ctx, "resend-check", in)
	}
	return err
}

// Recording says whether an attempt is recorded by the side that makes it.
type Recording string

// Whether an attempt is recorded.
const (
	RecordIt Recording = ""
	RecordNo Recording = "no"
)

type recordRequest struct {
	ID      capture.ID      `json:"id"`
	Attempt json.RawMessage `json:"attempt"`
}
