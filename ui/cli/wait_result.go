package cli

import (
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"creel/capture"
)

// junitSuites is a file that CI systems read as the results of tests.
type junitSuites struct {
	XMLName xml.Name   `xml:"testsuites"`
	Suite   junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string    `xml:"name,attr"`
	Tests    int       `xml:"tests,attr"`
	Failures int       `xml:"failures,attr"`
	Errors   int       `xml:"errors,attr"`
	Time     string    `xml:"time,attr"` // in seconds
	At       string    `xml:"timestamp,attr"`
	Case     junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string       `xml:"classname,attr"`
	Name    string       `xml:"name,attr"`
	Time    string       `xml:"time,attr"`
	Failure *junitResult `xml:"failure"`
	Error   *junitResult `xml:"error"`
	Output  string       `xml:"system-out,omitempty"`
}

type junitResult struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// junit is the result of a wait: a failure when the requests did not come or CMD
// failed, an error when creel itself did.
func (w *waiting) junit(err error, started time.Time, took time.Duration) junitSuites {
	seconds := fmt.Sprintf("%.3f", took.Seconds())
	name := w.want()
	if text := w.filter.String(); text != "" {
		name += " of " + oneLine(text)
	}
	s := junitSuite{
		Name: "creel wait", Tests: 1, Time: seconds, At: started.UTC().Format("2006-01-02T15:04:05"),
		Case: junitCase{Class: "creel.wait", Name: name, Time: seconds},
	}
	for _, ex := range w.inOrder() {
		s.Case.Output += textLine(ex, paint{}) + "\n"
	}
	switch exit := (*exitError)(nil); {
	case err == nil:
	case errors.As(err, &exit) && exit.code == exitMissed:
		first, _, _ := strings.Cut(w.explained, "\n")
		s.Failures, s.Case.Failure = 1, &junitResult{first, w.explained}
	case w.commandFailed:
		s.Failures, s.Case.Failure = 1, &junitResult{Message: oneLine(err.Error())}
	default:
		s.Errors, s.Case.Error = 1, &junitResult{Message: oneLine(err.Error())}
	}
	return junitSuites{Suite: s}
}

// writeJUnit writes the result to a file; - is standard output.
func (p *program) writeJUnit(file string, s junitSuites) error {
	b, err := xml.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	b = append([]byte(xml.Header), append(b, '\n')...)
	if file == "-" {
		_, err = p.out.Write(b)
		return err
	}
	if err := os.WriteFile(file, b, 0o666); err != nil {
		return fmt.Errorf("--junit: %w", err)
	}
	return nil
}

// want says in words how many requests are waited for.
func (w *waiting) want() string {
	switch {
	case w.exactly == 0:
		return "none"
	case w.exactly > 0:
		return fmt.Sprintf("exactly %d", w.exactly)
	}
	return fmt.Sprintf("at least %d", w.count)
}

// explain says in lines of text what came in place of what was waited for.
func (w *waiting) explain(all []*capture.Exchange) string {
	var b strings.Builder
	if w.stopped {
		fmt.Fprintf(&b, "%s was still running after %v and was stopped\n", oneLine(w.command[0]), w.timeout)
	}
	fmt.Fprintf(&b, "waited for %s, %d matched and %d arrived\n", w.want(), len(w.matched), len(w.arrived))
	groups := w.nearMisses(all)
	for _, g := range groups[:min(len(groups), mostMisses)] {
		line := "  " + textLine(g.first, paint{}) + g.why
		if g.count > 1 {
			line += fmt.Sprintf("  (and %d more like it)", g.count-1)
		}
		fmt.Fprintln(&b, line)
	}
	more := 0
	for _, g := range groups[min(len(groups), mostMisses):] {
		more += g.count
	}
	if more > 0 {
		fmt.Fprintf(&b, "  and %d more\n", more)
	}
	return b.String()
}

// mostMisses is how many groups of near misses are printed.
const mostMisses = 10

// missGroup is requests that look the same and miss the filter in the same way.
type missGroup struct {
	first *capture.Exchange
	why   string
	unmet int // how many parts of the filter
	count int
}

// nearMisses are the requests that did not match, those that missed by least first.
func (w *waiting) nearMisses(all []*capture.Exchange) []*missGroup {
	var groups []*missGroup
	byLook := map[string]*missGroup{}
	for _, ex := range all {
		if w.matched[ex.ID] != nil {
			continue
		}
		g := &missGroup{first: ex}
		if !decided(ex) {
			g.why, g.unmet = "  (no reply yet)", 1
		}
		for _, part := range w.filter.Explain(ex, &w.env.Env) {
			if part.Met {
				continue
			}
			g.unmet++
			g.why += "  misses " + oneLine(part.Text)
			if part.Was != "" {
				g.why += " (it has " + oneLine(part.Was) + ")"
			}
		}
		look := fmt.Sprint(ex.Request.Method, "\x00", ex.Request.Path(), "\x00", ex.Sender.Provider, "\x00", ex.Sender.Event, "\x00", ex.Reply.Status, g.why)
		if byLook[look] == nil {
			byLook[look] = g
			groups = append(groups, g)
		}
		byLook[look].count++
	}
	slices.SortStableFunc(groups, func(a, b *missGroup) int { return a.unmet - b.unmet })
	return groups
}
