package server

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"creel/capture"
)

// Tunnel says of a listener that requests reach it through a tunnel, and what is
// believed there of what the tunnel's service says about them. On ordinary listeners
// the same fields are data and decide nothing. Its functions are called from many
// goroutines.
type Tunnel struct {
	// Via names the tunnel in exchanges, such as cloudflared.
	Via string
	// PublicURL returns the URL that senders call at the moment, such as
	// https://name.example.com; nil or empty when it is not known yet.
	PublicURL func() string
	// ClientField names the field with the address of the sender, such as
	// Cf-Connecting-Ip or X-Forwarded-For; of a list the last item counts, which the
	// service itself has added. Empty: the address of the connection.
	ClientField string
	// SchemeField and HostField name the fields with the scheme and the host that the
	// sender called. Empty: those of the public URL.
	SchemeField, HostField string
	// ProxyProtocol says that connections begin with a PROXY header, version 1 or 2,
	// which gives the address of the sender.
	ProxyProtocol bool
	// Rewrites says that the service rewrites heads, so that the order and
	// spelling of fields are not the sender's.
	Rewrites bool
	// Reserialized, when set, reports whether the service parsed the body of the newest
	// request and wrote it again.
	Reserialized func() bool
	// Reply, when set, is asked first: a request for which ok is true gets that reply
	// and is not captured, such as one beside the path that the tunnel is for.
	Reply func(method, target string) (status int, body string, ok bool)
}

// ServeTunnel accepts connections on l until it is closed or Shutdown, when it returns
// nil, or until it fails for good. It may be called at any time, also while Serve
// runs. TLS is not spoken there: the tunnel ends it.
func (s *Server) ServeTunnel(l net.Listener, t Tunnel) error {
	s.init()
	err := s.http.Serve(&listener{Listener: l, srv: s, tunnel: &t, closed: make(chan struct{})})
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// describe notes in ex what is believed of it. peer is the sender as the PROXY header
// gave it.
func (t *Tunnel) describe(ex *capture.Exchange, peer netip.AddrPort) {
	ex.Via, ex.PublicURL = t.Via, t.publicURL(&ex.Request)
	if peer.IsValid() {
		ex.Request.Remote = peer.String()
	}
	if addr := lastAddr(&ex.Request, t.ClientField); addr != "" {
		ex.Request.Remote = addr
	}
	if t.Rewrites {
		ex.Request.Exact = false
	}
	ex.Request.Reserialized = t.Reserialized != nil && t.Reserialized()
}

// publicURL is the URL of the tunnel as the sender of r called it.
func (t *Tunnel) publicURL(r *capture.Request) string {
	known := ""
	if t.PublicURL != nil {
		known = t.PublicURL()
	}
	scheme, rest, ok := strings.Cut(known, "://")
	if !ok {
		scheme, rest = "https", known
	}
	host, path, _ := strings.Cut(rest, "/")
	if v := believed(r, t.SchemeField); v == "http" || v == "https" {
		scheme = v
	}
	if v := believed(r, t.HostField); v != "" {
		if u, err := url.Parse(scheme + "://" + v); err == nil && u.Host == v {
			host = v
		}
	}
	if host == "" {
		return ""
	}
	if path != "" {
		host += "/" + path
	}
	return scheme + "://" + host
}

// believed returns the last item of a field; empty when name is, which a field of a
// malformed head may be, or when the request has no such field.
func believed(r *capture.Request, name string) string {
	if name == "" {
		return ""
	}
	for i := len(r.Fields) - 1; i >= 0; i-- {
		if capture.EqualFold(r.Fields[i].Name, name) {
			list := r.Fields[i].Value
			return strings.TrimSpace(list[strings.LastIndexByte(list, ',')+1:])
		}
	}
	return ""
}

// lastAddr returns the address in a field, with its port when it has one; empty when
// it is none.
func lastAddr(r *capture.Request, name string) string {
	v := believed(r, name)
	if a, err := netip.ParseAddrPort(v); err == nil {
		return a.String()
	}
	if a, err := netip.ParseAddr(strings.Trim(v, "[]")); err == nil {
		return a.WithZone("").String()
	}
	return ""
}
