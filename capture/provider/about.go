package provider

import (
	"slices"
	"sync"
	"time"
)

// Info is what is known of one provider, for the list of them.
type Info struct {
	Name      string        // as in filters and flags
	Title     string        // for people
	Names     []string      // other names that secrets go by
	Scheme    string        // how it signs, in words
	Signed    bool          // it signs, or sends a token
	CanSign   bool          // creel can sign with the secret
	Asks      SecretKind    // what its signatures are checked with
	DevKey    bool          // a development key can stand in for the sender's
	SignsURL  bool          // the signature covers the URL: see Result.URL
	Handshake string        // what is answered by itself; empty for nothing
	Limit     time.Duration // how long it waits for the answer; 0: not known
	Retries   string        // in words; empty: not known
	Samples   []string      // the events there is a sample of
	Source    string        // where this is published
}

// Providers lists what is known of each, the user's own schemes first. A
// provider is listed once for each way in which it signs.
func (s *Set) Providers() []Info {
	all := make([]Info, 0, len(s.rows))
	for _, r := range s.rows {
		i := s.about(r)
		if slices.ContainsFunc(all, func(o Info) bool { return o.Name == i.Name && o.Scheme == i.Scheme }) {
			continue // it only looks different
		}
		if slices.ContainsFunc(all, func(o Info) bool { return o.Name == i.Name }) {
			i.Samples = nil
		}
		all = append(all, i)
	}
	return all
}

// About is what is known of one provider, by its name or another of its names;
// false for an unknown one.
func (s *Set) About(name string) (Info, bool) {
	row := s.scheme(name)
	if row == nil {
		return Info{}, false
	}
	return s.about(row), true
}

func (s *Set) about(r *Scheme) Info {
	return Info{
		Name: r.Provider, Title: r.Title, Names: r.Names, Scheme: r.Words(), Signed: r.signs(), CanSign: r.symmetric(),
		Asks: r.secretKind(), DevKey: r.takesDevKey(), SignsURL: r.url,
		Handshake: s.handshakeOf(r.Provider), Limit: r.limit(), Retries: r.Retries,
		Samples: sampleEvents(r.Provider), Source: r.Source,
	}
}

// Limit is how long the provider waits for an answer; zero when that is not known.
func (s *Set) Limit(provider string) time.Duration {
	for _, r := range s.rows {
		if r.Provider == provider {
			return r.limit()
		}
	}
	return 0
}

// OtherNames returns the other names that a provider of the table goes by, such as
// hubspot for hubspot-v3. The slice must not be changed.
func OtherNames(provider string) []string { return otherNames()[provider] }

var otherNames = sync.OnceValue(func() map[string][]string {
	names := map[string][]string{}
	for _, r := range table() {
		names[r.Provider] = append(names[r.Provider], r.Names...)
	}
	return names
})

// SignsURL reports whether the signatures of a provider of the table cover the
// whole URL, and with it the host.
func SignsURL(provider string) bool {
	return slices.ContainsFunc(table(), func(r *Scheme) bool { return r.Provider == provider && r.url })
}

// GoingBy returns the providers of the table that have name among their other
// names, such as hubspot-v3 for hubspot, in order.
func GoingBy(name string) []string {
	var found []string
	for provider, names := range otherNames() {
		if provider != name && slices.Contains(names, name) {
			found = append(found, provider)
		}
	}
	slices.Sort(found)
	return found
}
