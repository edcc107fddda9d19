package filter

import "creel/capture"

// About returns a filter for exchanges like ex: its path and, where they are
// known, its provider and event. It is valid in every scope.
func About(ex *capture.Exchange) string {
	var text string
	add := func(key, value string) {
		if value != "" {
			text += " " + key + ":" + Quote(value)
		}
	}
	if path := ex.Request.Path(); len(path) > 0 && path[0] == '/' {
		add("path", path)
	}
	add("provider", ex.Sender.Provider)
	add("event", ex.Sender.Event)
	if text == "" {
		add("method", ex.Request.Method)
	}
	if text == "" {
		return ""
	}
	return text[1:]
}
