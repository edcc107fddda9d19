package mcp

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/compare"
	"creel/capture/export"
	"creel/capture/filter"
	"creel/capture/provider"
)

// The most that one call lists, and how long it waits.
const (
	usualRows = 20
	maxRows   = 100
	usualWait = 30 * time.Second
	maxWait   = 5 * time.Minute
	snippet   = 60 // bytes on each side of a hit
)

type (
	listIn struct {
		Filter string `json:"filter,omitempty" jsonschema:"creel's filter language, such as: provider:stripe is:failed path:/hooks status:5xx; empty for all"`
		Limit  int    `json:"limit,omitempty" jsonschema:"how many at most, the newest first (20, at most 100)"`
		Before uint64 `json:"before,omitempty" jsonschema:"only requests with a smaller id: the way to further ones"`
	}
	listOut struct {
		Trust    string `json:"trust"`
		Requests []row  `json:"requests"`
		More     bool   `json:"more" jsonschema:"there are further ones: ask with before"`
	}
	getIn struct {
		ID     uint64   `json:"id"`
		Parts  []string `json:"parts,omitempty" jsonschema:"of head, body, reply, attempts; empty for all"`
		Offset int      `json:"body_offset,omitempty" jsonschema:"where to begin in the body, in bytes"`
		Limit  int      `json:"body_limit,omitempty" jsonschema:"bytes of the body (16384, at most 65536)"`
	}
	waitIn struct {
		Filter  string `json:"filter,omitempty" jsonschema:"creel's filter language; empty for any request"`
		After   uint64 `json:"after,omitempty" jsonschema:"only requests with a greater id, also one that is there already; 0 for those that arrive from now on"`
		Timeout int    `json:"timeout_seconds,omitempty" jsonschema:"30, at most 300"`
	}
	verifyIn struct {
		ID       uint64 `json:"id"`
		Provider string `json:"provider,omitempty" jsonschema:"whose signature it is, when creel did not recognise the sender"`
	}
	verifyOut struct {
		Provider    string          `json:"provider"`
		Verdict     capture.Verdict `json:"verdict"`
		Reason      capture.Reason  `json:"reason"`
		Explanation string          `json:"explanation" jsonschema:"why the signature fails, when creel found it"`
	}
	compareIn struct {
		Old uint64 `json:"old"`
		New uint64 `json:"new"`
	}
	difference struct {
		Where string `json:"where"`
		How   string `json:"how" jsonschema:"changed, added, removed or moved"`
		Old   string `json:"old"`
		New   string `json:"new"`
	}
	compareOut struct {
		Trust       string       `json:"trust"`
		Same        bool         `json:"same"`
		Differences []difference `json:"differences"`
		More        int          `json:"more,omitempty"`
		Notes       []string     `json:"notes,omitempty"`
	}
	searchIn struct {
		Text  string `json:"text" jsonschema:"searched in URLs, header fields and bodies, without case"`
		Limit int    `json:"limit,omitempty" jsonschema:"how many requests at most (20, at most 100)"`
	}
	hit struct {
		row
		Around string `json:"around" jsonschema:"the text around the hit in the body; empty when it is elsewhere"`
	}
	searchOut struct {
		Trust    string `json:"trust"`
		Requests []hit  `json:"requests"`
	}
	exportIn struct {
		ID     uint64 `json:"id"`
		Format string `json:"format" jsonschema:"curl, httpie, http, har, markdown, fetch, go or python"`
	}
	exportOut struct {
		Trust  string   `json:"trust"`
		Text   string   `json:"text"`
		Masked []string `json:"masked" jsonschema:"where secrets were hidden"`
	}
)

