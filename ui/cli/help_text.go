package cli

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"creel/ui/docs"
)

// helpWidth is how wide help is: every terminal has 80 columns.
const helpWidth = 80

type flagGroup struct {
	title string
	flags []*pflag.Flag
}

// settingGroups are the titles of the settings; other flags belong to the command alone.
var settingGroups = []struct {
	title string
	add   func(*options, *pflag.FlagSet)
}{
	{"capture", (*options).captureFlags},
	{"public URL", (*options).tunnelFlags},
	{"forward and resend", (*options).forwardFlags},
	{"history and screen", (*options).otherFlags},
	{"team", (*options).teamFlags},
}

// aboutFlag begins the name of an annotation of a command: what a flag that it has
// in common with others means for it; empty for nothing.
const aboutFlag = "flag "

// isShown reports whether a flag stands in the help of a command.
func isShown(cmd *cobra.Command, f *pflag.Flag) bool {
	text, ok := cmd.Annotations[aboutFlag+f.Name]
	return !f.Hidden && (!ok || text != "")
}

// flagGroups are the flags of a command: its own first, then the settings by task.
func flagGroups(cmd *cobra.Command) []flagGroup {
	place, titles := map[string]string{}, []string{"flags"}
	for _, g := range settingGroups {
		set := pflag.NewFlagSet("", pflag.ContinueOnError)
		g.add(new(options), set)
		set.VisitAll(func(f *pflag.Flag) { place[f.Name] = g.title })
		titles = append(titles, g.title)
	}
	flags := cmd.LocalFlags()
	flags.SortFlags = false
	var groups []flagGroup
	for _, title := range titles {
		g := flagGroup{title: title}
		flags.VisitAll(func(f *pflag.Flag) {
			if cmp.Or(place[f.Name], "flags") == title && isShown(cmd, f) {
				g.flags = append(g.flags, f)
			}
		})
		if len(g.flags) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

// helpText is the help of a command, at most helpWidth columns wide but for
// examples. Headings are bold where style is set.
func helpText(cmd *cobra.Command, bold bool) string {
	h := helpWriter{bold: bold}
	for para := range strings.SplitSeq(cmp.Or(cmd.Long, cmd.Short), "\n\n") {
		if strings.HasPrefix(para, "  ") { // laid out by hand
			h.WriteString(para + "\n\n")
			continue
		}
		h.paragraph(strings.Join(strings.Fields(para), " "))
	}
	h.heading("usage")
	h.WriteString("  " + usageLine(cmd) + "\n\n")
	if cmd.Example != "" {
		h.heading("examples")
		for line := range strings.Lines(cmd.Example) {
			h.WriteString("  " + strings.TrimRight(line, "\n") + "\n")
		}
		h.WriteByte('\n')
	}
	h.commands(cmd)
	for _, g := range flagGroups(cmd) {
		h.heading(g.title)
		for _, f := range g.flags {
			h.item(4, flagColumn(f), flagText(cmd, f))
		}
		h.WriteByte('\n')
	}
	if cmd.HasParent() {
		h.WriteString("creel help settings says how settings are given by environment and file.\n")
	} else {
		h.WriteString("creel help COMMAND says more about a command, creel help TOPIC about a topic:\nrun creel help help for the topics.\n")
	}
	return h.String()
}

func usageLine(cmd *cobra.Command) string {
	line := cmd.CommandPath() + strings.TrimPrefix(cmd.Use, cmd.Name())
	if cmd.HasAvailableSubCommands() {
		line += "\n  " + cmd.CommandPath() + " COMMAND"
	}
	return line
}

type helpWriter struct {
	strings.Builder
	bold bool
}

func capitalized(title string) string { return strings.ToUpper(title[:1]) + title[1:] }

func (h *helpWriter) heading(title string) {
	title = capitalized(title)
	if h.bold {
		title = "\x1b[1m" + title + "\x1b[0m"
	}
	h.WriteString(title + "\n")
}

func (h *helpWriter) paragraph(text string) {
	for _, line := range wrap(text, helpWidth) {
		h.WriteString(line + "\n")
	}
	h.WriteByte('\n')
}

// commands lists the subcommands by their groups.
func (h *helpWriter) commands(cmd *cobra.Command) {
	list := cmd.Commands()
	groups := cmd.Groups()
	if len(groups) == 0 {
		groups = []*cobra.Group{{Title: "commands"}}
	}
	groups = append(groups, &cobra.Group{Title: "shells and help", ID: ""})
	shown := map[string]bool{}
	for _, g := range groups {
		first := true
		for _, c := range list {
			if c.GroupID != g.ID || !c.IsAvailableCommand() && c.Name() != "help" || shown[c.Name()] {
				continue
			}
			if first {
				h.heading(g.Title)
				first = false
			}
			shown[c.Name()] = true
			h.item(2, c.Name(), c.Short)
		}
		if !first {
			h.WriteByte('\n')
		}
	}
}

// The column at which the text of items begins, when what comes before fits.
const textColumn = 28

func (h *helpWriter) item(indent int, name, text string) {
	line := strings.Repeat(" ", indent) + name
	if strings.HasPrefix(name, "-") && strings.Contains(name, ", ") {
		line = line[2:] // the short flag stands in the margin
	}
	if n := utf8.RuneCountInString(line); n+2 > textColumn {
		h.WriteString(line + "\n")
		line = ""
	}
	for _, part := range wrap(text, helpWidth-textColumn) {
		h.WriteString(line + strings.Repeat(" ", textColumn-utf8.RuneCountInString(line)) + part + "\n")
		line = ""
	}
}

// flagColumn is a flag with the name of its value.
func flagColumn(f *pflag.Flag) string {
	if f.Shorthand == "" {
		return "  " + flagName(f)
	}
	return flagName(f)
}

// flagText is what a flag does for a command, with its default.
func flagText(cmd *cobra.Command, f *pflag.Flag) string {
	if text := cmd.Annotations[aboutFlag+f.Name]; text != "" {
		return text
	}
	_, text := pflag.UnquoteUsage(f)
	switch f.DefValue {
	case "", "false", "0", "0s", "[]":
		return text
	}
	if f.Value.Type() == "bool" || strings.Contains(text, "default") {
		return text
	}
	return fmt.Sprintf("%s (default %s)", text, f.DefValue)
}

// placeholders name the values of flags whose type says little.
var placeholders = map[string]string{
	"reply": "SPEC", "rules": "FILE", "hold": "FILTER", "public-url": "URL", "tunnel": "[=WAY]", "tunnel-path": "PATH", "from": "URL", "cert": "FILE", "key": "FILE", "cacert": "FILE",
	"history": "FILE", "config": "FILE", "theme": "NAME", "format": "F", "output": "FILE", "header": "'K: V'", "jq": "EXPR",
	"set": "'PATH = VALUE'", "to": "URL", "provider": "P", "at": "TIME", "redact": "FILE",
}

// flagName is a flag as it is written, with the name of its value.
func flagName(f *pflag.Flag) string {
	name := "--" + f.Name
	if f.Shorthand != "" {
		name = "-" + f.Shorthand + ", " + name
	}
	kind := f.Value.Type()
	named, _ := pflag.UnquoteUsage(f)
	switch {
	case strings.Contains(f.Usage, "`"):
		kind = named
	case kind == "bool":
		return name
	case placeholders[f.Name] != "":
		kind = placeholders[f.Name]
	case kind == "int":
		kind = "N"
	case kind == "string" || kind == "stringArray":
		kind = "TEXT"
	}
	if strings.HasPrefix(kind, "[") && f.NoOptDefVal != "" {
		return name + kind
	}
	return name + " " + kind
}

// wrap breaks a text between words, so that no line is wider than width unless one word is.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

// pageText is a page for a terminal of helpWidth columns: its tables are lists, code is as it is.
func pageText(markdown string, bold bool) string {
	h := helpWriter{bold: bold}
	for b := range docs.Blocks(markdown) {
		switch b.Kind {
		case docs.Heading:
			h.heading(b.Text)
		case docs.Code:
			h.WriteString("  " + b.Text + "\n")
		case docs.TableRow:
			h.row(b)
		case docs.Bullet:
			h.indented("- ", b.Text)
		case docs.Blank:
			h.gap()
		case docs.Paragraph:
			h.indented("", b.Text)
		}
	}
	return strings.TrimRight(h.String(), "\n") + "\n"
}

// gap ends what stands before with one empty line.
func (h *helpWriter) gap() {
	if !strings.HasSuffix(h.String(), "\n\n") && h.Len() > 0 {
		h.WriteByte('\n')
	}
}

// row is a name and what it means, below it where the name is long.
func (h *helpWriter) row(b docs.Block) {
	if utf8.RuneCountInString(b.Name)+4 <= textColumn {
		h.item(2, b.Name, b.Text)
		return
	}
	for _, line := range wrap(b.Name, helpWidth-2) {
		h.WriteString("  " + line + "\n")
	}
	h.indented(strings.Repeat(" ", 6), b.Text)
}

// indented is a text whose further lines begin below its first letter.
func (h *helpWriter) indented(first, text string) {
	for _, line := range wrap(text, helpWidth-len(first)) {
		h.WriteString(first + line + "\n")
		first = strings.Repeat(" ", len(first))
	}
}
