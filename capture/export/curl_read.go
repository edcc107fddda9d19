package export

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"creel/capture"
	"creel/capture/lazy"
)

// curlFirst is a script that begins with curl; inputFirst and pipeToCurl one that
// begins with what gives curl its input.
var (
	curlFirst  = lazy.Regexp(`^(?:` + inFront + `[ \t]+)*(?:[^\s'"|;&]*[/\\])?curl(?:\.exe)?(?:[ \t\n]|$)`)
	inputFirst = lazy.Regexp(`^(?:printf|echo|cat)[ \t]`)
	pipeToCurl = lazy.Regexp(`\|[ \t\n]*(?:[^\s'"|;&]*/)?curl[ \t\n]`)
)

// inFront is what may stand in front of a command and changes nothing of a request.
const inFront = `(?:time|sudo|command|exec|env|nohup|[A-Za-z_][A-Za-z0-9_]*=(?:[^\s'"|;&]|'[^']*'|"[^"]*")*)`

// isInFront matches such a word with its quotes taken off.
var isInFront = lazy.Regexp(`^(?:time|sudo|command|exec|env|nohup|[A-Za-z_][A-Za-z0-9_]*=(?s:.*))$`)

// isCurl reports whether the first line that is no comment runs curl.
func isCurl(start []byte) bool {
	for len(start) > 0 && start[0] == '#' {
		_, rest, _ := bytes.Cut(start, []byte("\n"))
		start = bytes.TrimLeft(rest, " \t\r\n")
	}
	return curlFirst().Match(start) || inputFirst().Match(start) && pipeToCurl().Match(start) || prompt().Match(start) && !strings.Contains(firstLine(start), " HTTP/")
}

// readCurl reads curl command lines as people, browsers and creel write them:
// the requests that curl would send, or an error that names the word and the
// line, and no request.
func readCurl(data []byte) ([]*capture.Exchange, error) {
	commands, err := splitCommands(string(data))
	if err != nil {
		return nil, fmt.Errorf("curl: %w", err)
	}
	var out []*capture.Exchange
	var stdin *string // what the command before gives
	ofCurl := false   // the command before is curl
	for _, c := range commands {
		if !c.piped {
			stdin, ofCurl = nil, false
		}
		if c.stdin == nil {
			c.stdin = stdin
		}
		for len(c.words) > 1 && isInFront().MatchString(c.words[0].text) {
			c.words = c.words[1:]
		}
		name := c.words[0]
		switch {
		case isCurlName(name.text):
			list, err := readCurlCommand(c)
			if err != nil {
				return nil, fmt.Errorf("curl: %w", err)
			}
			out, stdin, ofCurl = append(out, list...), nil, true
		case ofCurl: // jq and the like: it reads what curl prints
		default:
			if stdin, err = outputOf(c); err != nil {
				return nil, fmt.Errorf("curl: %w", err)
			}
		}
	}
	if len(out) == 0 {
		return nil, errors.New("curl: no curl command")
	}
	return out, nil
}

