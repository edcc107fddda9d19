package filter

import "fmt"

// Error is a mistake in a filter's text, and where it is. Start and End are
// byte offsets of the part that is wrong; they are equal where something is
// missing.
type Error struct {
	Start, End int
	Msg        string // what is wrong
	Suggest    string // what to write instead; empty when there is nothing to suggest
}

// Error returns the mistake and the suggestion in one line, without the place.
func (e *Error) Error() string {
	if e.Suggest == "" {
		return e.Msg
	}
	return e.Msg + ": " + e.Suggest
}

func mistake(start, end int, msg, suggest string, args ...any) *Error {
	return &Error{Start: start, End: end, Msg: msg, Suggest: fmt.Sprintf(suggest, args...)}
}
