package cli

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"creel/ui"
)

var update = flag.Bool("update", false, "rewrite what the README and the pages have between their marks")

// TestTables holds the tables of the README and of the pages, which stand
// between marks, to what the program says of itself. go test ./ui/cli -run
// Tables -update writes them.
func TestTables(t *testing.T) {
	for _, tt := range []struct{ file, mark, want string }{
		{"../../README.md", "keys", keyTable(ui.KeyTable())},
		{"../docs/commands.md", "commands", commandTable(newRoot(&program{opts: newOptions()}))},
		{"../docs/settings.md", "flags", flagTable(newOptions())},
	} {
		data, err := os.ReadFile(tt.file)
		if err != nil {
			t.Fatal(err)
		}
		open, end := "<!-- "+tt.mark+" -->\n", "<!-- /"+tt.mark+" -->"
		before, rest, ok := strings.Cut(string(data), open)
		got, after, ok2 := strings.Cut(rest, end)
		if !ok || !ok2 {
			t.Errorf("%s has no %s … %s", tt.file, open, end)
			continue
		}
		diff := cmp.Diff(tt.want, got)
		switch {
		case diff == "":
		case *update:
			if err := os.WriteFile(tt.file, []byte(before+open+tt.want+end+after), 0o644); err != nil {
				t.Fatal(err)
			}
		default:
			t.Errorf("%s: the %s are not in step, run go test ./ui/cli -run Tables -update: %s", tt.file, tt.mark, diff)
		}
	}
}

func commandTable(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString("| command | does |\n| --- | --- |\n")
	commands := root.Commands()
	slices.SortStableFunc(commands, func(a, b *cobra.Command) int { return groupIndex(root, a) - groupIndex(root, b) })
	for _, c := range commands {
		for _, leaf := range append(c.Commands(), c) {
			if leaf.Hidden || !leaf.Runnable() || leaf == c && c.HasSubCommands() {
				continue
			}
			var own []string
			leaf.LocalFlags().VisitAll(func(f *pflag.Flag) {
				if newOptions().set.Lookup(f.Name) == nil && f.Name != "help" {
					own = append(own, escaped(flagName(f)))
				}
			})
			line := strings.ReplaceAll(leaf.CommandPath()+strings.TrimPrefix(leaf.Use, leaf.Name()), "|", `\|`)
			fmt.Fprintf(&b, "| `%s`", line)
			if len(own) > 0 {
				fmt.Fprintf(&b, " `[%s]`", strings.Join(own, "] ["))
			}
			fmt.Fprintf(&b, " | %s |\n", leaf.Short)
		}
	}
	return b.String()
}

// groupIndex is the place of a command's group in help.
func groupIndex(root, c *cobra.Command) int {
	return slices.IndexFunc(root.Groups(), func(g *cobra.Group) bool { return g.ID == c.GroupID })
}

func flagTable(o *options) string {
	var b strings.Builder
	b.WriteString("| setting | default | meaning |\n| --- | --- | --- |\n")
	o.set.SortFlags = false
	o.set.VisitAll(func(f *pflag.Flag) {
		value := f.DefValue
		if value == "false" || value == "0s" {
			value = ""
		}
		if value != "" {
			value = "`" + value + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", escaped(flagName(f)), value, strings.ReplaceAll(f.Usage, "|", `\|`))
	})
	return b.String()
}

// escaped is a text for a cell of a Markdown table.
func escaped(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// keyTable is the list of keys as a table in Markdown, for the README.
func keyTable(rows []ui.KeyRow) string {
	var b strings.Builder
	b.WriteString("| keys | do |\n| --- | --- |\n")
	for i, r := range rows {
		if slices.Contains(rows[:i], r) {
			continue // a key of the list and of the detail
		}
		var keys []string
		for k := range strings.FieldsSeq(r.Keys) {
			if k == "`" {
				k = "`` ` ``"
			} else {
				k = "`" + strings.ReplaceAll(k, "|", `\|`) + "`"
			}
			keys = append(keys, k)
		}
		fmt.Fprintf(&b, "| %s | %s |\n", strings.Join(keys, " "), strings.ReplaceAll(r.Does, "|", `\|`))
	}
	return b.String()
}
