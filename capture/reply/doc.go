// Package reply decides what senders hear: the standing reply, rules, holds,
// faults, and the chain that puts them in order. It forwards nothing by itself;
// what it needs of the package forward it declares as [Forwarder].
//
// # What may be called at once
//
// Everything exported is safe for concurrent use once it is made, and every
// setting may be changed while requests are served: a request sees the
// setting of the moment at which it is decided.
//
// # Promises
//
//   - A reply says nothing that the sender sent, but for templates.
//   - What is kept per delivery (sequences, replies to the next try) is bounded;
//     the oldest goes first.
//   - A hold ends when the sender leaves, when it is released, when its time is
//     up or when creel stops, whichever comes first, and only once.
//
// # Why
//
// A reply is checked when it is entered ([Spec.Validate]) and not when it is
// given, so that a sender never gets creel's mistake in place of the user's
// answer. A rules file that became wrong leaves the rules of before in force.
// Rules are edited as text, block by block: rewriting them would lose the
// comments of its author.
package reply
