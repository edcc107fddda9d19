package cli

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"creel/ui"
)

func newKeys(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "keys",
		Short:   "Print the keys of the screen",
		Example: "creel keys | less",
		Args:    none,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprint(p.out, keyList(ui.KeyTable()))
			return err
		},
	}
}

// keyList lays the keys out for a terminal, under their groups.
func keyList(rows []ui.KeyRow) string {
	width := 0
	for _, r := range rows {
		width = max(width, utf8.RuneCountInString(r.Keys))
	}
	var b strings.Builder
	group := ""
	for _, r := range rows {
		if r.Group != group {
			if group != "" {
				b.WriteByte('\n')
			}
			group = r.Group
			fmt.Fprintln(&b, group)
		}
		fmt.Fprintf(&b, "  %s%s  %s\n", r.Keys, strings.Repeat(" ", width-utf8.RuneCountInString(r.Keys)), r.Does)
	}
	return b.String()
}

// keyTable is the same as a table in Markdown, for the README.
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
