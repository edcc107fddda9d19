package reply

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"creel/capture"

	"golang.org/x/net/http/httpguts"
)

// Spec describes a reply. Its zero value is 200 with an empty body.
type Spec struct {
	// Statuses are given one after the other; the last one stays. Empty means 200.
	Statuses []int
	// PerRule counts all requests together; otherwise each delivery has its own
	// place in the sequence.
	PerRule bool
	Fields  []capture.Field
	// At most one of the four is set. The files are read for each reply.
	Body, BodyFile         string
	Template, TemplateFile string
	// Delay is how long the sender waits for the first byte.
	Delay time.Duration
	// Preset is the name the reply is known by; empty for none.
	Preset string
}

// Status returns the n-th status of the sequence, from 0.
func (s *Spec) Status(n int) int {
	if len(s.Statuses) == 0 {
		return http.StatusOK
	}
	return s.Statuses[min(n, len(s.Statuses)-1)]
}

// ParseSpec reads what --reply and the reply dialog take: STATUS, STATUS:BODY or
// STATUS BODY, where STATUS may be a sequence such as 500x3,200; or @NAME, one of
// the presets. The result is valid.
func ParseSpec(text string, presets []Spec) (Spec, error) {
	text = strings.TrimSpace(text)
	if name, ok := strings.CutPrefix(text, "@"); ok {
		return findPreset(name, presets)
	}
	end := strings.IndexAny(text, ": \t")
	if end < 0 {
		end = len(text)
	}
	statuses, err := parseStatuses(text[:end])
	if err != nil {
		return Spec{}, err
	}
	s := Spec{Statuses: statuses}
	if end < len(text) {
		s.Body = strings.TrimLeft(text[end+1:], " \t")
	}
	return s, s.Validate()
}

func findPreset(name string, presets []Spec) (Spec, error) {
	var names []string
	for _, p := range Presets(presets) {
		if p.Preset == name {
			return p, nil
		}
		names = append(names, "@"+p.Preset)
	}
	return Spec{}, fmt.Errorf("reply @%s: there is no such preset, but %s", name, strings.Join(names, ", "))
}

// maxSequence bounds a sequence, so that 500x1000000000 costs no memory.
const maxSequence = 10_000

func parseStatuses(text string) ([]int, error) {
	var all []int
	for part := range strings.SplitSeq(text, ",") {
		status, times, repeated := strings.Cut(part, "x")
		n := 1
		if repeated {
			var err error
			if n, err = strconv.Atoi(times); err != nil || n < 1 {
				return nil, fmt.Errorf("reply %q: after x comes how often, such as 500x3", text)
			}
		}
		code, err := strconv.Atoi(status)
		if err != nil {
			return nil, fmt.Errorf("reply %q: must begin with a status, such as 200, 503 or 500x3,200", text)
		}
		if len(all)+n > maxSequence {
			return nil, fmt.Errorf("reply %q: a sequence has at most %d statuses", text, maxSequence)
		}
		for range n {
			all = append(all, code)
		}
	}
	return all, nil
}

// Validate says what is wrong with the reply, or nil: statuses from 200 to 599,
// no body where HTTP has none, header fields that are fields and are not computed,
// one source of the body, and a template that can be read.
func (s *Spec) Validate() error {
	_, err := s.wrong()
	return err
}

// wrong is Validate with the key that is wrong, empty for the reply as a whole.
func (s *Spec) wrong() (key string, err error) {
	sources := 0
	for _, src := range []string{s.Body, s.BodyFile, s.Template, s.TemplateFile} {
		if src != "" {
			sources++
		}
	}
	if sources > 1 {
		return "", errors.New("reply: only one of body, body_file, template and template_file")
	}
	if len(s.Statuses) > maxSequence {
		return keyStatuses, fmt.Errorf("reply: a sequence has at most %d statuses", maxSequence)
	}
	for _, code := range s.Statuses {
		if code < 200 || code > 599 {
			return keyStatuses, fmt.Errorf("reply: status %d is not between 200 and 599", code)
		}
		if sources > 0 && !mayHaveBody(code) {
			return keyStatuses, fmt.Errorf("reply: %d %s has no body: leave it out or take another status", code, http.StatusText(code))
		}
	}
	if s.Delay < 0 {
		return "delay", fmt.Errorf("reply: the delay %v is negative", s.Delay)
	}
	if s.Template != "" {
		if err := tryTemplate(s.Template); err != nil {
			return keyTemplate, fmt.Errorf("reply: %w", err)
		}
	}
	for _, f := range s.Fields {
		if !httpguts.ValidHeaderFieldName(f.Name) {
			return headerKey(f.Name), fmt.Errorf("reply: %q is not the name of a header field", f.Name)
		}
		if !httpguts.ValidHeaderFieldValue(f.Value) {
			return headerKey(f.Name), fmt.Errorf("reply: the value of %s has a line break or another control character", f.Name)
		}
		switch http.CanonicalHeaderKey(f.Name) {
		case "Content-Length", "Transfer-Encoding", "Trailer":
			return headerKey(f.Name), fmt.Errorf("reply: creel writes %s as the body needs it: leave it out; the fault truncate ends a body early", f.Name)
		}
	}
	return "", nil
}

// CheckFiles says what is wrong with the files that are read for each reply, as they
// are now, and which key names the file.
func (s *Spec) CheckFiles() (key string, err error) {
	if s.BodyFile != "" {
		if _, err := readReply(s.BodyFile); err != nil {
			return keyBodyFile, fmt.Errorf("reply: %w", err)
		}
	}
	if s.TemplateFile != "" {
		text, err := readReply(s.TemplateFile)
		if err == nil {
			err = tryTemplate(string(text))
		}
		if err != nil {
			return keyTemplateFile, fmt.Errorf("reply: %w", err)
		}
	}
	return "", nil
}

// mayHaveBody tells the statuses that have none: RFC 9110 sections 15.3.5,
// 15.3.6 and 15.4.5.
func mayHaveBody(status int) bool {
	return status != http.StatusNoContent && status != http.StatusResetContent && status != http.StatusNotModified
}

// Words says the reply in a few words: "200", "500 x3 then 200", "422 after 2s",
// "@busy 503".
func (s *Spec) Words() string {
	words := s.sequence(" x", " then ")
	if s.Preset != "" {
		words = "@" + s.Preset + " " + words
	}
	if s.Delay > 0 {
		words += " after " + s.Delay.String()
	}
	return words
}

// Line is the reply as ParseSpec reads it, to be edited: "500x3,200 try later".
// Fields, delay and files have no place in it.
func (s *Spec) Line() string {
	if s.Preset != "" {
		return "@" + s.Preset
	}
	line := s.sequence("x", ",")
	if s.Body != "" {
		line += " " + s.Body
	}
	return line
}

func (s *Spec) sequence(times, then string) string {
	var b strings.Builder
	for i := 0; i < max(1, len(s.Statuses)); {
		code, n := s.Status(i), 1
		for i+n < len(s.Statuses) && s.Statuses[i+n] == code {
			n++
		}
		if i > 0 {
			b.WriteString(then)
		}
		b.WriteString(strconv.Itoa(code))
		if n > 1 && i+n < len(s.Statuses) {
			b.WriteString(times + strconv.Itoa(n))
		}
		i += n
	}
	return b.String()
}
