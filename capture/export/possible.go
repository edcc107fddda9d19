package export

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/net/http/httpguts"

	"creel/capture"
)

// possible says why a client cannot have sent a request that a file describes; nil
// when it can, and for one whose head could not be read when it was captured.
func possible(r *capture.Request) error {
	switch {
	case r.Unreadable():
		return nil
	case r.Method == "":
		return errors.New("method is missing")
	case !httpguts.ValidHeaderFieldName(r.Method): // both are tokens
		return fmt.Errorf("method: %q is no method", shorten(r.Method))
	case r.Target == "":
		return errors.New("target is missing")
	case hasBlank(r.Target):
		return fmt.Errorf("target: %q has a blank or a control character", shorten(r.Target))
	case hasBlank(r.Host):
		return fmt.Errorf("host: %q has a blank or a control character", shorten(r.Host))
	case hasBlank(r.Proto):
		return fmt.Errorf("proto: %q has a blank or a control character", shorten(r.Proto))
	}
	for _, list := range [][]capture.Field{r.Fields, r.Trailers} {
		for _, f := range list {
			if f.Name == "" || hasBlank(f.Name) || strings.Contains(f.Name, ":") {
				return fmt.Errorf("%q is not the name of a header field", shorten(f.Name))
			}
			if !httpguts.ValidHeaderFieldValue(f.Value) {
				return fmt.Errorf("the value of %s has a line break or another control character", shorten(f.Name))
			}
		}
	}
	return nil
}