func (s *server) readTools(m *sdk.Server) {
	tool(s, m, &sdk.Tool{Name: "list_requests", Description: "List captured requests, the newest first.", Annotations: reads()}, s.list)
	tool(s, m, &sdk.Tool{Name: "get_request", Description: "Get one request: head, body, the reply its sender got, and what creel sent on.", Annotations: reads()}, s.getRequest)
	tool(s, m, &sdk.Tool{Name: "wait_for_request", Description: "Wait for the next request that arrives and matches.", Annotations: reads()}, s.wait)
	tool(s, m, &sdk.Tool{Name: "verify_signature", Description: "Check the signature of a request, and say why it fails.", Annotations: reads()}, s.verify)
	tool(s, m, &sdk.Tool{Name: "compare_requests", Description: "Say in what two requests differ.", Annotations: reads()}, s.compare)
	tool(s, m, &sdk.Tool{Name: "search", Description: "Find requests that have a text in their URL, header fields or body.", Annotations: reads()}, s.search)
	tool(s, m, &sdk.Tool{Name: "export_request", Description: "Write a request as a command or as code, its secrets masked.", Annotations: reads()}, s.export)
}

func env(ctx context.Context) *filter.Env {
	return &filter.Env{Body: body.Searched(ctx)}
}

func bounded(n, usual, most int) int {
	if n <= 0 {
		return usual
	}
	return min(n, most)
}

func parse(text string) (*filter.Filter, error) {
	f, err := filter.Parse(text, filter.History)
	if err == nil && f.AsksOlder() {
		err = errors.New("is:duplicate and is:retry are not for tools")
	}
	if err != nil {
		return nil, fmt.Errorf("filter: %w", err)
	}
	return f, nil
}

func (s *server) list(ctx context.Context, on *Session, in listIn) (listOut, error) {
	out := listOut{Trust: untrusted, Requests: []row{}}
	f, err := parse(in.Filter)
	if err != nil {
		return out, err
	}
	var list []*capture.Exchange
	most := bounded(in.Limit, usualRows, maxRows)
	for ex, err := range on.newest(ctx) {
		if err != nil {
			return out, err
		}
		if in.Before != 0 && uint64(ex.ID) >= in.Before || !f.Match(ex, env(ctx)) {
			continue
		}
		if out.More = len(list) == most; out.More {
			break
		}
		list = append(list, ex)
	}
	v, err := s.viewer(ctx, on, list...)
	for _, ex := range list {
		out.Requests = append(out.Requests, v.row(ex))
	}
	return out, err
}

func (s *server) getRequest(ctx context.Context, on *Session, in getIn) (request, error) {
	for _, p := range in.Parts {
		if p != "head" && p != "body" && p != "reply" && p != "attempts" {
			return request{}, fmt.Errorf("part %q: it is one of head, body, reply, attempts", p)
		}
	}
	ex, err := on.get(ctx, in.ID)
	if err != nil {
		return request{}, err
	}
	v, err := s.viewer(ctx, on, ex)
	if err != nil {
		return request{}, err
	}
	return v.request(ctx, ex, wanted{in.Parts, in.Offset, bounded(in.Limit, usualBody, maxBody)})
}

func (s *server) verify(ctx context.Context, on *Session, in verifyIn) (verifyOut, error) {
	ex, err := on.get(ctx, in.ID)
	if err != nil {
		return verifyOut{}, err
	}
	v, err := s.viewer(ctx, on, ex)
	if err != nil {
		return verifyOut{}, err
	}
	r, err := on.Check(ctx, ex, provider.Options{Provider: in.Provider})
	return verifyOut{r.Provider, r.Signature.Verdict, r.Reason, clip(v.scan.Text(r.Explanation), maxField)}, err
}

func (v viewer) masked(ctx context.Context, r capture.Request) (*capture.Request, error) {
	_, fields, raw, err := v.message(ctx, r.Fields, r.Body)
	r.Target, r.Fields, r.Body = v.scan.Target(r.Target), fields, capture.NewBody(raw)
	return &r, err
}

// maxDifferences bounds what a comparison lists.
const maxDifferences = 200

