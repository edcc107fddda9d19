package reply

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/tomlfile"

	"github.com/pelletier/go-toml/v2"
)

// RuleText is a rule as it stands in a file: the keys of [[rule]].
type RuleText struct {
	Name    string             `toml:"name"`
	Match   string             `toml:"match"`
	Enabled *bool              `toml:"enabled"`
	Times   *int               `toml:"times"`
	Hold    bool               `toml:"hold"`
	Reply   *ReplyText         `toml:"reply"`
	Forward []string           `toml:"forward"`
	Fault   *capture.FaultName `toml:"fault"`
}

// ReplyText is a reply as it stands in a file: the keys of a rule's reply and
// of [[preset]].
type ReplyText struct {
	Status       *int           `toml:"status"`
	Statuses     []int          `toml:"statuses"`
	Per          string         `toml:"per"`
	Headers      map[string]any `toml:"headers"` // text or number, or a list of them
	Body         string         `toml:"body"`
	BodyFile     string         `toml:"body_file"`
	Template     string         `toml:"template"`
	TemplateFile string         `toml:"template_file"`
	Delay        string         `toml:"delay"`
}

// PresetText is a named reply as it stands in a file: the keys of [[preset]].
type PresetText struct {
	Name string `toml:"name"`
	ReplyText
}

// Spec makes the reply. Files are relative to dir. On an error, key is the key
// that is wrong, empty for the reply as a whole.
func (t *ReplyText) Spec(dir string) (s Spec, key string, err error) {
	s = Spec{Statuses: t.Statuses, Body: t.Body, Template: t.Template}
	s.BodyFile, s.TemplateFile = under(dir, t.BodyFile), under(dir, t.TemplateFile)
	switch {
	case t.Status != nil && t.Statuses != nil:
		return s, keyStatus, errors.New("reply: only one of status and statuses")
	case t.Statuses != nil && len(t.Statuses) == 0:
		return s, keyStatuses, errors.New("reply: statuses is empty: leave it out or name some")
	case t.Status != nil:
		s.Statuses = []int{*t.Status}
	}
	switch t.Per {
	case "", "delivery":
	case "rule":
		s.PerRule = true
	default:
		return s, "per", fmt.Errorf(`reply: per = %q: "rule" counts all together; left out, each delivery is counted`, t.Per)
	}
	if t.Delay != "" {
		if s.Delay, err = time.ParseDuration(t.Delay); err != nil || s.Delay < 0 {
			return s, "delay", fmt.Errorf(`reply: delay = %q is not a duration such as "250ms" or "5s"`, t.Delay)
		}
	}
	if s.Fields, key, err = headerFields(t.Headers); err != nil {
		return s, key, err
	}
	if key, err = s.wrong(); key == keyStatuses && t.Status != nil {
		key = keyStatus
	}
	return s, key, err
}

// The keys of a reply that more than one place names.
const (
	keyStatus       = "status"
	keyStatuses     = "statuses"
	keyBodyFile     = "body_file"
	keyTemplate     = "template"
	keyTemplateFile = "template_file"
)

func headerKey(name string) string { return "headers." + name }

func under(dir, name string) string {
	name = tomlfile.Path(name)
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

// headerFields puts the fields in order by name, since a table has none. On an
// error, key is the one that is wrong.
func headerFields(table map[string]any) (fields []capture.Field, key string, err error) {
	for name, value := range table {
		list, many := value.([]any)
		if !many {
			list = []any{value}
		}
		for _, v := range list {
			switch v.(type) {
			case string, int64:
				fields = append(fields, capture.Field{Name: name, Value: fmt.Sprint(v)})
			default:
				return nil, headerKey(name), fmt.Errorf(`reply: the header field %s is not a text: quote it: "%v"`, name, v)
			}
		}
	}
	slices.SortStableFunc(fields, func(a, b capture.Field) int { return strings.Compare(a.Name, b.Name) })
	return fields, "", nil
}

// RuleError is a mistake in a rules file, and where it is.
type RuleError struct {
	File      string
	Line, Col int // from 1; Col counts bytes
	Msg       string
}

// Error returns "FILE:LINE:COL: what is wrong".
func (e RuleError) Error() string { return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Col, e.Msg) }

// RuleErrors are all mistakes that were found in a rules file, by place.
type RuleErrors []RuleError

// Error returns one mistake per line.
func (e RuleErrors) Error() string {
	lines := make([]string, len(e))
	for i := range e {
		lines[i] = e[i].Error()
	}
	return strings.Join(lines, "\n")
}

// Source says where rules come from and how they are checked.
type Source struct {
	File string
	// Config says that the file is the configuration: what is not a rule in it
	// is checked elsewhere, and it need not exist.
	Config bool
	// CheckURL says what is wrong with a URL to forward to; it may be nil.
	CheckURL func(string) error
	// CheckFiles says that files which are read for each reply must be there now.
	CheckFiles bool
	// NoFiles refuses replies that are read from files.
	NoFiles bool
}