func isCurlName(word string) bool {
	word = word[strings.LastIndexAny(word, `/\`)+1:]
	return word == "curl" || word == "curl.exe"
}

// outputOf works out what printf, echo and cat write.
func outputOf(c shellCommand) (*string, error) {
	name, args := c.words[0], c.words[1:]
	var texts []string
	for _, a := range args {
		texts = append(texts, a.text)
	}
	text := ""
	switch {
	case name.text == "printf" && len(args) == 1:
		var err error
		if text, err = runPrintf(texts[0]); err != nil {
			return nil, errorAt(args[0].line, "", "%w", err)
		}
	case name.text == "printf" && len(args) == 2 && (texts[0] == "%s" || texts[0] == `%s\n`):
		text = texts[1] + strings.Repeat("\n", strings.Count(texts[0], `\n`))
	case name.text == "echo" && len(args) > 0 && texts[0] == "-n":
		text = strings.Join(texts[1:], " ")
	case name.text == "echo" && (len(args) == 0 || !strings.HasPrefix(texts[0], "-")):
		text = strings.Join(texts, " ") + "\n"
	case name.text == "cat" && c.stdin != nil && (len(args) == 0 || len(args) == 1 && texts[0] == "-"):
		text = *c.stdin
	default:
		return nil, errorAt(name.line, name.text, "only curl commands are read, and printf, echo and cat of a here-document in front of them")
	}
	if name.text == "echo" && strings.Contains(text, `\`) {
		return nil, errorAt(name.line, text, "what echo makes of a backslash depends on the shell: use printf '%%s'")
	}
	return &text, nil
}

// readCurlCommand reads one command, which sends one request for each URL.
func readCurlCommand(sc shellCommand) ([]*capture.Exchange, error) {
	p := curlParser{words: sc.words[1:], command: newCurlCommand(sc.stdin), stdin: sc.stdin, line: sc.words[0].line}
	for len(p.words) > 0 {
		w := p.words[0]
		p.words, p.line = p.words[1:], w.line
		if err := p.word(w); err != nil {
			return nil, err
		}
	}
	err := p.end()
	return p.out, err
}

// curlParser reads the words of a command.
type curlParser struct {
	words   []shellWord // still to read
	command *curlCommand
	stdin   *string
	line    int
	plain   bool // after --, nothing is an option
	out     []*capture.Exchange
}

func (p *curlParser) word(w shellWord) error {
	switch {
	case p.plain || !strings.HasPrefix(w.text, "-") || w.text == "-":
		p.command.urls = append(p.command.urls, w)
		return nil
	case w.text == "--":
		p.plain = true
		return nil
	case strings.HasPrefix(w.text, "--"):
		name := w.text[2:]
		if name == "next" {
			return p.next()
		}
		_, err := p.option(w, w.text, name, "")
		return err
	}
	return p.short(w)
}

// short reads a word of short options, such as -sSXPOST.
func (p *curlParser) short(w shellWord) error {
	for i := 1; i < len(w.text); i++ {
		spelled, name := "-"+w.text[i:i+1], curlShort[w.text[i]]
		switch name {
		case "":
			return errorAt(w.line, w.text, "-%c is no option of curl that is known here", w.text[i])
		case "next":
			if err := p.next(); err != nil {
				return err
			}
			continue
		}
		if last, err := p.option(w, spelled, name, w.text[i+1:]); last || err != nil {
			return err
		}
	}
	return nil
}

// option reads an option; its value is attached to it, or else the next word. It reports
// whether it has one, so that it is the last of its word.
func (p *curlParser) option(w shellWord, spelled, name, attached string) (hasValue bool, err error) {
	on := true
	o, ok := curlOptions()[name]
	if base, negated := strings.CutPrefix(name, "no-"); !ok && negated {
		if o, ok = curlOptions()[base]; o.value {
			ok = false
		}
		on = false
	}
	switch {
	case !ok:
		return false, errorAt(w.line, w.text, "%s is no option of curl that is known here", spelled)
	case o.refused != "" && on:
		return false, errorAt(w.line, "", "%s cannot be read: %s", spelled, o.refused)
	case !o.value:
		if o.flag != nil {
			o.flag(p.command, on)
		}
		return false, nil
	case attached == "" && len(p.words) == 0:
		return false, errorAt(w.line, "", "%s needs a value", spelled)
	case attached == "":
		attached = p.words[0].text
		p.words = p.words[1:]
	}
	if o.set == nil {
		return true, nil
	}
	p.command.line = w.line
	if err := o.set(p.command, attached); err != nil {
		return true, errorAt(w.line, attached, "%s: %w", spelled, err)
	}
	return true, nil
}

// next ends the options of the URLs so far.
func (p *curlParser) next() error {
	if err := p.end(); err != nil {
		return err
	}
	p.command = newCurlCommand(p.stdin)
	return nil
}

func (p *curlParser) end() error {
	if len(p.command.urls) == 0 {
		return errorAt(p.line, "", "the command has no URL")
	}
	for _, url := range p.command.urls {
		ex, err := p.command.request(url.text)
		if err != nil {
			return errorAt(url.line, url.text, "%w", err)
		}
		p.out = append(p.out, ex)
	}
	return nil
}
