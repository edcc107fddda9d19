package cli

import (
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
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
	for _, ex := range w.all() {
		if w.matched[ex.ID] {
			s.Case.Output += textLine(ex, paint{}) + "\n"
		}
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
