//go:build !linux && !darwin

package control

import "net"

// checkPeer cannot ask who is on the other side: the mode of the directory protects the socket.
func checkPeer(net.Conn) error { return nil }
