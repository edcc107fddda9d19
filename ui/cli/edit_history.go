package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"creel/capture"
)

// The commands that change the history. A capture that is running sees what
// they do within a second.

func newRm(p *program) *cobra.Command {
	var yes bool
	cmd := p.command(&cobra.Command{
		Use:   "rm ID...|FILTER",
		Short: "Delete requests from the history",
		Example: `creel rm 412 413
creel rm --yes provider:stripe age:>24h`,
		Long: `Delete requests from the history: those with the ids, or all that a filter means and
that are not pinned, after a question.`,

		ValidArgsFunction: p.completeFilter,
		Args:              atLeast(1, "at least one id (412, #412, or @1 for the newest), or a filter"),
		RunE: func(cmd *cobra.Command, args []string) error {
			sel, err := p.parseSelection(args)
			if err != nil {
				return err
			}
			_, isNot := p.parseIDs(args)
			if sel.filter != nil && slices.ContainsFunc(args, func(a string) bool { _, ok := p.parseName(a); return ok }) {
				return isNot // what is deleted is not guessed
			}
			if sel.filter != nil && sel.filter.IsEmpty() { // an unset variable, perhaps
				return usagef("an empty filter means all requests: creel clear deletes them")
			}
			return p.rm(cmd.Context(), sel, yes)
		},
	})
	p.addAt(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, "delete what a filter means without a question")
	return cmd
}

// rm deletes what sel means. With a filter, pinned ones stay, and it asks unless yes.
func (p *program) rm(ctx context.Context, sel selection, yes bool) error {
	h, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	var ids []capture.ID
	pinned := 0
	reading := p.progress("reading", 0)
	defer reading.clear()
	for ex, err := range sel.choose(ctx, h) {
		switch {
		case err != nil:
			return err
		case sel.filter != nil && ex.Pinned:
			pinned++
		default:
			ids = append(ids, ex.ID)
		}
		reading.at(len(ids) + pinned)
	}
	reading.clear()
	if sel.filter != nil && len(ids) > 0 && !yes {
		if !p.canAsk() {
			return usagef("the filter means %d of the history: delete them with --yes", len(ids))
		}
		if !p.confirm(fmt.Sprintf("Delete %d of the history? %d pinned stay.", len(ids), pinned)) {
			return exitf(exitFailure, "nothing is deleted")
		}
	}
	if len(ids) > 0 {
		if err := h.store.Delete(ctx, ids); err != nil {
			return fmt.Errorf("change the history: %w", err)
		}
	}
	if sel.filter != nil {
		p.infof("deleted %d, kept %d pinned", len(ids), pinned)
	}
	return nil
}

func newClear(p *program) *cobra.Command {
	var yes bool
	cmd := p.command(&cobra.Command{
		Use:   "clear",
		Short: "Delete all requests that are not pinned",
		Long:  "Delete all requests that are not pinned, on a terminal after a question.",
		Example: `creel clear
creel clear --yes              # without a question`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			everything, err := p.parseSelection(nil)
			if err != nil {
				return err
			}
			return p.rm(cmd.Context(), everything, yes || !p.canAsk())
		},
	})
	cmd.Flags().BoolVar(&yes, "yes", false, "delete without a question")
	return p.addAt(cmd)
}

func newPin(p *program) *cobra.Command {
	return p.newPinning("pin", "Keep a request: what arrives does not evict it", true)
}

func newUnpin(p *program) *cobra.Command {
	return p.newPinning("unpin", "Let the bounds evict a request again", false)
}

func (p *program) newPinning(name, short string, pinned bool) *cobra.Command {
	return p.addAt(p.command(&cobra.Command{
		Use:     name + " ID...",
		Short:   short,
		Example: "creel " + name + " 412\ncreel " + name + " @1            # the newest",

		ValidArgsFunction: p.completeIDs,
		Args:              atLeast(1, "at least one id: 412, #412, or @1 for the newest"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.change(cmd.Context(), args, capture.Meta{Pinned: &pinned})
		},
	}))
}

func newNote(p *program) *cobra.Command {
	return p.addAt(p.command(&cobra.Command{
		Use:   "note ID TEXT",
		Short: "Write a note on a request; an empty one takes it off",
		Example: `creel note @1 'the one that fails'
creel note 412 ''`,

		ValidArgsFunction: p.completeIDs,
		Args:              atLeast(2, "an id and a text"),
		RunE: func(cmd *cobra.Command, args []string) error {
			text := strings.Join(args[1:], " ")
			return p.change(cmd.Context(), args[:1], capture.Meta{Note: &text})
		},
	}))
}

// change makes one change of the exchanges that the ids name, or none.
func (p *program) change(ctx context.Context, args []string, to capture.Meta) error {
	return p.withIDs(ctx, args, p.open, func(h *history, list []*capture.Exchange) error {
		if to.Pinned != nil && *to.Pinned {
			if err := h.checkPins(ctx, list); err != nil {
				return err
			}
		}
		var changes []capture.Op
		for _, ex := range list {
			m := to
			m.ID = ex.ID
			changes = append(changes, capture.Op{Meta: &m})
		}
		if _, err := h.store.Commit(ctx, changes...); err != nil {
			return fmt.Errorf("change the history: %w", err)
		}
		return nil
	})
}
