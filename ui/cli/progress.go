package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"creel/capture/words"
)

// A progress shows on standard error how far a long command is, where that is a
// terminal: nothing within the first second, then a line that is written over.
// It is not safe for concurrent use.
type progress struct {
	w     io.Writer // nil where nothing is shown
	now   func() time.Time
	what  string
	total int // 0: not known
	next  time.Time
	width int // of the line that is shown
}

const (
	progressAfter = time.Second
	progressEvery = 100 * time.Millisecond
)

// progress begins a task; total is 0 when it is not known.
func (p *program) progress(what string, total int) *progress {
	pr := &progress{now: time.Now, what: what, total: total}
	if isTerminal(p.stderr) {
		pr.w = p.stderr
	}
	pr.next = pr.now().Add(progressAfter)
	return pr
}

// at shows that n are done, if it is time to.
func (pr *progress) at(n int) {
	if pr.w == nil {
		return
	}
	now := pr.now()
	if now.Before(pr.next) {
		return
	}
	pr.next = now.Add(progressEvery)
	line := pr.what + " " + words.Number(n)
	if pr.total > 0 {
		line += fmt.Sprintf(" of %s, %d%%", words.Number(pr.total), min(100*n/pr.total, 100))
	}
	pr.draw(line)
}

// clear takes the line away, for what is printed next.
func (pr *progress) clear() {
	if pr.width > 0 {
		pr.draw("")
		_, _ = io.WriteString(pr.w, "\r")
	}
}

func (pr *progress) draw(line string) {
	_, _ = io.WriteString(pr.w, "\r"+line+strings.Repeat(" ", max(pr.width-len(line), 0)))
	pr.width = len(line)
}
