package cli

import (
	"slices"
	"testing"
)

// The certificate that --tls makes is for the names that creel listens on.
func TestNamesOfTheCertificate(t *testing.T) {
	p := inProcess(t, t.TempDir(), nil)
	p.opts.tls = true
	p.opts.listen.values = []string{"devbox.local:4665", ":1", "0.0.0.0:2", "[::]:3", "[fe80::1]:4", "10.0.0.7:5"}
	c, err := p.tlsConfig()
	if err != nil {
		t.Fatal(err)
	}
	leaf := c.Certificates[0].Leaf
	if want := []string{"localhost", "devbox.local"}; !slices.Equal(leaf.DNSNames, want) {
		t.Errorf("names %q, want %q", leaf.DNSNames, want)
	}
	var addresses []string
	for _, ip := range leaf.IPAddresses {
		addresses = append(addresses, ip.String())
	}
	if want := []string{"127.0.0.1", "::1", "10.0.0.7"}; !slices.Equal(addresses, want) {
		t.Errorf("addresses %q, want %q", addresses, want)
	}
}
