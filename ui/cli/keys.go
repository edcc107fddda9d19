package cli

import (
	"fmt"
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
		RunE:    func(*cobra.Command, []string) error { return p.print(keyList(ui.KeyTable())) },
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
