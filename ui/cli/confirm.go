package cli

import (
	"bufio"
	"fmt"
	"strings"
)

// canAsk reports whether there is someone who sees a question and answers it.
func (p *program) canAsk() bool { return isTerminal(p.stdin) && isTerminal(p.stderr) }

// confirm asks a question; anything but yes is no.
func (p *program) confirm(question string) bool {
	fmt.Fprintf(p.stderr, "%s [y/N] ", question)
	answer, _ := bufio.NewReader(p.stdin).ReadString('\n')
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes"
}
