// Package provider knows who sends webhooks: it recognises a sender, names the
// event, checks and explains the signature, signs an edited request again, and
// answers the handshakes by which a new subscription is confirmed.
//
// # How it is built
//
// A provider is one row of the table: a [Scheme], which says where the
// signature stands, what is signed, and where event, delivery and attempt are
// named. A scheme that does not fit the row's fields keeps the row and brings
// functions of its own, in a file of the provider's name. User-defined schemes
// are rows of the same type.
//
// Checking is four steps, and each may be replaced by a row: read what the
// request claims (signatures, time), lay out the content that was signed, prove
// it with a secret, hold the time against the tolerance. Signing is the same in
// reverse. Explaining a mismatch is checking again with one thing changed.
//
// # Promises
//
//   - A [Set] is safe for concurrent use; secrets may be added at any time.
//   - MACs are compared in constant time. No result, error or String holds a secret.
//   - Nothing here opens a connection: certificates and public keys are given as
//     secrets, and a confirmation that must be fetched is only described.
//   - Most requests are recognised, or dismissed, by one pass over their field
//     names; at most the first 64 KiB of a body are looked at to name its sender.
package provider
