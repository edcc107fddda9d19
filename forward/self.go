package forward

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
)

// errSelf is the reason for not connecting to creel itself.
var errSelf = errors.New("that is creel's own address")

// SelfAddrs knows the addresses that creel listens on. They are refused as targets: a
// request forwarded to one would arrive again, without end. The zero value
// refuses nothing. It is safe for concurrent use.
type SelfAddrs struct {
	// Elsewhere says that it is the creel of another machine, of whose addresses
	// only those of the loopback interface are known.
	Elsewhere bool

	mu    sync.Mutex
	ports map[uint16]bool
}

// Listen adds an address that creel listens on, such as 127.0.0.1:4665.
// Whatever its host: a port is creel's on all addresses of this machine, since
// a listener on one of them is most easily mistaken for a listener on another.
func (o *SelfAddrs) Listen(addr net.Addr) {
	ap, err := netip.ParseAddrPort(addr.String())
	if err != nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ports == nil {
		o.ports = map[uint16]bool{}
	}
	o.ports[ap.Port()] = true
}

// Check returns errSelf when address, an IP address and port as they are about
// to be connected to, is creel's own.
func (o *SelfAddrs) Check(address string) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil // not an IP address: it is checked once it is resolved
	}
	o.mu.Lock()
	mine := o.ports[ap.Port()]
	o.mu.Unlock()
	if mine && o.local(ap.Addr().Unmap()) {
		return fmt.Errorf("%s: %w", address, errSelf)
	}
	return nil
}

// CheckURL refuses what is plainly creel itself, for a message while a user
// types. Names are only resolved, and checked again, when they are connected to.
func (o *SelfAddrs) CheckURL(u URL) error {
	host, port, err := net.SplitHostPort(u.Address())
	if err != nil {
		return nil
	}
	if isLocalhost(host) {
		host = "127.0.0.1"
	}
	return o.Check(net.JoinHostPort(host, port))
}

// local reports whether ip leads to creel's machine: loopback, unspecified (which
// connects to loopback) or the address of one of its interfaces.
func (o *SelfAddrs) local(ip netip.Addr) bool {
	if ip.IsLoopback() || ip.IsUnspecified() {
		return true
	}
	if o.Elsewhere {
		return false
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	return slices.ContainsFunc(addrs, func(a net.Addr) bool {
		p, err := netip.ParsePrefix(a.String())
		return err == nil && p.Addr().Unmap() == ip.WithZone("")
	})
}
