package ui

import (
	"sync"
	"time"

	"creel/capture/safe"
)

// Log takes what went wrong, and what changed by itself, from any goroutine, and
// keeps it for the screen. The zero value is ready. It is safe for concurrent use.
type Log struct {
	// Poke is called after each line; usually [ring.Ring.Notify]. May be nil.
	// It must be set before the first line.
	Poke func()
	// Also is called with each line: a notice, or a problem. May be nil. It must be
	// set before the first line, and must not block.
	Also func(notice, problem string)

	mu       sync.Mutex
	problems []problem
	notices  []safe.Text
	total    int // problems ever
}

// problem is one thing that went wrong.
type problem struct {
	number int // from 1
	at     time.Time
	text   safe.Text
	n      int // how often in a row
}

// keptProblems is how many problems are kept; the oldest go first.
const keptProblems = 500

// Problem notes what went wrong, in one line.
func (l *Log) Problem(text string) {
	l.add(text)
	if l.Also != nil {
		l.Also("", text)
	}
}

// add notes a problem and returns its number, by which it can be amended.
func (l *Log) add(text string) int {
	defer l.poke()
	l.mu.Lock()
	defer l.mu.Unlock()
	line := safe.Line(text)
	l.total++
	if n := len(l.problems); n > 0 && l.problems[n-1].text == line {
		l.problems[n-1].n++
		l.problems[n-1].at = time.Now()
	} else {
		l.problems = append(l.problems, problem{l.total, time.Now(), line, 1})
		l.problems = l.problems[max(0, len(l.problems)-keptProblems):]
	}
	return l.problems[len(l.problems)-1].number
}

// amend gives a problem another text, if it is still kept.
func (l *Log) amend(number int, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.problems {
		if l.problems[i].number == number {
			l.problems[i].text = safe.Line(text)
		}
	}
}

// Notice says, for a few seconds, what changed by itself.
func (l *Log) Notice(text string) {
	l.Own(text)
	if l.Also != nil {
		l.Also(text, "")
	}
}

// Own says it on this screen only.
func (l *Log) Own(text string) {
	l.mu.Lock()
	l.notices = append(l.notices, safe.Line(text))
	l.notices = l.notices[max(0, len(l.notices)-20):]
	l.mu.Unlock()
	l.poke()
}

func (l *Log) poke() {
	if l.Poke != nil {
		l.Poke()
	}
}

// take returns the notices since it was last called, the problems that are kept, and how many there were.
func (l *Log) take() (notices []safe.Text, problems []problem, total int) {
	if l == nil {
		return nil, nil, 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	notices, l.notices = l.notices, nil
	return notices, append([]problem(nil), l.problems...), l.total
}
