package forward

import (
	"crypto/rand"
	"slices"
	"strings"
	"sync"

	"creel/capture"
)

// viaField is the header field by which a loop is found, whatever lies between:
// the ids of the creels that forwarded a request, in order, separated by commas.
// No target needs it, and it is never sent with a resend.
const viaField = "Creel-Via"

// identity is a random name of one sender, made when it is first asked for. It
// says nothing about the machine or the user.
type identity struct {
	once sync.Once
	id   string
}

func (i *identity) String() string {
	i.once.Do(func() { i.id = strings.ToLower(rand.Text()[:16]) })
	return i.id
}

// passed reports whether s forwarded req before.
func (s *Sender) passed(req *capture.Request) bool {
	return slices.Contains(passedIDs(req), s.identity.String())
}

// passedIDs are the ids of the creels that forwarded req.
func passedIDs(req *capture.Request) []string {
	return slices.Collect(capture.ListItems(req.Fields, viaField))
}
