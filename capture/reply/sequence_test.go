package reply_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"creel/capture"
	"creel/capture/reply"
)

// commit is the recorder of a request that gets its id when it is told to.
type commit struct {
	notes
	done chan capture.ID
}

func (c *commit) Committed(context.Context) (capture.ID, error) {
	id := <-c.done
	if id == 0 {
		return 0, errors.New("not kept")
	}
	return id, nil
}

// A request has no id while it is replied to. The step of the newest one is its own
// as soon as it has one, in whichever order the ids come.
func TestSequenceNamesTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, err := reply.New(reply.Spec{Statuses: []int{500, 500, 200}}, "reply")
		if err != nil {
			t.Fatal(err)
		}
		come := func(id string) chan capture.ID {
			c := &commit{done: make(chan capture.ID)}
			ex := request("POST", "/", "")
			ex.Sender.Delivery = id
			f.Respond(t.Context(), ex, c)
			return c.done
		}
		is := func(want string) {
			t.Helper()
			synctest.Wait()
			if got := f.Words(); got != "500 x2 then 200 · "+want {
				t.Errorf("%q, want %q", got, want)
			}
		}
		first := come("a")
		is("1 of 3")
		first <- 7
		is("1 of 3, #7")
		older, newer := come("a"), come("b")
		is("1 of 3")
		older <- 8 // no longer the newest
		is("1 of 3")
		newer <- 9
		is("1 of 3, #9")
		come("b") <- 0 // it could not be kept
		is("2 of 3")
	})
}
