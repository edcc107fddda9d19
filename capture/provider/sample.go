package provider

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"creel/capture"
	"creel/capture/lazy"
)

// samples are deliveries of the documented shape with invented data, one file
// each: provider/event.http. What stands in double braces is generated for each.
//
//go:embed samples
var samples embed.FS

// first are the events that a provider's list begins with, when it is not the
// alphabet's choice.
var first = map[string]string{"stripe": "invoice.paid", "github": "push", "slack": "message"}

// firstOf are the samples of those that go by another name of a provider.
var firstOf = map[string]string{"clerk": "user.created", "resend": "email.delivered", "whatsapp": "whatsapp_message"}

// sampleFiles are the events there are samples of, by provider.
var sampleFiles = sync.OnceValue(func() map[string][]string {
	all := map[string][]string{}
	_ = fs.WalkDir(samples, "samples", func(p string, d fs.DirEntry, err error) error {
		if event, ok := strings.CutSuffix(d.Name(), ".http"); ok && err == nil {
			name := strings.Split(p, "/")[1]
			all[name] = append(all[name], event)
		}
		return err
	})
	for name, event := range first {
		if i := slices.Index(all[name], event); i > 0 {
			all[name] = slices.Insert(slices.Delete(all[name], i, i+1), 0, event)
		}
	}
	return all
})

func sampleEvents(provider string) []string { return sampleFiles()[provider] }

// SampleInfo names one sample.
type SampleInfo struct {
	Provider, Title, Event string
	Signed                 bool // a secret is known: it will be signed
}

// Samples lists all samples: the best known providers first, then by name.
func (s *Set) Samples() []SampleInfo {
	names := slices.Sorted(maps.Keys(sampleFiles()))
	known := []string{"stripe", "github", "slack", "shopify", "twilio", "meta", "discord"}
	names = slices.Concat(known, slices.DeleteFunc(names, func(n string) bool { return slices.Contains(known, n) }))
	var all []SampleInfo
	for _, name := range names {
		row := s.scheme(name)
		for _, event := range sampleEvents(name) {
			all = append(all, SampleInfo{Provider: name, Title: row.Title, Event: event, Signed: s.canSign(name)})
		}
	}
	return all
}

// SampleOptions say how a sample is made.
type SampleOptions struct {
	Event  string    // default: the provider's first
	Now    time.Time // of the event and its signature; default: now
	Rand   io.Reader // makes the ids; the same bytes make the same ids
	Secret string    // signs it; default: a secret of the set
	Target string    // the request target; default: that of the sample
	// URL is the URL that the sample goes to, or the beginning of it: see PublicURL.
	URL string
	// Edit changes the request before it is signed; nil for no change.
	Edit func(*capture.Request) error
	// Unsigned leaves out the signature and the fields that hold it.
	Unsigned bool
}

// Sample is a delivery as a provider would send it. It has no Host: that is the
// target's.
type Sample struct {
	Request   *capture.Request
	Signed    bool
	SignedURL string // the URL that the signature covers; empty for none
	// Note says that no secret is known, so that the signature is made with one of
	// creel's own; else it is empty.
	Note string
}

