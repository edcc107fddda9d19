package export

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	neturl "net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/encoding/unicode"

	"creel/capture"
	"creel/capture/lazy"
)

// Item is one thing that a file holds: an exchange, or an attempt that stands
// on its own after its exchange, as listen --json writes it.
type Item struct {
	// ID is that of the exchange in the file, or of the exchange that the
	// attempt belongs to; zero when the file gives none.
	ID       capture.ID
	Exchange *capture.Exchange
	Attempt  *capture.Attempt
}

// Skipped is the error about one entry of a file that was left out. Reading
// goes on after it.
type Skipped struct {
	Where string // such as "entry 3"
	Err   error
}

// Error names the entry and what is wrong with it, in the words of the file.
func (s *Skipped) Error() string { return s.Where + ": " + s.Err.Error() }

// Unwrap returns what is wrong with the entry.
func (s *Skipped) Unwrap() error { return s.Err }

const (
	// maxEntry bounds what one entry of a file may have in memory.
	maxEntry = 1 << 30
	// maxWhole bounds a file that has to be read as a whole.
	maxWhole = 256 << 20
)

// Items reads a file as a stream, in memory no more than one entry of it where
// the format allows it: creel's JSON lines, a HAR, requests as on the wire, a
// .http file, curl command lines, and what other tools keep of requests. It
// tells them apart by their content; they are in UTF-8, or in UTF-16 with a byte
// order mark. The IDs of exchanges are zero; requests without a time get now. An
// error of type [*Skipped] is about one entry, any other one ends the stream.
// Nothing but r is read: a curl command that names a file is an error.
func Items(r io.Reader, now time.Time) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		in := &input{Reader: bufio.NewReaderSize(r, maxPeek), most: maxWhole}
		err := in.read(func(item Item, err error) bool {
			if item.Exchange == nil && item.Attempt == nil && err == nil {
				return true
			}
			if item.Exchange != nil && item.Exchange.At.IsZero() {
				item.Exchange.At = now
			}
			in.stopped = !yield(item, err)
			return !in.stopped
		})
		if err != nil && !in.stopped {
			yield(Item{}, err)
		}
	}
}

// Read reads the exchanges of a file as [Items] does, attempts put with their
// exchanges. An entry that would be left out is an error.
func Read(data []byte, now time.Time) ([]*capture.Exchange, error) {
	c := Collector{}
	for item, err := range Items(bytes.NewReader(data), now) {
		if err != nil {
			return nil, err
		}
		c.Add(item)
	}
	return c.List, nil
}

// Collector gathers the exchanges of a file, each with its attempts.
type Collector struct {
	List []*capture.Exchange
	byID map[capture.ID]*capture.Exchange
}

// Add adds an exchange, or an attempt to its exchange. An attempt whose
// exchange is not there, or has it already, is dropped.
func (c *Collector) Add(item Item) {
	if item.Exchange != nil {
		c.List = append(c.List, item.Exchange)
		if c.byID == nil {
			c.byID = map[capture.ID]*capture.Exchange{}
		}
		c.byID[item.ID] = item.Exchange
		return
	}
	if ex := c.byID[item.ID]; ex != nil && !HasAttempt(ex, item.Attempt.N) {
		ex.Attempts = append(ex.Attempts, item.Attempt)
	}
}

// HasAttempt reports whether the exchange has the attempt with that number.
func HasAttempt(ex *capture.Exchange, n int) bool {
	return slices.ContainsFunc(ex.Attempts, func(a *capture.Attempt) bool { return a.N == n })
}

// yieldFunc takes one item, or the error about one entry, and reports whether
// reading goes on.
type yieldFunc func(Item, error) bool

// source is one kind of file that is read.
type source struct {
	name string
	// is looks at the beginning of a file, which has no white space in front.
	is   func(start []byte) bool
	read func(*input, yieldFunc) error
}

// sources are all there are; the first that fits reads the file.
var sources = []source{
	{"GitHub's recent deliveries", isGitHubText, whole(readGitHubText)},
	{"curl command lines", isCurl, whole(readCurl)},
	{"JSON", func(start []byte) bool { return start[0] == '{' || start[0] == '[' }, readJSON},
	{"a .http file", isHTTPFile, whole(readHTTPFile)},
	{"raw HTTP", func(start []byte) bool { return isRequestLine(firstLine(start)) }, whole(readRaw)},
}

// input is a file that is read.
type input struct {
	*bufio.Reader
	format  string // its name among the sources
	stopped bool   // by the one who takes the items
	most    int64  // bytes of a file that has to be read as a whole
}

const maxPeek = 1 << 20

// start returns the beginning of the file: what is at hand without waiting, and
// more of it when asked.
func (in *input) start(atLeast int) []byte {
	_, _ = in.Peek(min(atLeast, maxPeek))
	b, _ := in.Peek(in.Buffered())
	return b
}