func (s *server) compare(ctx context.Context, on *Session, in compareIn) (compareOut, error) {
	out := compareOut{Trust: untrusted, Differences: []difference{}}
	var list []*capture.Exchange
	for _, id := range []uint64{in.Old, in.New} {
		ex, err := on.get(ctx, id)
		if err != nil {
			return out, err
		}
		list = append(list, ex)
	}
	v, err := s.viewer(ctx, on, list...)
	if err != nil {
		return out, err
	}
	var sides [2]*capture.Request
	for i, ex := range list {
		if sides[i], err = v.masked(ctx, ex.Request); err != nil {
			return out, err
		}
	}
	r, err := compare.Requests(ctx, sides[0], sides[1])
	if err != nil {
		return out, err
	}
	out.Same, out.Notes = r.Same(), r.Notes
	for _, group := range []struct {
		where string
		list  []compare.Difference
	}{{"request line ", r.Line}, {"query ", r.Query}, {"header ", r.Fields}, {"body ", r.Values}} {
		for _, d := range group.list {
			out.add(difference{group.where + clip(d.Name, maxField), hows[d.Kind], clip(d.Old, maxField), clip(d.New, maxField)})
		}
	}
	for _, h := range r.Hunks {
		for _, d := range h.Lines {
			switch line := clip(d.Text, maxField); d.Kind {
			case compare.Added:
				out.add(difference{Where: "body line", How: hows[d.Kind], New: line})
			case compare.Removed:
				out.add(difference{Where: "body line", How: hows[d.Kind], Old: line})
			}
		}
	}
	if len(r.Bytes) > 0 {
		out.Notes = append(out.Notes, fmt.Sprintf("the bodies are binary and differ in %d rows of 16 bytes", len(r.Bytes)))
	}
	return out, nil
}

func (c *compareOut) add(d difference) {
	if len(c.Differences) == maxDifferences {
		c.More++
		return
	}
	c.Differences = append(c.Differences, d)
}

var hows = map[compare.Kind]string{
	compare.Changed: "changed", compare.Added: "added", compare.Removed: "removed", compare.Moved: "moved", compare.Same: "same",
}

func (s *server) search(ctx context.Context, on *Session, in searchIn) (searchOut, error) {
	out := searchOut{Trust: untrusted, Requests: []hit{}}
	if in.Text == "" {
		return out, errors.New("search: the text is empty")
	}
	f, err := filter.Text(in.Text)
	if err != nil {
		return out, fmt.Errorf("search: %w", err)
	}
	var list []*capture.Exchange
	most := bounded(in.Limit, usualRows, maxRows)
	for ex, err := range on.newest(ctx) {
		if err != nil {
			return out, err
		}
		if len(list) == most {
			break
		}
		if f.Match(ex, env(ctx)) {
			list = append(list, ex)
		}
	}
	v, err := s.viewer(ctx, on, list...)
	if err != nil {
		return out, err
	}
	for _, ex := range list {
		one := hit{row: v.row(ex)}
		if _, fields, raw, err := v.message(ctx, ex.Request.Fields, ex.Request.Body); err == nil {
			one.Around = around(string(body.Read(raw, fields).Text), in.Text)
		}
		out.Requests = append(out.Requests, one)
	}
	return out, nil
}

func around(text, what string) string {
	i := strings.Index(strings.ToLower(text), strings.ToLower(what))
	if i < 0 || i >= len(text) {
		return ""
	}
	return validText(text[max(0, i-snippet):min(len(text), i+len(what)+snippet)])
}

func (s *server) export(ctx context.Context, on *Session, in exportIn) (exportOut, error) {
	out := exportOut{Trust: untrusted, Masked: []string{}}
	format, err := export.Find(in.Format)
	switch {
	case err != nil:
		return out, err
	case format.Exact:
		return out, fmt.Errorf("format %s keeps secrets: use another one", format.Name)
	}
	ex, err := on.get(ctx, in.ID)
	if err != nil {
		return out, err
	}
	config, err := s.redaction(ctx, on, ex)
	if err != nil {
		return out, err
	}
	b, res, err := format.One(ctx, ex, export.Options{Redact: config})
	if err != nil {
		return out, err
	}
	if len(b) > maxBody {
		return out, fmt.Errorf("the export has %d bytes, more than %d: get_request reads the body in parts", len(b), maxBody)
	}
	out.Text, out.Masked = validText(string(b)), append(out.Masked, res.Masked...)
	return out, nil
}
