// Package nats shares a ring among a team by way of NATS JetStream.
//
// A node keeps what it captures in its own history and replies to senders from
// there. An [Outbox] publishes it afterwards; a [Reader] has what all nodes
// published. [Init] makes the three streams of a space:
//
//   - the ring: exchanges on creel.SPACE.req.NODE.ID and what happened to them
//     later on creel.SPACE.op.NODE.ID; the oldest are evicted
//   - the bodies too large for a message, in chunks
//   - the pins: copies of pinned exchanges, which outlive the ring, and the nodes
package nats
