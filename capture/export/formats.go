package export

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"creel/capture"
	"creel/capture/redact"
)

// Format is one way to write exchanges down.
type Format struct {
	Name string // as on the command line
	Ext  string // of a file that holds it, without the dot
	Help string // what it is, in a few words
	// Exact formats keep every byte and mask nothing: they are not for others.
	Exact bool
	// comment opens a line that a reader of the format passes over; empty when
	// the format has none.
	comment string
	write   func(*writer, *share) error
	// cannot says why the format cannot hold a request; nil when it holds all.
	cannot func(*share) string
	// begin and end wrap the whole, between stands between two.
	begin, between string
	end            func(*mask) string // nil for nothing
}

// formats are all there are, in the order in which they are offered.
var formats = []Format{
	jsonl, curl, httpie, httpFile, har, rawWire, markdown, fetch, goCode, python,
}

// Formats returns all formats, the default one first.
func Formats() []Format { return slices.Clone(formats) }

// Find returns the format with that name.
func Find(name string) (Format, error) {
	var names []string
	for _, f := range formats {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return Format{}, fmt.Errorf("format: %q is none of %s", name, strings.Join(names, ", "))
}

// Options say how to export. The zero value masks secrets.
type Options struct {
	// WithSecrets masks nothing.
	WithSecrets bool
	// Redact says what is masked besides what always is.
	Redact redact.Config
	// Aside keeps data in a file of its own, under a name made from the id and
	// never from what was captured, and returns the path that stands for it in
	// the export. It is used for bodies that make a line unwieldy; nil keeps
	// them in the export.
	Aside func(name string, data []byte) (path string, err error)
}

// Result says what an export did.
type Result struct {
	Count int // exchanges written
	Gone  int // left out: evicted meanwhile
	// LeftOut are the names of those that do not say where they end, so that a reader
	// would take what follows for a part of them.
	LeftOut []string
	Masked  []string // what was masked, such as "Authorization" or "?token="; sorted
	// Hits says by which rule, and how often.
	Hits map[redact.Hit]int
}

// LeftOutWords says which were left out, and why; empty when none was.
func (r *Result) LeftOutWords() string {
	const most = 10
	list, more := r.LeftOut, ""
	if len(list) > most {
		list, more = list[:most], fmt.Sprintf(" and %d more", len(list)-most)
	}
	if len(list) == 0 {
		return ""
	}
	return "left out, because raw HTTP does not say where they end: " + strings.Join(list, ", ") + more
}

// Write writes the exchanges in that format. It stops at the first error of
// exchanges, of a body or of w; one whose bodies are gone is left out. A format that cannot hold an exchange says so in
// a comment in its place.
func (f Format) Write(ctx context.Context, w io.Writer, exchanges iter.Seq2[*capture.Exchange, error], opt Options) (Result, error) {
	wr := &writer{Writer: bufio.NewWriterSize(w, 64<<10), ctx: ctx, format: f, opt: opt}
	var err error
	if wr.mask, err = newMask(f, opt); err != nil {
		return Result{}, err
	}
	if err := wr.run(exchanges); err != nil {
		wr.writeOpen()
		_ = wr.Flush() // what was written is whole
		return wr.result, fmt.Errorf("export %s: %w", f.Name, err)
	}
	wr.result.Masked, wr.result.Hits = wr.mask.names(), wr.mask.all
	return wr.result, nil
}

// One returns one exchange in that format, such as for the clipboard.
func (f Format) One(ctx context.Context, ex *capture.Exchange, opt Options) ([]byte, Result, error) {
	var b strings.Builder
	res, err := f.Write(ctx, &b, func(yield func(*capture.Exchange, error) bool) { yield(ex, nil) }, opt)
	return []byte(b.String()), res, err
}

// writer is one export under way.
type writer struct {
	*bufio.Writer
	ctx    context.Context
	format Format
	opt    Options
	mask   *mask
	open   *openRaw // not written yet
	result Result
}

// share is one exchange as it may be shown: its request and reply masked.
type share struct {
	*capture.Exchange
	Method string
	URL    string // in full
	Target string // as on the request line
	Host   string // of the URL
	Fields []capture.Field
	Body   []byte
	// ReplyFields and ReplyBody are those of the reply.
	ReplyFields []capture.Field
	ReplyBody   []byte
	Masked      []string // in this one
}

func (w *writer) run(exchanges iter.Seq2[*capture.Exchange, error]) error {
	_, _ = w.WriteString(w.format.begin) // an error stays until Flush
	for ex, err := range exchanges {
		if err == nil {
			err = w.ctx.Err() // masking reads no ctx, and bodies that are in memory read none
		}
		if err != nil {
			return err
		}
		err := w.one(ex)
		if errors.Is(err, capture.ErrEvicted) {
			w.result.Gone++
		} else if err != nil {
			return err
		} else {
			w.result.Count++
		}
	}
	w.writeOpen()
	if w.format.end != nil {
		_, _ = w.WriteString(w.format.end(w.mask))
	}
	return w.Flush()
}

// one writes one exchange. It reads the bodies before it writes anything.
func (w *writer) one(ex *capture.Exchange) error {
	if w.format.Exact {
		return w.format.write(w, &share{Exchange: ex})
	}
	s, err := w.share(ex)
	if err != nil {
		return fmt.Errorf("%v: %w", ex.ID, err)
	}
	if w.result.Count > 0 {
		_, _ = w.WriteString(w.format.between)
	}
	c := w.format.comment
	if c != "" {
		fmt.Fprintf(w, "%s %v %s", c, ex.ID, ex.At.UTC().Format("2006-01-02 15:04:05Z"))
		if len(s.Masked) > 0 {
			fmt.Fprintf(w, " (secrets masked: %s)", strings.Join(s.Masked, ", "))
		}
		fmt.Fprintln(w)
		if why := unsendable(ex); why != "" {
			fmt.Fprintf(w, "%s not possible: the request is %s\n", c, why)
			return nil
		}
		for _, f := range ex.Request.Trailers {
			fmt.Fprintf(w, "%s not sent, it is a trailer: %s\n", strings.TrimPrefix(c, "##"), visible([]byte(f.Name))) // ### begins a request
		}
		if w.format.cannot != nil {
			if why := w.format.cannot(s); why != "" {
				fmt.Fprintf(w, "%s not possible: %s\n", c, why)
				return nil
			}
		}
	}
	return w.format.write(w, s)
}

// unsendable says why a request cannot be made again.
func unsendable(ex *capture.Exchange) string {
	switch r := &ex.Request; {
	case r.Malformed != "":
		return "malformed"
	case r.Truncated:
		return "truncated"
	case r.Incomplete:
		return "incomplete"
	case r.Method == "" || r.Method == "CONNECT":
		return "not one that a client sends"
	}
	return ""
}

func (w *writer) share(ex *capture.Exchange) (*share, error) {
	body, err := ex.Request.Body.Bytes(w.ctx)
	if err != nil {
		return nil, err
	}
	replyBody, err := ex.Reply.Body.Bytes(w.ctx)
	if err != nil {
		return nil, err
	}
	r := &ex.Request
	w.mask.now = w.mask.Scan()
	s := &share{Exchange: ex, Method: r.Method, Host: r.Host}
	s.Fields, s.Body = w.mask.message(r.Fields, body)
	s.ReplyFields, s.ReplyBody = w.mask.message(ex.Reply.Fields, replyBody)
	s.Target = w.mask.target(r.Target)
	s.URL = fullURL(r, s.Target)
	w.mask.end()
	if !bytes.Equal(s.Body, body) && !r.Chunked {
		s.Fields = setLength(s.Fields, len(s.Body))
	}
	s.Masked = w.mask.hits()
	return s, nil
}

// fullURL is where the request went. The absolute form of a target is kept.
func fullURL(r *capture.Request, target string) string {
	if i := strings.Index(target, "://"); i > 0 && !strings.HasPrefix(target, "/") {
		return target
	}
	scheme := "http://"
	if r.TLS {
		scheme = "https://"
	}
	if !strings.HasPrefix(target, "/") {
		target = "/"
	}
	return scheme + cmp.Or(r.Host, "localhost") + target
}

func setLength(fields []capture.Field, n int) []capture.Field {
	out := slices.Clone(fields)
	for i := range out {
		if strings.EqualFold(out[i].Name, "Content-Length") {
			out[i].Value = fmt.Sprint(n)
		}
	}
	return out
}