// parse reads all rules of a file's text. The error is RuleErrors.
func (s Source) parse(data []byte) ([]*Rule, error) {
	if len(data) > maxRulesFile {
		return nil, RuleErrors{{s.File, 1, 1, "the file is larger than 1 MiB"}}
	}
	var file struct {
		Rules []RuleText `toml:"rule"`
	}
	if err := toml.Unmarshal(data, &file); err != nil {
		return nil, s.decodeErrors(data, err)
	}
	w := divide(data)
	c := compiler{source: s, places: w.rules}
	if !s.Config {
		for _, k := range w.others {
			line, col := w.doc.LineCol(k.At)
			c.errs = append(c.errs, RuleError{s.File, line, col, fmt.Sprintf("unknown key %s: a rules file has [[rule]] only", k.Path[0])})
		}
	}
	rules := make([]*Rule, len(file.Rules))
	for i := range file.Rules {
		c.index = i
		rules[i] = c.rule(&file.Rules[i])
		if same := slices.IndexFunc(rules[:i], func(r *Rule) bool { return r.name == rules[i].name }); same >= 0 {
			c.fail("name", fmt.Sprintf("rule %d is called %s, too: the list and the reply name a rule by its name", same+1, rules[i].name))
		}
	}
	for _, p := range w.rules {
		c.unknownKeys(p)
	}
	if len(c.errs) > 0 {
		slices.SortStableFunc(c.errs, func(a, b RuleError) int { return cmp.Or(a.Line-b.Line, a.Col-b.Col) })
		return nil, c.errs
	}
	return rules, nil
}

// maxRulesFile bounds a rules file in bytes.
const maxRulesFile = 1 << 20

const (
	ruleKeys  = "name match enabled times hold reply forward fault"
	replyKeys = "status statuses per headers body body_file template template_file delay"
)

func (s Source) decodeErrors(text []byte, err error) RuleErrors {
	if at, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, col := at.Position()
		return RuleErrors{{s.File, line, col, tomlfile.Message(text, at)}}
	}
	return RuleErrors{{s.File, 1, 1, strings.TrimPrefix(err.Error(), "toml: ")}}
}

// compiler makes rules of what was decoded and collects what is wrong.
type compiler struct {
	source Source
	places []places
	index  int
	errs   RuleErrors
}

// fail notes a mistake at a key of the rule.
func (c *compiler) fail(key, msg string) { c.failInside(key, -1, msg) }

// failInside notes a mistake that many bytes inside of the text of a key's value.
func (c *compiler) failInside(key string, inside int, msg string) {
	line, col := 1, 1
	if c.index < len(c.places) {
		line, col = c.places[c.index].of(key, inside)
	}
	c.errs = append(c.errs, RuleError{c.source.File, line, col, msg})
}

func (c *compiler) rule(t *RuleText) *Rule {
	r := &Rule{name: t.Name, enabled: t.Enabled == nil || *t.Enabled, hold: t.Hold, forward: t.Forward}
	if r.name == "" {
		r.name = fmt.Sprintf("rule %d", c.index+1)
	}
	c.match(r, t.Match)
	if t.Times != nil {
		if r.times = *t.Times; r.times < 1 {
			c.fail("times", fmt.Sprintf("times = %d: it is how often the rule matches, from 1", r.times))
		}
	}
	before := len(c.errs)
	if t.Reply != nil {
		c.reply(r, t.Reply)
	}
	if t.Fault != nil {
		var known bool
		if r.fault, known = Fault(*t.Fault); !known {
			c.fail("fault", fmt.Sprintf("fault = %q: one of %s; a slow first byte is a reply with a delay", *t.Fault, strings.Join(FaultNames(), " ")))
		}
	}
	for _, u := range t.Forward {
		if c.source.CheckURL == nil {
			break
		}
		if err := c.source.CheckURL(u); err != nil {
			c.fail("forward", err.Error())
		}
	}
	if len(c.errs) == before { // else it is not known what there is to do
		if key, err := r.check(); err != nil {
			c.fail(key, err.Error())
		}
	}
	return r
}

func (c *compiler) match(r *Rule, text string) {
	var err error
	if r.match, err = filter.Parse(text, filter.Arrival); err != nil {
		if e, ok := errors.AsType[*filter.Error](err); ok {
			c.failInside("match", e.Start, "match: "+e.Error())
		}
	}
}

func (c *compiler) reply(r *Rule, t *ReplyText) {
	spec, key, err := t.Spec(filepath.Dir(c.source.File))
	if err == nil && c.source.CheckFiles {
		key, err = spec.CheckFiles()
	}
	if file := cmp.Or(spec.BodyFile, spec.TemplateFile); err == nil && c.source.NoFiles && file != "" {
		err = fmt.Errorf("%s: files may not be read here: write the body or the template itself", filepath.Base(file))
	}
	if err == nil {
		r.reply, err = New(spec, capture.ByRule(r.name))
	}
	if err != nil {
		c.fail(strings.TrimSuffix("reply."+key, "."), err.Error())
	}
}

// unknownKeys finds the keys that a rule or its reply does not have. The decoder
// could, but it loses what they are under.
func (c *compiler) unknownKeys(p places) {
	for _, key := range p.keys {
		parts := strings.Split(key, ".")
		known, of := ruleKeys, "a rule"
		if len(parts) == 2 && parts[0] == "reply" {
			known, of = replyKeys, "a reply"
		} else if len(parts) > 1 {
			continue // under a header field, or its table is said
		}
		if !slices.Contains(strings.Fields(known), parts[len(parts)-1]) {
			line, col := p.doc.LineCol(p.at[key].At)
			c.errs = append(c.errs, RuleError{c.source.File, line, col, fmt.Sprintf("unknown key %s: %s has %s", key, of, known)})
		}
	}
}