// Sample makes a delivery as the provider would send it, with fresh ids and
// times, signed when a secret is known, else with one of creel's own, so that it has
// all that a real one has.
func (s *Set) Sample(ctx context.Context, provider string, o SampleOptions) (Sample, error) {
	name, err := s.sampleName(provider)
	if err != nil {
		return Sample{}, err
	}
	text, err := sampleText(name, cmp.Or(o.Event, firstOf[provider]))
	if err != nil {
		return Sample{}, err
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	f := &filler{now: o.Now.UTC(), rand: o.Rand, made: map[string]string{}}
	req, err := f.request(text)
	if err != nil {
		return Sample{}, fmt.Errorf("sample %s: %w", name, err)
	}
	if o.Target != "" {
		req.Target = o.Target
	}
	before := *req
	if o.Edit != nil {
		if err := o.Edit(req); err != nil {
			return Sample{}, err
		}
	}
	o.Unsigned = o.Unsigned || s.SignedByHand(name, &before, req)
	return s.signSample(ctx, s.scheme(name), req, o)
}

func (s *Set) signSample(ctx context.Context, row *Scheme, req *capture.Request, o SampleOptions) (Sample, error) {
	out := Sample{Request: req}
	if o.Unsigned {
		req.Fields = slices.DeleteFunc(req.Fields, func(f capture.Field) bool { return f.Value == "" && row.writes(f.Name) })
	}
	if o.Unsigned || !row.signs() {
		return out, nil
	}
	if o.Secret == "" && !s.canSign(row.Provider) {
		var err error
		if o.Secret, err = row.sampleSecret(); err != nil {
			return out, fmt.Errorf("sample %s: %w", row.Provider, err)
		}
		out.Note = row.Title + ": signed with a secret of creel's own, since none is known: an app that checks it refuses it"
	}
	if o.URL != "" {
		o.URL = publicURL(o.URL, req.Target)
	}
	done, err := s.Sign(ctx, req, SignOptions{Provider: row.Provider, Secret: o.Secret, At: o.Now, URL: o.URL})
	if err != nil {
		return out, err
	}
	out.Request, out.Signed, out.SignedURL = done.Apply(req), true, done.URL
	return out, nil
}

// writes reports whether signing puts the signature into that field.
func (s *Scheme) writes(name string) bool {
	is := func(field string) bool { return strings.EqualFold(field, name) }
	return slices.ContainsFunc(s.Sig, is) || slices.ContainsFunc(s.copies, func(c copied) bool { return is(c.name) })
}

// SignedByHand reports whether a header field that signing sets for that provider, the
// signature or its time, is another one in a request than it was: who writes it
// himself means what he writes.
func (s *Set) SignedByHand(provider string, was, req *capture.Request) bool {
	set := func(r *capture.Request) (values []string) {
		for _, f := range r.Fields {
			if slices.ContainsFunc(s.rows, func(row *Scheme) bool {
				return row.goesBy(provider) && (row.writes(f.Name) || strings.EqualFold(row.TS, "h:"+f.Name))
			}) {
				values = append(values, f.Name+": "+f.Value)
			}
		}
		return values
	}
	return !slices.Equal(set(was), set(req))
}

// SamplePath returns the path that a sample is sent to by default, or why there is
// no such sample. An empty event is the provider's first.
func (s *Set) SamplePath(provider, event string) (string, error) {
	name, err := s.sampleName(provider)
	if err != nil {
		return "", err
	}
	text, err := sampleText(name, cmp.Or(event, firstOf[provider]))
	line, _, _ := strings.Cut(text, "\n")
	_, target, _ := strings.Cut(line, " ")
	return target, err
}

// canSign reports whether a known secret makes signatures of the provider.
func (s *Set) canSign(name string) bool {
	row := s.scheme(name)
	var known []Secret
	for _, sec := range *s.secrets.Load() {
		if row.goesBy(sec.Provider) {
			known = append(known, sec)
		}
	}
	return len(known) > 0 && row.renewable(known)
}

// sampleName is the provider that a name stands for among those with samples.
func (s *Set) sampleName(name string) (string, error) {
	if len(sampleEvents(name)) > 0 {
		return name, nil
	}
	for _, r := range s.rows {
		if r.goesBy(name) && len(sampleEvents(r.Provider)) > 0 {
			return r.Provider, nil
		}
	}
	if s.scheme(name) == nil {
		return "", unknownProvider(name, s.rows)
	}
	return "", fmt.Errorf("there is no sample of %s: creel trigger --list shows all", name)
}

// sampleText finds the sample of an event; event names are compared without
// regard to case and to what parts their words.
func sampleText(name, event string) (string, error) {
	events := sampleEvents(name)
	i := 0
	if event != "" {
		i = slices.IndexFunc(events, func(e string) bool { return plain(e) == plain(event) })
	}
	if i < 0 {
		return "", fmt.Errorf("there is no sample %s of %s: there is %s", event, name, strings.Join(events, ", "))
	}
	b, err := samples.ReadFile("samples/" + name + "/" + events[i] + ".http")
	return string(b), err
}

func plain(event string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("/: _-.", r) {
			return '.'
		}
		return r
	}, strings.ToLower(event))
}

// filler fills in the double braces of one sample; the same name gives the same
// value throughout.
type filler struct {
	now  time.Time
	rand io.Reader
	made map[string]string
}

