// Package jsontok reads JSON as tokens with their places, and nothing is
// copied: what is shown, compared, edited or masked keeps the spelling it was
// sent with.
//
// A [Lexer] reads tokens from any bytes and never fails. A [Reader] reads the
// same tokens and checks them against RFC 8259; its messages are the only ones
// that say what is wrong with JSON. A [Path] is how a place is written. None of
// them recurses: depth costs no stack.
package jsontok
