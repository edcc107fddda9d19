package export

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// jsonKind is one kind of JSON that is read: an object with those members.
type jsonKind struct {
	name    string
	members []string
	// read yields what the object holds. Its error is about the whole object.
	read func(data json.RawMessage, yield yieldFunc) error
}

// jsonKinds are all but HAR, which is read as a stream. The first that fits
// reads the object.
var jsonKinds = []jsonKind{
	{"creel's JSON lines", []string{"type"}, one(readLine)},
	{"a delivery of GitHub's API", []string{"guid", "request"}, one(readGitHubDelivery)},
	{"a Postman collection", []string{"order", "requests"}, refusePostman1},
	{"a Postman collection", []string{"info", "item"}, readPostman},
	{"a Postman collection", []string{"collection"}, readPostmanAnswer},
	{"ngrok's requests", []string{"requests"}, readNgrokList},
	{"a request of ngrok", []string{"remote_addr", "request"}, one(readNgrok)},
}

func one(read func(json.RawMessage) (Item, error)) func(json.RawMessage, yieldFunc) error {
	return func(data json.RawMessage, yield yieldFunc) error {
		item, err := read(data)
		if err == nil {
			yield(item, nil)
		}
		return err
	}
}

// jsonStream reads JSON values one after the other, the elements of an array
// among them. It holds no more than one in memory.
type jsonStream struct {
	*json.Decoder
	counter *counter
	stopped bool
	yield   yieldFunc
}

// counter counts the lines, and bounds what one value may have.
type counter struct {
	r     io.Reader
	back  []byte // read and given back
	lines int
	left  int
}

func (c *counter) Read(b []byte) (n int, err error) {
	switch b = b[:min(len(b), c.left)]; {
	case c.left <= 0:
		return 0, errTooLarge
	case len(c.back) > 0:
		n = copy(b, c.back)
		c.back = c.back[n:]
	default:
		n, err = c.r.Read(b)
	}
	c.left -= n
	c.lines += bytes.Count(b[:n], []byte("\n"))
	return n, err
}

// unread gives back what was read last.
func (c *counter) unread(b []byte) {
	c.back = slices.Concat(b, c.back)
	c.lines -= bytes.Count(b, []byte("\n"))
}

// readJSON reads a HAR, or objects of the other kinds, also laid out or in an
// array.
func readJSON(in *input, yield yieldFunc) error {
	isLog := slices.Contains(in.members(), "log")
	c := &counter{r: in, left: maxEntry}
	s := &jsonStream{Decoder: json.NewDecoder(c), counter: c}
	s.yield = func(item Item, err error) bool {
		s.stopped = s.stopped || !yield(item, err)
		return !s.stopped
	}
	if isLog {
		return s.har()
	}
	if bytes.HasPrefix(bytes.TrimLeft(in.start(1), " \t\r\n"), []byte("[")) {
		err := s.elements(func(i int, raw json.RawMessage) {
			s.value(func() string { return fmt.Sprintf("element %d", i) }, raw)
		})
		if err != nil {
			return err
		}
	}
	for first := true; !s.stopped; first = false {
		var raw json.RawMessage
		if err := s.next(&raw); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			where, broken := s.begins(), s.broken(err)
			if isSyntax := errors.As(err, new(*json.SyntaxError)); !isSyntax && !errors.Is(err, io.ErrUnexpectedEOF) {
				return broken
			}
			if more := s.skipLine(); !more && first {
				return broken
			}
			s.yield(Item{}, &Skipped{where, inWords(err)})
			continue
		}
		s.value(func() string { return fmt.Sprintf("line %d", s.line()) }, raw)
	}
	return nil
}

// members are the names of the first object's members, as far as the beginning
// of the file has them.
func (in *input) members() []string {
	for size := 1; ; size *= 8 {
		start := in.start(size)
		names, whole := memberNames(start)
		if whole || slices.Contains(names, "log") || len(start) < size || size >= maxPeek {
			return names
		}
	}
}

// memberNames returns the names of the members of the object that data begins
// with, and whether it has them all.
func memberNames(data []byte) (names []string, whole bool) {
	dec := json.NewDecoder(bytes.NewReader(data))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, err == nil
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return names, false
		}
		names = append(names, fmt.Sprint(name))
		var skip json.RawMessage
		if err := dec.Decode(&skip); err != nil {
			return names, false
		}
	}
	_, err := dec.Token()
	return names, err == nil
}