// request makes the request out of a file: a request line, fields, an empty
// line, and a body that ends before the file's last newline.
func (f *filler) request(text string) (*capture.Request, error) {
	head, body, _ := strings.Cut(text, "\n\n")
	body, err := f.fill(strings.TrimSuffix(body, "\n"))
	if err != nil {
		return nil, err
	}
	f.made["length"] = strconv.Itoa(len(body))
	if head, err = f.fill(head); err != nil {
		return nil, err
	}
	line, fields, _ := strings.Cut(head, "\n")
	method, target, _ := strings.Cut(line, " ")
	req := &capture.Request{Method: method, Target: target, Proto: "HTTP/1.1", Exact: true, Body: capture.NewBody([]byte(body)), Size: int64(len(body))}
	for l := range strings.SplitSeq(fields, "\n") {
		name, value, _ := strings.Cut(l, ": ")
		req.Fields = append(req.Fields, capture.Field{Name: name, Value: value})
	}
	return req, nil
}

// blanks are the double braces; three braces are one that is meant, around a value.
var blanks = lazy.Regexp(`\{\{(\{?)([^}]*)\}\}`)

func (f *filler) fill(text string) (filled string, err error) {
	filled = blanks().ReplaceAllStringFunc(text, func(blank string) string {
		parts := blanks().FindStringSubmatch(blank)
		v, wrong := f.value(parts[2])
		err = cmp.Or(err, wrong)
		return parts[1] + v
	})
	return filled, err
}

func (f *filler) value(name string) (string, error) {
	if v, ok := f.made[name]; ok {
		return v, nil
	}
	v, err := f.make(name)
	f.made[name] = v
	return v, err
}

const (
	digits   = "0123456789"
	hexDigit = "0123456789abcdef"
	upper    = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	lower    = "0123456789abcdefghjkmnpqrstvwxyz"
	alnum    = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// ids are the kinds of random values: the characters they are of, and how many.
var ids = map[string]struct {
	of string
	n  int
}{
	"id": {alnum, 24}, "ID": {upper, 11}, "ID16": {upper, 16}, "ulid": {lower, 24}, "ULID": {upper, 24},
	"digits": {digits, 12}, "digits9": {digits, 9}, "uuid": {hexDigit, 32},
	"hex": {hexDigit, 40}, "hex24": {hexDigit, 24}, "hex32": {hexDigit, 32}, "hex50": {hexDigit, 50}, "hex64": {hexDigit, 64},
}

// make makes the value of a name: a kind and, for further values of it, 2 to 5 or b.
func (f *filler) make(name string) (string, error) {
	kind := strings.TrimRight(name, "b")
	id, ok := ids[kind]
	if !ok {
		kind = strings.TrimRight(kind, "2345")
		id, ok = ids[kind]
	}
	if ok {
		return f.id(kind, id.of, id.n)
	}
	switch kind {
	case "unix":
		return formatTime(f.now, "s"), nil
	case "ms":
		return formatTime(f.now, "ms"), nil
	case "rfc3339":
		return f.now.Format(time.RFC3339), nil
	case "local": // as WooCommerce writes it, and Jira before the zone
		return f.now.Format("2006-01-02T15:04:05"), nil
	case "rfc3339ms":
		return formatTime(f.now, "rfc3339"), nil
	case "httpdate":
		return formatTime(f.now, "http-date"), nil
	case "signature":
		return "", nil // signing fills it in
	}
	return "", fmt.Errorf("{{%s}} is not known", name)
}

// id makes a random value in the shape of its kind.
func (f *filler) id(kind, of string, n int) (string, error) {
	s, err := f.letters(of, n)
	switch {
	case kind == "uuid":
		s = uuid(s)
	case kind == "ulid", kind == "ULID":
		s = "01" + s
	case of == digits && s[0] == '0': // none begins with a zero
		s = "7" + s[1:]
	}
	return s, err
}

func (f *filler) letters(of string, n int) (string, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(f.rand, b); err != nil {
		return string(bytes.Repeat([]byte("0"), n)), fmt.Errorf("make ids: %w", err)
	}
	for i := range b {
		b[i] = of[int(b[i])%len(of)]
	}
	return string(b), nil
}
