package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// DefaultPort is where creel listens: it spells HOOK on a telephone.
const DefaultPort = 4665

// nextPorts is how many ports after the default one ListenNext tries.
const nextPorts = 100

// BusyError says that another program listens on the address.
type BusyError struct{ Addr string }

// Error names the address.
func (e *BusyError) Error() string {
	return "listen on " + e.Addr + ": another program has that port"
}

// TakenBy reports whether one of the addresses, HOST:PORT each, is what has the port.
func (e *BusyError) TakenBy(addrs ...string) bool {
	host, port, _ := net.SplitHostPort(e.Addr)
	ip, err := netip.ParseAddr(host)
	return slices.ContainsFunc(addrs, func(addr string) bool {
		a, aerr := netip.ParseAddrPort(addr)
		return aerr == nil && strconv.Itoa(int(a.Port())) == port &&
			(err != nil || a.Addr() == ip || a.Addr().IsUnspecified() || ip.IsUnspecified())
	})
}

// Listening is a set of open listeners.
type Listening struct {
	Listeners []net.Listener
	// Warnings say in words who else can reach them; empty for loopback.
	Warnings []string
}

// Listen opens listeners on all addresses, or on none. An address is HOST:PORT,
// :PORT or PORT; without a host, or with localhost, it is the loopback address
// of both IPv4 and IPv6, where there are both. Port 0 takes a free port, the
// same for both. Without addresses it is the default port on loopback. The
// error is a *BusyError when another program has the port.
func Listen(ctx context.Context, addrs ...string) (*Listening, error) {
	if len(addrs) == 0 {
		addrs = []string{":" + strconv.Itoa(DefaultPort)}
	}
	var l Listening
	for i, addr := range addrs {
		if err := l.open(ctx, addr); err != nil {
			if busy, ok := errors.AsType[*BusyError](err); ok && busy.TakenBy(l.texts()...) {
				err = &AddrError{addr, "another address that is given includes it"}
				if slices.Contains(addrs[:i], addr) {
					err = &AddrError{addr, "it is given twice"}
				}
			}
			_ = l.Close()
			return nil, err
		}
	}
	return &l, nil
}

// ListenNext is Listen without addresses, but when another program has the
// default port it takes the next free one.
func ListenNext(ctx context.Context) (*Listening, error) {
	return listenFrom(ctx, DefaultPort, nextPorts)
}

// listenFrom listens on loopback, on the first of n ports that no other program has.
// When they all are taken, the error is that of the first.
func listenFrom(ctx context.Context, port, n int) (*Listening, error) {
	var first error
	for i := range n {
		l, err := Listen(ctx, ":"+strconv.Itoa(port+i))
		if _, busy := errors.AsType[*BusyError](err); !busy {
			return l, err
		}
		first = cmp.Or(first, err)
	}
	return nil, first
}

// Close closes the listeners.
func (l *Listening) Close() error {
	var errs []error
	for _, ln := range l.Listeners {
		errs = append(errs, ln.Close())
	}
	return errors.Join(errs...)
}

// Addrs are the addresses listened on, in the order they were asked for.
func (l *Listening) Addrs() []netip.AddrPort {
	addrs := make([]netip.AddrPort, len(l.Listeners))
	for i, ln := range l.Listeners {
		if a, ok := ln.Addr().(*net.TCPAddr); ok {
			addrs[i] = netip.AddrPortFrom(a.AddrPort().Addr().Unmap(), a.AddrPort().Port())
		}
	}
	return addrs
}

func (l *Listening) texts() []string {
	var out []string
	for _, a := range l.Addrs() {
		out = append(out, a.String())
	}
	return out
}

// URL is where a program on this machine reaches the first listener.
func (l *Listening) URL(https bool) string {
	scheme := "http://"
	if https {
		scheme = "https://"
	}
	a := l.Addrs()[0]
	if a.Addr().IsUnspecified() {
		a = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), a.Port())
	}
	return scheme + a.String()
}