// next reads the next value.
func (s *jsonStream) next(v *json.RawMessage) error {
	s.counter.left = maxEntry
	return s.Decode(v)
}

// broken is the error about JSON that is none, with its line.
func (s *jsonStream) broken(err error) error {
	return fmt.Errorf("%s: %w", s.begins(), inWords(err))
}

// begins names the line on which the value begins that is read next.
func (s *jsonStream) begins() string {
	return fmt.Sprintf("line %d", 1+s.counter.lines-bytes.Count(s.ahead(), []byte("\n")))
}

// ahead is what was read of the value that is read next, and after it.
func (s *jsonStream) ahead() []byte {
	rest, _ := io.ReadAll(s.Buffered())
	return bytes.TrimLeft(rest, " \t\r\n,")
}

// inWords is an error about JSON in words for people.
func inWords(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return errors.New("the end of a value is missing: it is cut short")
	}
	return err
}

// skipLine leaves out the line on which a value begins that is no JSON, and the lines
// after it that are a part of the value, since they are indented or begin with its end.
// It reports whether there are more.
func (s *jsonStream) skipLine() bool {
	c := s.counter
	c.unread(s.ahead())
	r := bufio.NewReader(c)
	for {
		c.left = maxEntry
		_, err := r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		next, _ := r.Peek(1)
		if err == nil && len(next) > 0 && strings.Contains(" \t\r\n]}", string(next)) {
			continue
		}
		rest, _ := r.Peek(r.Buffered())
		c.unread(rest)
		s.Decoder = json.NewDecoder(c)
		return len(next) > 0
	}
}

// line is the line on which the value that was read last ends.
func (s *jsonStream) line() int {
	rest, _ := io.ReadAll(s.Buffered())
	return 1 + s.counter.lines - bytes.Count(rest, []byte("\n"))
}

// elements reads an array: each holds what a value may be.
func (s *jsonStream) elements(each func(i int, raw json.RawMessage)) error {
	i := 0
	return s.within('[', "an array", func() error {
		var raw json.RawMessage
		if err := s.next(&raw); err != nil {
			return s.broken(err)
		}
		i++
		each(i, raw)
		return nil
	})
}

// members reads an object: each is called before each value, and reads it.
func (s *jsonStream) members(each func(name string) error) error {
	s.counter.left = maxEntry
	return s.within('{', "an object", func() error {
		name, err := s.Token()
		if err != nil {
			return s.broken(err)
		}
		return each(fmt.Sprint(name))
	})
}

// within reads what begins with open, or null; each reads what is in it, one by one.
func (s *jsonStream) within(open json.Delim, what string, each func() error) error {
	switch t, err := s.Token(); {
	case err != nil:
		return s.broken(err)
	case t == nil:
		return nil
	case t != open:
		return s.broken(errors.New(what + " is expected"))
	}
	for s.More() && !s.stopped {
		if err := each(); err != nil {
			return err
		}
	}
	if s.stopped {
		return nil
	}
	if _, err := s.Token(); err != nil {
		return s.broken(err)
	}
	return nil
}

// value reads one value. What is wrong with it loses only itself.
func (s *jsonStream) value(where func() string, raw json.RawMessage) {
	if err := s.object(raw); err != nil {
		s.yield(Item{}, &Skipped{where(), err})
	}
}

func (s *jsonStream) object(raw json.RawMessage) error {
	if raw[0] != '{' {
		return fmt.Errorf("%s is no request", kindOf(raw))
	}
	names := []string{"type"}
	if !bytes.HasPrefix(raw, []byte(`{"type":"`)) {
		names, _ = memberNames(raw)
	}
	for _, k := range jsonKinds {
		if !slices.ContainsFunc(k.members, func(m string) bool { return !slices.Contains(names, m) }) {
			return k.read(raw, s.yield)
		}
	}
	if len(names) == 0 {
		return errors.New("an empty object is no request")
	}
	var kinds []string
	for _, k := range jsonKinds {
		kinds = append(kinds, k.name)
	}
	return fmt.Errorf("an object with the members %s is neither a HAR nor one of %s", shorten(strings.Join(names, ", ")), strings.Join(slices.Compact(kinds), ", "))
}
