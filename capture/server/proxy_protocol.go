package server

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"strings"
)

const (
	proxyV1Begin = "PROXY "
	proxyV1Max   = 107 // the longest header of version 1, with its line end
	proxyV2Begin = "\r\n\r\n\x00\r\nQUIT\n"
	proxyV2Head  = 16      // what stands before the addresses
	proxyV2Max   = 4 << 10 // what may follow; the protocol allows more
)

var errProxyHeader = errors.New("the connection does not begin with a PROXY header")

// parseProxy reads the PROXY header at the beginning of b. It returns the address of
// the sender, which is not valid when the header names none, and the length of the
// header; 0 when more of it has to come.
func parseProxy(b []byte) (sender netip.AddrPort, n int, err error) {
	switch {
	case begins(b, proxyV1Begin):
		return parseProxyV1(b)
	case begins(b, proxyV2Begin):
		return parseProxyV2(b)
	}
	return netip.AddrPort{}, 0, errProxyHeader
}

// begins reports whether b may begin with text, as far as it has come.
func begins(b []byte, text string) bool {
	n := min(len(b), len(text))
	return string(b[:n]) == text[:n]
}

// parseProxyV1 reads a line such as "PROXY TCP4 192.0.2.1 192.0.2.2 56324 443".
func parseProxyV1(b []byte) (sender netip.AddrPort, n int, err error) {
	end := bytes.Index(b[:min(len(b), proxyV1Max)], []byte("\r\n"))
	if end < 0 {
		if len(b) >= proxyV1Max {
			return sender, 0, errProxyHeader
		}
		return sender, 0, nil
	}
	parts := strings.Split(string(b[:end]), " ")
	if parts[1] == "UNKNOWN" {
		return sender, end + 2, nil
	}
	if len(parts) != 6 || parts[1] != "TCP4" && parts[1] != "TCP6" {
		return sender, 0, errProxyHeader
	}
	sender, err = netip.ParseAddrPort(net.JoinHostPort(parts[2], parts[4]))
	if err != nil || sender.Addr().Is4() != (parts[1] == "TCP4") || sender.Addr().Zone() != "" {
		return netip.AddrPort{}, 0, errProxyHeader
	}
	return sender, end + 2, nil
}

// parseProxyV2 reads a binary header.
func parseProxyV2(b []byte) (sender netip.AddrPort, n int, err error) {
	if len(b) < proxyV2Head {
		return sender, 0, nil
	}
	version, command, family := b[12]>>4, b[12]&0xf, b[13]>>4
	size := int(binary.BigEndian.Uint16(b[14:]))
	if version != 2 || command > 1 || size > proxyV2Max {
		return sender, 0, errProxyHeader
	}
	if len(b) < proxyV2Head+size {
		return sender, 0, nil
	}
	n = proxyV2Head + size
	rest := b[proxyV2Head:n]
	addrSize := map[byte]int{1: 4, 2: 16}[family]
	if command == 0 || addrSize == 0 {
		return sender, n, nil // a check of the proxy itself, or no TCP
	}
	if len(rest) < 2*addrSize+4 {
		return sender, 0, errProxyHeader
	}
	addr, _ := netip.AddrFromSlice(rest[:addrSize])
	return netip.AddrPortFrom(addr, binary.BigEndian.Uint16(rest[2*addrSize:])), n, nil
}

// proxyConn is a connection that begins with a PROXY header.
type proxyConn struct {
	net.Conn
	sender netip.AddrPort // set by the first Read
	done   bool           // the header was read
	rest   []byte         // what was read behind the header
}

// Read reads what follows the header.
func (c *proxyConn) Read(p []byte) (int, error) {
	if !c.done {
		if err := c.readHeader(); err != nil {
			return 0, err
		}
	}
	if len(c.rest) > 0 {
		n := copy(p, c.rest)
		c.rest = c.rest[n:]
		return n, nil
	}
	return c.Conn.Read(p)
}

func (c *proxyConn) readHeader() error {
	buf := make([]byte, 512)
	for {
		n, err := c.Conn.Read(buf)
		c.rest = append(c.rest, buf[:n]...)
		sender, size, bad := parseProxy(c.rest)
		switch {
		case bad != nil:
			return bad
		case size > 0:
			c.sender, c.done, c.rest = sender, true, c.rest[size:]
			return nil
		case err != nil:
			return err
		}
	}
}

// NetConn returns the connection beneath, so that a fault can reset it.
func (c *proxyConn) NetConn() net.Conn { return c.Conn }

// CloseWrite closes the sending side.
func (c *proxyConn) CloseWrite() error { return closeWrite(c.Conn) }
