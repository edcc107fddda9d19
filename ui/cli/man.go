package cli

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"creel/ui/docs"
)

func newMan(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "man",
		Short:   "Print the manual page",
		Example: "creel man | man -l -",
		Args:    none,
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.print(manPage(cmd.Root())) },
	}
}

// manSections are the pages that are sections of the manual page, too.
var manSections = []string{"filters", "rules", "json", "exports", "limits"}

// manPage is the manual page in man(7), made of what help and the documentation are made of.
func manPage(root *cobra.Command) string {
	var m man
	m.line(`.TH CREEL 1 "" "creel %s" "User Commands"`, roff(thisBuild().version))
	m.section("name")
	m.text("creel - " + strings.ToLower(root.Short[:1]) + root.Short[1:])
	m.section("synopsis")
	for use := range strings.SplitSeq(usageLine(root), "\n") {
		m.line(".B %s", roff(strings.TrimSpace(use)))
		m.line(".br")
	}
	m.section("description")
	m.text(root.Long)
	m.section("options")
	m.options(root)
	m.section("commands")
	m.commands(root)
	m.section("exit status")
	m.markdown(section(mustPage("commands"), "| exit code |"))
	m.section("environment")
	m.text("Every option that has no command of its own is a variable, too: --keep-bytes is CREEL_KEEP_BYTES. " +
		"NO_COLOR switches colours off. VISUAL and EDITOR name the editor. XDG_STATE_HOME, XDG_CONFIG_HOME and XDG_RUNTIME_DIR say where files are.")
	for _, name := range manSections {
		page := mustPage(name)
		title, body, _ := strings.Cut(page, "\n")
		m.section(strings.TrimPrefix(title, "# "))
		m.markdown(body)
	}
	m.section("examples")
	for line := range strings.Lines(root.Example) {
		m.code(line)
	}
	return m.String()
}

// mustPage is a page that the program has.
func mustPage(name string) string {
	page, ok := docs.Find(name)
	if !ok {
		panic("no page " + name)
	}
	return page.Text
}

// section is the part of a page from the line that begins with start to the next empty line.
func section(page, start string) string {
	i := strings.Index(page, start)
	if i < 0 {
		return ""
	}
	part, _, _ := strings.Cut(page[i:], "\n\n")
	return part + "\n"
}

type man struct{ strings.Builder }

func (m *man) line(format string, args ...any) { fmt.Fprintf(m, format+"\n", args...) }

func (m *man) section(title string) { m.line(".SH %s", roff(strings.ToUpper(title))) }

func (m *man) text(text string) { m.line("%s", roff(strings.Join(strings.Fields(text), " "))) }

func (m *man) item(name, text string) {
	m.line(".TP")
	m.line("%s", roff(name))
	m.text(text)
}

func (m *man) options(cmd *cobra.Command) {
	for _, g := range flagGroups(cmd) {
		if g.title != "flags" {
			m.line(".SS %s", roff(capitalized(g.title)))
		}
		for _, f := range g.flags {
			if f.Name != "help" {
				m.item(flagName(f), flagText(cmd, f))
			}
		}
	}
}

// commands are all commands with the options that only they have.
func (m *man) commands(cmd *cobra.Command) {
	for _, c := range cmd.Commands() {
		if !c.IsAvailableCommand() {
			continue
		}
		if c.HasAvailableSubCommands() {
			m.commands(c)
			continue
		}
		m.line(".SS %s", roff(usageLine(c)))
		m.about(cmp.Or(c.Long, c.Short+"."))
		for _, g := range flagGroups(c) {
			for _, f := range g.flags {
				if g.title == "flags" && f.Name != "help" {
					m.item(flagName(f), flagText(c, f))
				}
			}
		}
		for line := range strings.Lines(c.Example) {
			m.code(line)
		}
	}
}

// about writes the paragraphs that say what a command does.
func (m *man) about(text string) {
	for i, para := range strings.Split(text, "\n\n") {
		if i > 0 {
			m.line(".PP")
		}
		if !strings.HasPrefix(para, "  ") {
			m.text(para)
			continue
		}
		for line := range strings.Lines(para) { // laid out by hand
			m.code(line)
		}
	}
}

func (m *man) code(line string) {
	m.line(".EX")
	m.line("%s", roff(strings.TrimRight(line, "\n")))
	m.line(".EE")
}

func (m *man) markdown(text string) {
	for b := range docs.Blocks(text) {
		switch b.Kind {
		case docs.Heading:
			m.line(".SS %s", roff(b.Text))
		case docs.Code:
			m.code(b.Text)
		case docs.TableRow:
			m.item(b.Name, b.Text)
		case docs.Bullet:
			m.line(".IP \\(bu 2")
			m.text(b.Text)
		case docs.Blank:
			m.line(".PP")
		case docs.Paragraph:
			m.text(b.Text)
		}
	}
}

// roff is a text in which nothing is a request or an escape of roff.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", "\\(ga", "^", `\(ha`, "~", `\(ti`, "…", "...", "→", `\(->`).Replace(s)
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	return s
}