func (in *input) read(yield yieldFunc) error {
	switch mark := in.start(3); {
	case bytes.HasPrefix(mark, []byte("\xef\xbb\xbf")):
		_, _ = in.Discard(3)
	case bytes.HasPrefix(mark, []byte("\xff\xfe")), bytes.HasPrefix(mark, []byte("\xfe\xff")): // PowerShell's >
		decoder := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()
		in.Reader = bufio.NewReaderSize(decoder.Reader(in.Reader), maxPeek)
	}
	start := bytes.TrimLeft(in.start(1), " \t\r\n")
	if len(start) == 0 || start[0] != '{' && start[0] != '[' {
		start = bytes.TrimLeft(in.start(maxPeek), " \t\r\n")
	}
	if len(start) == 0 {
		if _, err := in.Peek(in.Buffered() + 1); err != nil && err != io.EOF && err != bufio.ErrBufferFull {
			return err
		}
		return errors.New("the file is empty")
	}
	for _, s := range sources {
		if s.is(start) {
			in.format = s.name
			return s.read(in, yield)
		}
	}
	return fmt.Errorf("%q: neither creel's JSON lines, nor a HAR, nor raw HTTP or a .http file, nor curl commands, nor requests as GitHub, ngrok and Postman keep them", shorten(firstLine(start)))
}

// whole makes a reader of a stream of one that needs the whole file. It gives
// all that are possible or, with an error, nothing.
func whole(read func(data []byte) ([]*capture.Exchange, error)) func(*input, yieldFunc) error {
	return func(in *input, yield yieldFunc) error {
		data, err := io.ReadAll(io.LimitReader(in, in.most+1))
		if err != nil {
			return err
		}
		if int64(len(data)) > in.most {
			return fmt.Errorf("larger than %d MiB, which is the most for %s, since it is read as a whole: split it, or use JSON lines", in.most>>20, in.format)
		}
		list, err := read(data)
		if err != nil {
			return err
		}
		for i, ex := range list {
			item, err := Item{Exchange: ex}, possible(&ex.Request)
			if err != nil {
				item, err = Item{}, &Skipped{fmt.Sprintf("request %d", i+1), err}
			}
			if !yield(item, err) {
				return nil
			}
		}
		return nil
	}
}

var errTooLarge = fmt.Errorf("one part of the file is larger than %d MiB", maxEntry>>20)

func firstLine(b []byte) string {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	return strings.TrimRight(string(line), "\r")
}

// shorten returns the beginning of a text that is quoted in a message.
func shorten(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// imported is an exchange of which only the request is known.
func imported(r capture.Request) *capture.Exchange {
	if r.Host == "" {
		r.Host, _ = r.Get("Host")
	}
	r.Size = r.Body.Size()
	return &capture.Exchange{State: capture.StateImported, Request: r}
}

// withOwnFields adds the fields that a client makes by itself where a file does
// not have them: Host, and the length of a body.
func withOwnFields(r *capture.Request) {
	if _, ok := r.Get("Host"); !ok && r.Host != "" {
		r.Fields = append([]capture.Field{{Name: "Host", Value: r.Host}}, r.Fields...)
	}
	r.Chunked = hasChunkedField(r)
	if _, ok := r.Get("Content-Length"); !ok && !r.Chunked && r.Body.Size() > 0 {
		r.Fields = append(r.Fields, capture.Field{Name: "Content-Length", Value: fmt.Sprint(r.Body.Size())})
	}
}

// setURL fills in what a URL says. It is taken apart by hand: parsing and
// printing it would change its escapes.
func setURL(r *capture.Request, url string) error {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		scheme, rest = "http", url
	}
	switch strings.ToLower(scheme) {
	case "http", "ws":
	case "https", "wss":
		r.TLS = true
	default:
		return fmt.Errorf("URL %q is not http or https", shorten(url))
	}
	_, r.Host, r.Target = cutURL(rest)
	if !strings.HasPrefix(r.Target, "/") {
		r.Target = "/" + r.Target
	}
	r.Target = blank().ReplaceAllStringFunc(r.Target, neturl.PathEscape) // as all clients do it
	return nil
}

// cutURL takes apart what follows the scheme of a URL: user ends with @, if there is
// one, and target, which may be empty, has the path and the query.
func cutURL(rest string) (user, host, target string) {
	rest, _, _ = strings.Cut(rest, "#")
	i := strings.IndexAny(rest, "/?")
	if i < 0 {
		i = len(rest)
	}
	at := strings.LastIndexByte(rest[:i], '@') + 1
	return rest[:at], rest[at:i], rest[i:]
}

var blank = lazy.Regexp(`[\x00-\x20\x7f]`)

// canBeKept reports whether a time fits what is kept of it, nanoseconds of Unix time.
func canBeKept(at time.Time) bool { return at.Year() > 1900 && at.Year() < 2200 }
