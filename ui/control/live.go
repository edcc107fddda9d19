package control

import (
	"context"
	"errors"
	"io"
	"strings"

	"creel/capture"
	"creel/capture/reply"
)

// Look brings in what the other side shows beside the exchanges, once, for a
// client that does not follow it.
func (c *Client) Look(ctx context.Context) error {
	f, err := get[facts](ctx, c, "facts")
	if err != nil {
		return err
	}
	c.hearFacts(f)
	return nil
}

// SetReply makes what a user typed the standing reply, such as 503 or @down, and
// returns in words what senders get now. An empty text goes back to the default.
func (c *Client) SetReply(ctx context.Context, text string) (words string, err error) {
	out, err := post[textRequest](ctx, c, "reply-text", textRequest{text})
	return out.Text, err
}

// SetHold says what is held from now on, and whether at all.
func (c *Client) SetHold(ctx context.Context, filter string, on bool) error {
	return c.act(ctx, "hold", holdRequest{filter, on})
}

// Decide ends the hold of one exchange; with id 0, of the one that has waited
// longest. It returns which one it was. The error says by whom it was ended before.
func (c *Client) Decide(ctx context.Context, id capture.ID, d reply.Decision) (capture.ID, error) {
	out, err := post[countResponse](ctx, c, "release", decideRequest{ID: id, Oldest: id == 0, Decision: d})
	return out.ID, err
}

// ReleaseAll ends all holds as if there had been none and returns how many.
func (c *Client) ReleaseAll(ctx context.Context) (int, error) {
	out, err := post[countResponse](ctx, c, "release", decideRequest{})
	return out.Count, err
}

// ChangeTarget changes the standing targets; spec is written as for --forward, or is
// the name of one that there is.
func (c *Client) ChangeTarget(ctx context.Context, change TargetChange, spec string) error {
	return c.act(ctx, "target", targetRequest{change, spec})
}

// ReloadRules reads the rules file again.
func (c *Client) ReloadRules(ctx context.Context) error {
	return c.act(ctx, "rules/reload", ruleRequest{})
}

// HeldIDs are the exchanges that are held, oldest first.
func (c *Client) HeldIDs() []capture.ID {
	out := []capture.ID{}
	for _, h := range c.heardFacts().Held {
		out = append(out, h.ID)
	}
	return out
}

// Stop ends the other creel and waits until it has written what it has.
func (c *Client) Stop(ctx context.Context) error {
	conn, err := c.dial(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if err := c.act(ctx, "stop", nothing{}); err != nil && !ended(err) {
		return err
	}
	_, _ = conn.Read(make([]byte, 1)) // it ends when that creel does
	return context.Cause(ctx)
}

// ended reports whether err says that the connection was closed.
func ended(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || strings.Contains(err.Error(), "connection")
}

// ReplyUnusedWhile is the target whose response senders get in place of the standing reply,
// as long as it is on; empty for none.
func (c *Client) ReplyUnusedWhile() string {
	f := c.heardFacts()
	for _, t := range f.Targets {
		if !t.Disabled && t.Path == "" && !f.Async {
			return t.Label()
		}
	}
	return ""
}
