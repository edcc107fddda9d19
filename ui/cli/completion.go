package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/safe"
)

// seenForCompletion is how many of the newest requests completion looks at.
const seenForCompletion = 200

func (p *program) completeIDs(cmd *cobra.Command, _ []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var out []cobra.Completion
	for _, ex := range slices.Backward(p.seen(cmd)) {
		if id := strings.TrimPrefix(ex.ID.String(), "#"); strings.HasPrefix(id, word) {
			out = append(out, cobra.CompletionWithDesc(id, textLine(ex, paint{})))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// completeFilter offers how a word of a filter can go on.
func (p *program) completeFilter(cmd *cobra.Command, _ []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	from, to, list := filter.Complete(word, len(word), filter.History, p.seen(cmd))
	if word == "" {
		list = filter.Keys(filter.History)
	}
	var out []cobra.Completion
	for _, c := range list {
		text := word[:from] + c.Text + word[to:]
		if safe.Line(text).String() != text {
			continue // captured text that no command line may get
		}
		out = append(out, cobra.CompletionWithDesc(text, safe.Line(c.Help).String()))
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// seen are the newest requests, oldest first; none when they cannot be read: completion does not complain.
func (p *program) seen(cmd *cobra.Command) []*capture.Exchange {
	if p.opts.load(p.env) != nil {
		return nil
	}
	h, err := p.read(cmd.Context())
	if err != nil || h.store == nil {
		return nil
	}
	defer h.close()
	var out []*capture.Exchange
	for ex, err := range (selection{}).newest(cmd.Context(), h, seenForCompletion) {
		if err != nil {
			return out
		}
		out = append(out, ex)
	}
	return out
}
