package reply

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"creel/capture/tomlfile"
)

// Rules is the live list of rules: the first enabled one that matches decides.
type Rules struct {
	source Source
	poke   func()

	mu    sync.Mutex
	text  []byte // what the rules were made from
	saved []byte // what the file held when it was last read or written
	rules []*Rule
	err   error // why the file as it is now is not in force

	removed []removed // by the user, the last one last
}

// NewRules returns a list without rules. Poke is called when it changes by
// itself; it may be nil. Load reads the file.
func NewRules(source Source, poke func()) *Rules { return &Rules{source: source, poke: poke} }

// CheckRules reads a rules file and returns its rules, or RuleErrors when there
// is something wrong in it.
func CheckRules(source Source) ([]RuleInfo, error) {
	r := NewRules(source, nil)
	if err := r.Load(); err != nil {
		return nil, err
	}
	return r.List(), nil
}

// CheckText checks a text as [CheckRules] does a file.
func CheckText(source Source, text []byte) ([]RuleInfo, error) {
	rules, err := source.parse(text)
	if err != nil {
		return nil, err
	}
	r := NewRules(source, nil)
	r.rules = rules
	return r.List(), nil
}

// Load reads the file and, when it is right, puts its rules in force with all
// counts at zero. When it is not, the rules of before stay, and Err says why.
func (r *Rules) Load() error {
	data, err := tomlfile.Read(r.source.File)
	if errors.Is(err, fs.ErrNotExist) && r.neverThere() {
		return nil
	}
	var rules []*Rule
	if err != nil {
		err = fmt.Errorf("rules: %w", err)
	} else {
		rules, err = r.source.parse(data)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if data != nil {
		r.saved = data
	}
	if r.err = err; err == nil {
		r.text, r.rules = data, rules
	}
	return err
}

// neverThere reports whether the file is a configuration that there was not at
// start: that is one without rules, while one that disappears takes none away.
func (r *Rules) neverThere() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.source.Config && r.saved == nil
}

// Check says what is wrong with a block of text as one or more rules, with
// places in that text, or nil.
func (r *Rules) Check(text string) error {
	_, err := r.source.parse([]byte(text))
	wrong, ok := errors.AsType[RuleErrors](err)
	if !ok {
		return err
	}
	for i := range wrong {
		wrong[i].File = "the rule" // the file does not have it
	}
	return wrong
}

// Watch reads the file again whenever it changes, until ctx ends. It looks every
// interval: a rules file is small, and looking works on every file system.
func (r *Rules) Watch(ctx context.Context, interval time.Duration) {
	if r.source.File == "" {
		return
	}
	tick := time.NewTicker(interval)
	defer tick.Stop()
	seen := stamped(r.source.File)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := stamped(r.source.File)
		if now == seen {
			continue
		}
		seen = now
		if r.differs() {
			_ = r.Load() // kept as Err
			if r.poke != nil {
				r.poke()
			}
		}
	}
}

// fileStamp is what changes when a file is written.
type fileStamp struct {
	at   time.Time
	size int64
	ok   bool
}

func stamped(name string) fileStamp {
	info, err := os.Stat(name)
	if err != nil {
		return fileStamp{}
	}
	return fileStamp{info.ModTime(), info.Size(), true}
}

// differs reports whether the file holds something else than it did.
func (r *Rules) differs() bool {
	data, err := tomlfile.Read(r.source.File)
	r.mu.Lock()
	defer r.mu.Unlock()
	return err != nil || r.err != nil || !bytes.Equal(data, r.saved) && !r.adopt(data)
}

// adopt takes over the text of a configuration in which all but the rules was
// changed, and reports whether it is one: such as a preset that was added is no
// reason to count from zero again, or to give up what was changed on screen. The caller
// holds the lock.
func (r *Rules) adopt(data []byte) bool {
	if !r.source.Config {
		return false
	}
	if _, err := r.source.parse(data); err != nil {
		return false
	}
	same := func(a, b block) bool {
		return bytes.Equal(bytes.TrimSpace(data[a.start:a.end]), bytes.TrimSpace(r.saved[b.start:b.end]))
	}
	if !slices.EqualFunc(ruleBlocks(data), ruleBlocks(r.saved), same) {
		return false
	}
	text := data
	if !bytes.Equal(r.text, r.saved) {
		var own [][]byte
		for _, b := range ruleBlocks(r.text) {
			own = append(own, r.text[b.start:b.end])
		}
		text = assemble(data, own)
	}
	r.text, r.saved = text, data
	return true
}

// Err says why the file as it is now is not in force; nil when it is.
func (r *Rules) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// File is where the rules are kept; empty for nowhere.
func (r *Rules) File() string { return r.source.File }

// Unsaved reports whether the rules in force differ from those of the file.
func (r *Rules) Unsaved() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err == nil && !bytes.Equal(r.text, r.saved)
}

// List returns the rules in order.
func (r *Rules) List() []RuleInfo {
	r.mu.Lock()
	defer r.mu.Unlock()
	blocks := ruleBlocks(r.text)
	list := make([]RuleInfo, len(r.rules))
	for i, rule := range r.rules {
		list[i] = RuleInfo{
			Name: rule.name, Match: rule.match.String(), Action: rule.words(), Enabled: rule.enabled,
			Matched: rule.matched, Used: rule.used, Times: rule.times,
		}
		if len(rule.forward) > 0 {
			list[i].Forward = rule.forward[0]
		}
		if len(blocks) == len(r.rules) {
			list[i].Text = string(r.text[blocks[i].start:blocks[i].end])
		}
	}
	return list
}

// inForce returns the rules in their order. Every change makes new ones, so what matching
// reads of these stays.
func (r *Rules) inForce() []*Rule {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rules
}

// count counts a match, and reports false when the rule's times are used up.
func (r *Rules) count(rule *Rule) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if rule.times > 0 {
		if rule.used >= rule.times {
			return false
		}
		rule.used++
	}
	rule.matched++
	return true
}

// Save writes the rules in force to their file, which is made if need be. A file
// that someone else changed meanwhile is left alone.
func (r *Rules) Save() error {
	if r.source.File == "" {
		return errors.New("rules: there is no file to save them in: start with --rules FILE")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return fmt.Errorf("rules: fix the file first: %w", r.err)
	}
	data, err := tomlfile.Read(r.source.File)
	if err == nil && !bytes.Equal(data, r.saved) && !r.adopt(data) || err != nil && r.saved != nil {
		return fmt.Errorf("rules: %s was changed by someone else: it is read again", r.source.File)
	}
	if err := os.MkdirAll(filepath.Dir(r.source.File), 0o700); err != nil {
		return fmt.Errorf("rules: %w", err)
	}
	if err := tomlfile.Write(r.source.File, r.text, fs.ModePerm); err != nil {
		return fmt.Errorf("rules: %w", err)
	}
	r.saved = r.text
	return nil
}
