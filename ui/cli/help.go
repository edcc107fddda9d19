package cli

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"creel/ui/docs"
)

func newHelp(p *program) *cobra.Command {
	var topics strings.Builder
	for _, page := range docs.Pages() {
		fmt.Fprintf(&topics, "  %-10s %s\n", page.Name, page.Short)
	}
	var schema bool
	cmd := &cobra.Command{
		Use:     "help [COMMAND | TOPIC]",
		Short:   "Print help about a command or a topic",
		Long:    "Print help about a command, or one of these topics:\n\n" + topics.String(),
		Example: "creel help filters\ncreel help resend\ncreel help json --schema",
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, page := range docs.Pages() {
				names = append(names, page.Name+"\t"+page.Short)
			}
			for _, c := range cmd.Root().Commands() {
				names = append(names, c.Name()+"\t"+c.Short)
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if schema {
				if len(args) != 1 || !strings.EqualFold(args[0], "json") {
					return usagef("--schema is of one topic: creel help json --schema")
				}
				return p.printSchema()
			}
			if len(args) == 1 {
				if page, ok := docs.Find(args[0]); ok {
					text := page.Text
					if isTerminal(p.stdout) {
						text = pageText(text, p.styled())
					}
					return p.print(text)
				}
			}
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return noHelp(cmd, strings.Join(args, " "))
			}
			return about.Help()
		},
	}
	cmd.Flags().BoolVar(&schema, "schema", false, "of the topic json: print the JSON Schema of all lines")
	return cmd
}

// noHelp is the error for what is neither a command nor a topic.
func noHelp(cmd *cobra.Command, name string) error {
	e := &exitError{code: exitUsage, err: fmt.Errorf("no command or topic %q", name), hint: "try: creel help"}
	var pages []string
	for _, page := range docs.Pages() {
		pages = append(pages, page.Name)
	}
	if s := cmp.Or(nearest(name, pages), suggestCommand(cmd.Root(), name)); s != "" {
		e.hint = "did you mean: creel help " + s + "?"
	}
	return e
}
