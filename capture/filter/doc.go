// Package filter is the one language that says which exchanges are meant: in
// the list on screen, in rules and --hold, and for ls, export and wait.
//
//	path:/stripe event:invoice.* -is:valid (status:>=500 or attempt:5xx) "card declined"
//
// Bare words search everywhere; key:value asks one thing; a comma gives
// alternatives; a space is and, or binds looser; - or not negates.
//
// # What may be called at once
//
// A [Filter] does not change once it is parsed and may be used by any number of
// goroutines. Matching never changes an exchange, reads no file and opens no
// connection by itself; what it needs besides the exchange it asks of [Env].
//
// # Why
//
// The keys are rows of one table ([fields]): a new key is one row. A value is
// compiled to a function when the filter is parsed, so that matching an
// exchange allocates nothing unless a body has to be read or a value has to be
// unescaped: a list of ten thousand is filtered again between two frames.
//
// A mistake is an error with its place and never a filter that matches nothing:
// a word with a colon whose key is unknown, a path without its slash or an age
// without a comparison would otherwise look like an empty list.
package filter
