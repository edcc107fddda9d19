package forward

import (
	"cmp"
	"fmt"
	"strings"

	"golang.org/x/net/http/httpguts"

	"creel/capture"
	"creel/capture/words"
)

// KeepHost as the Host of a [Target] sends the captured Host.
const KeepHost = "keep"

// Target is a URL that exchanges are forwarded to, and on what terms. It is a
// value; its slices must not be changed once it is in use.
type Target struct {
	Name string // what to call it; empty: the URL
	URL  URL
	// Exact says that URL is where everything goes, whatever was captured: its
	// path may be /, and a * in it is a *.
	Exact bool
	// Path restricts it to this path and below; empty for every path.
	Path string
	// StripPrefix takes Path off what is sent.
	StripPrefix bool
	// Host is the Host to send: empty for the URL's own, KeepHost for the
	// captured one, else this one literally.
	Host string
	// Headers are set on what is sent: the first field of that name is
	// replaced, the others are dropped; without one it is added at the end.
	Headers []capture.Field
	// Forwarded adds X-Forwarded-For, -Proto and -Host.
	Forwarded bool
	Insecure  bool   // any certificate will do
	CACert    string // file of further certificate authorities, PEM
	// Ordered delivers one at a time, in the order of arrival.
	Ordered bool
	// Disabled targets get nothing. The zero value is on.
	Disabled bool
}

// ParseTarget reads a target as it is written for --forward: a URL or port, with
// PATH= before it to restrict it to that path and below.
func ParseTarget(spec string) (Target, error) {
	t := Target{}
	spec = strings.TrimSpace(spec)
	if path, url, ok := strings.Cut(spec, "="); ok && strings.HasPrefix(path, "/") {
		t.Path, spec = strings.TrimRight(path, "/"), url
	}
	var err error
	t.URL, err = ParseURL(spec)
	if path, url, ok := strings.Cut(spec, "="); err != nil && ok && !strings.ContainsAny(path, "/:?") && CheckURL(url) == nil {
		err = fmt.Errorf("url: %q: the path begins with /: did you mean /%s?", spec, spec)
	}
	return t, err
}

// Exactly is the target that leads to a URL as an attempt has it in To, whatever
// is sent there.
func Exactly(url string) (Target, error) {
	u, err := ParseURL(url)
	if err != nil {
		return Target{}, err
	}
	u.Path = cmp.Or(u.Path, "/")
	return Target{URL: u, Exact: true}, nil
}

// called is the URL that the receiver is called by: where req goes, with the Host
// that is sent.
func (t Target) called(req *capture.Request) URL {
	u := t.Resolve(req.Target)
	u.Host = t.hostOf(req, u)
	return u
}

// hostOf is the Host that is sent when req goes to url.
func (t Target) hostOf(req *capture.Request, url URL) string {
	switch t.Host {
	case "":
		return url.Host
	case KeepHost:
		return req.Host
	}
	return t.Host
}

// At returns the target that leads to that request target on the same server,
// whatever is sent there.
func (t Target) At(target string) Target {
	t.URL.Path, t.URL.Query = SplitTarget(target)
	t.Exact = true
	return t
}

// Check returns why nothing can be sent with the target's host, header fields or
// certificate authorities, if so: a user should hear it at once, not with the first
// request.
func (t Target) Check() error {
	if !httpguts.ValidHostHeader(t.Host) {
		return fmt.Errorf("host: %q is no host", t.Host)
	}
	for _, f := range t.Headers {
		if !httpguts.ValidHeaderFieldName(f.Name) {
			return fmt.Errorf("headers: %q is not the name of a header field", f.Name)
		}
		if strings.ContainsAny(f.Value, "\r\n\x00") {
			return fmt.Errorf("headers: the value of %s has a line break or a NUL", f.Name)
		}
		if strings.EqualFold(f.Name, "Content-Length") || strings.EqualFold(f.Name, "Transfer-Encoding") {
			return fmt.Errorf("headers: creel writes %s as the body needs it: leave it out", f.Name)
		}
	}
	if t.CACert == "" {
		return nil
	}
	_, err := certPool(t.CACert)
	return err
}

// Spec is the target as it is written for --forward.
func (t Target) Spec() string {
	if t.Path == "" {
		return t.URL.String()
	}
	return t.Path + "=" + t.URL.String()
}

// Key names the target among others: its URL as configured. Pending deliveries
// are kept under it.
func (t Target) Key() string { return t.URL.String() }

// Meant returns the places of the targets that a user means by spec: a name, or
// [PATH=]URL. A URL alone means the target without a path; where there is none, that
// URL on each path.
func Meant(list []Target, spec string) []int {
	var all, whole []int
	for i, t := range list {
		if !t.means(spec) {
			continue
		}
		all = append(all, i)
		if t.Path == "" || t.Name == spec {
			whole = append(whole, i)
		}
	}
	if len(whole) > 0 {
		return whole
	}
	return all
}

// means reports whether spec names t, if with a path then with that one.
func (t Target) means(spec string) bool {
	switch spec {
	case "":
		return false
	case t.Name, t.Label(), t.Spec():
		return true
	}
	x, err := ParseTarget(spec)
	return err == nil && x.Key() == t.Key() && (x.Path == "" || x.Path == t.Path)
}

// Label is a short name for people: the name, or the URL with what goes without
// saying left out, such as ":3000/hooks". It is text from the user, not from a
// sender.
func (t Target) Label() string {
	if t.Name != "" {
		return t.Name
	}
	return t.URL.Short()
}

// Short is the URL in short, as [words.URL] writes it.
func (u URL) Short() string { return words.URL(u.String()) }

// ShortURL is a URL in short, or the text as it is where that is none.
func ShortURL(text string) string {
	u, err := ParseURL(text)
	if err != nil {
		return text
	}
	return u.Short()
}

// Resolve says where a request goes that was captured with that request target.
func (t Target) Resolve(captured string) URL {
	if t.Exact {
		return t.URL
	}
	strip := ""
	if t.StripPrefix {
		strip = t.Path
	}
	return ResolveURL(t.URL, captured, strip)
}