// AddrError is the error for what is no address to listen on.
type AddrError struct {
	Addr string
	Want string // what is right
}

func (e *AddrError) Error() string { return fmt.Sprintf("listen on %q: %s", e.Addr, e.Want) }

func (l *Listening) open(ctx context.Context, addr string) error {
	if _, err := strconv.Atoi(addr); err == nil {
		addr = ":" + addr
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return &AddrError{addr, "want HOST:PORT, :PORT or PORT"}
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil {
		return &AddrError{addr, "the port must be a number from 0 to 65535"}
	} else if host == "" || strings.EqualFold(host, "localhost") {
		return l.openLoopback(ctx, int(n))
	}
	ln, err := listenOn(ctx, network(host), addr)
	if err != nil {
		return err
	}
	l.Listeners = append(l.Listeners, ln)
	l.warn(ln.Addr())
	return nil
}

// network keeps 0.0.0.0 to IPv4, as it says; [::] is every address of both.
func network(host string) string {
	if ip, err := netip.ParseAddr(host); err == nil && ip.Is4() {
		return "tcp4"
	}
	return "tcp"
}

func (l *Listening) warn(addr net.Addr) {
	a, ok := addr.(*net.TCPAddr)
	switch {
	case !ok || a.IP.IsLoopback():
	case a.IP.IsUnspecified():
		l.Warnings = append(l.Warnings, fmt.Sprintf(
			"listening on every interface (%s): anyone on the network can send requests here", a))
	default:
		l.Warnings = append(l.Warnings, fmt.Sprintf(
			"listening on %s: others on that network can send requests here", a))
	}
}

// openLoopback listens on 127.0.0.1 and ::1 with the same port.
func (l *Listening) openLoopback(ctx context.Context, port int) error {
	const tries = 20 // for a port that is free on both
	for i := 0; ; i++ {
		pair, err := loopbackPair(ctx, port)
		var busy *BusyError
		if port == 0 && i < tries && errors.As(err, &busy) {
			continue
		}
		if err != nil {
			return err
		}
		l.Listeners = append(l.Listeners, pair...)
		return nil
	}
}

func loopbackPair(ctx context.Context, port int) ([]net.Listener, error) {
	v4, err := listenOn(ctx, "tcp4", "127.0.0.1:"+strconv.Itoa(port))
	if err != nil {
		if !lacksFamily(err) {
			return nil, err
		}
		v6, err := listenOn(ctx, "tcp6", "[::1]:"+strconv.Itoa(port))
		return []net.Listener{v6}, err
	}
	port = v4.Addr().(*net.TCPAddr).Port
	v6, err := listenOn(ctx, "tcp6", "[::1]:"+strconv.Itoa(port))
	switch {
	case err == nil:
		return []net.Listener{v4, v6}, nil
	case lacksFamily(err):
		return []net.Listener{v4}, nil
	}
	_ = v4.Close()
	return nil, err
}

func listenOn(ctx context.Context, network, addr string) (net.Listener, error) {
	var config net.ListenConfig
	ln, err := config.Listen(ctx, network, addr)
	switch {
	case err == nil:
		return ln, nil
	case errors.Is(err, errBusy):
		return nil, &BusyError{Addr: addr}
	case errors.Is(err, errNotPermitted):
		return nil, fmt.Errorf("listen on %s: not permitted: %s", addr, notPermitted)
	case errors.Is(err, errNoAddress):
		return nil, fmt.Errorf("listen on %s: this machine has no such address: %w", addr, err)
	default:
		return nil, fmt.Errorf("listen on %s: %w", addr, err)
	}
}

// lacksFamily reports whether the machine has no IPv4, or no IPv6.
func lacksFamily(err error) bool {
	return errors.Is(err, errNoAddress) || errors.Is(err, errNoFamily) ||
		errors.Is(err, errNoProtocol)
}
