// Package tunnel gives a creel a public URL: through a service that speaks ssh
// (localhost.run, serveo, pinggy, sish, or a server of one's own), through
// cloudflared, or through tailscale funnel.
//
// A [Tunnel] is a net.Listener with a state. It connects, reports the URL,
// proves that requests to the URL arrive, and reconnects by itself until it is
// closed. Only a URL that was proven is [Up].
//
// # Why
//
// The ssh client is built in, so that a public URL needs nothing installed. It
// does not use ssh.Client.Listen, which refuses the channels of real services:
// those whose origin is a name instead of an address, and those whose announced
// address is not the one that was asked for.
//
// The programs cloudflared and tailscale are started, never linked: they are
// updated by those who have them. A program that is started ends with creel.
package tunnel
