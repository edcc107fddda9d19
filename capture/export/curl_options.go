package export

import (
	"strings"
	"sync"
)

// curlOption is one option of curl.
type curlOption struct {
	value bool // it takes one
	// set and flag change the request; both nil: the option does not.
	set  func(*curlCommand, string) error
	flag func(c *curlCommand, on bool)
	// refused says why a command with the option is not read.
	refused string
}

// curlOptions are the options of curl 8 by their long names.
var curlOptions = sync.OnceValue(func() map[string]curlOption {
	all := map[string]curlOption{}
	for name := range strings.FieldsSeq(curlFlags) {
		all[name] = curlOption{}
	}
	for name := range strings.FieldsSeq(curlValues) {
		all[name] = curlOption{value: true}
	}
	for name, set := range curlSetters() {
		all[name] = curlOption{value: true, set: set}
	}
	for name, flag := range curlSwitches() {
		all[name] = curlOption{flag: flag}
	}
	for name, why := range curlRefused() {
		all[name] = curlOption{refused: why}
	}
	return all
})

// curlSetters make the request; each is given the value of its option.
func curlSetters() map[string]func(*curlCommand, string) error {
	return map[string]func(*curlCommand, string) error{
		"request":        func(c *curlCommand, v string) error { c.method = v; return nil },
		"url":            (*curlCommand).addURL,
		"url-query":      (*curlCommand).addQuery,
		"request-target": func(c *curlCommand, v string) error { c.target = v; return nil },
		"proto-default":  func(c *curlCommand, v string) error { c.scheme = v; return nil },
		"header":         (*curlCommand).addHeader,
		"user-agent":     func(c *curlCommand, v string) error { c.agent = &v; return nil },
		"referer":        func(c *curlCommand, v string) error { c.referer, _, _ = strings.Cut(v, ";auto"); return nil },
		"cookie":         (*curlCommand).addCookie,
		"user":           (*curlCommand).setUser,
		"oauth2-bearer":  func(c *curlCommand, v string) error { c.authorization = "Bearer " + v; return nil },
		"range":          func(c *curlCommand, v string) error { c.byteRange = v; return nil },
		"time-cond":      (*curlCommand).setTimeCondition,
		"data":           func(c *curlCommand, v string) error { return c.addData(v, dataText, "&") },
		"data-ascii":     func(c *curlCommand, v string) error { return c.addData(v, dataText, "&") },
		"data-binary":    func(c *curlCommand, v string) error { return c.addData(v, dataBinary, "&") },
		"data-raw":       func(c *curlCommand, v string) error { return c.addData(v, dataRaw, "&") },
		"json":           func(c *curlCommand, v string) error { c.json = true; return c.addData(v, dataBinary, "") },
		"data-urlencode": (*curlCommand).addEncoded,
		"form":           (*curlCommand).addForm,
		"form-string":    (*curlCommand).addFormString,
	}
}

// curlSwitches make the request, or say how the other options are read.
func curlSwitches() map[string]func(c *curlCommand, on bool) {
	return map[string]func(c *curlCommand, on bool){
		"get":         func(c *curlCommand, on bool) { c.get = on },
		"head":        func(c *curlCommand, on bool) { c.head = on },
		"compressed":  func(c *curlCommand, on bool) { c.compressed = on },
		"globoff":     func(c *curlCommand, on bool) { c.globOff = on },
		"path-as-is":  func(c *curlCommand, on bool) { c.pathAsIs = on },
		"form-escape": func(c *curlCommand, on bool) { c.formEscape = on },
		"http1.0":     func(c *curlCommand, on bool) { c.http10 = on },
	}
}

const (
	readsFile = "it reads a file, which is not read here: put its content in the command"
	negotiate = "the request depends on what the server answers, or on the time"
)

// curlRefused are the options with which it cannot be said what curl sends.
func curlRefused() map[string]string {
	return map[string]string{
		"config": readsFile, "netrc": readsFile, "netrc-file": readsFile, "netrc-optional": readsFile,
		"upload-file": readsFile, "etag-compare": readsFile,
		"anyauth": negotiate, "digest": negotiate, "negotiate": negotiate, "ntlm": negotiate, "ntlm-wb": negotiate, "aws-sigv4": negotiate,
		"continue-at": "the request depends on a file", "skip-existing": "the request depends on a file",
		"variable":    "variables of curl are not put in: write the value itself",
		"tr-encoding": "the field TE is for one connection and is not kept",
		"metalink":    "it is no HTTP request", "quote": "it is no HTTP request", "telnet-option": "it is no HTTP request",
		"help": "it sends no request", "manual": "it sends no request", "version": "it sends no request", "dump-ca-embed": "it sends no request",
	}
}

// curlFlags take no value and do not change the request that is sent first.
const curlFlags = `
	append basic buffer ca-native cert-status clobber compressed-ssh create-dirs crlf disable disable-eprt
	disable-epsv disallow-username-in-url doh-cert-status doh-insecure alpn npn keepalive progress-meter sessionid
	fail fail-early fail-with-body false-start follow ftp-create-dirs ftp-pasv ftp-pret ftp-skip-pasv-ip
	ftp-ssl-ccc ftp-ssl-control ftp-ssl ftp-ssl-reqd haproxy-protocol http0.9 http1.1 http2 http2-prior-knowledge
	http3 http3-only ignore-content-length include insecure ipv4 ipv6 junk-session-cookies list-only location
	location-trusted mail-rcpt-allowfails mptcp out-null parallel parallel-immediate post301 post302 post303
	progress-bar proxy-anyauth proxy-basic proxy-ca-native proxy-digest proxy-http2 proxy-insecure
	proxy-negotiate proxy-ntlm proxy-ssl-allow-beast proxy-ssl-auto-client-cert proxy-tlsv1 proxytunnel raw
	remote-header-name remote-name remote-name-all remote-time remove-on-error retry-all-errors
	retry-connrefused sasl-ir show-error show-headers silent socks5-basic socks5-gssapi socks5-gssapi-nec ssl
	ssl-allow-beast ssl-auto-client-cert ssl-no-revoke ssl-reqd ssl-revoke-best-effort sslv2 sslv3 styled-output
	suppress-connect-headers tcp-fastopen tcp-nodelay tftp-no-options tls-earlydata tlsv1 tlsv1.0 tlsv1.1
	tlsv1.2 tlsv1.3 trace-ids trace-time use-ascii verbose xattr`

// curlValues take a value and do not change the request that is sent first.
const curlValues = `
	abstract-unix-socket alt-svc cacert capath cert cert-type ciphers connect-timeout connect-to cookie-jar
	create-file-mode crlfile curves delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url
	dump-header ech egd-file engine etag-save expect100-timeout ftp-account ftp-alternative-to-user ftp-method
	ftp-port ftp-ssl-ccc-mode happy-eyeballs-timeout-ms haproxy-clientip hostpubmd5 hostpubsha256 hsts interface
	ip-tos ipfs-gateway keepalive-cnt keepalive-time key key-type knownhosts krb libcurl limit-rate local-port
	login-options mail-auth mail-from mail-rcpt max-filesize max-redirs max-time noproxy output output-dir
	parallel-max parallel-max-host pass pinnedpubkey preproxy proto proto-redir proxy proxy-cacert proxy-capath
	proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass
	proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser
	proxy-user proxy1.0 pubkey random-file rate request-mode resolve retry retry-delay retry-max-time
	sasl-authzid service-name sigalgs socks4 socks4a socks5 socks5-gssapi-service socks5-hostname speed-limit
	speed-time ssl-sessions stderr tftp-blksize tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace
	trace-ascii trace-config unix-socket upload-flags vlan-priority write-out`

// curlShort are the short names.
var curlShort = map[byte]string{
	'0': "http1.0", '1': "tlsv1", '2': "sslv2", '3': "sslv3", '4': "ipv4", '6': "ipv6", 'a': "append", 'A': "user-agent",
	'b': "cookie", 'B': "use-ascii", 'c': "cookie-jar", 'C': "continue-at", 'd': "data", 'D': "dump-header", 'e': "referer",
	'E': "cert", 'f': "fail", 'F': "form", 'g': "globoff", 'G': "get", 'h': "help", 'H': "header", 'i': "show-headers",
	'I': "head", 'j': "junk-session-cookies", 'J': "remote-header-name", 'k': "insecure", 'K': "config", 'l': "list-only",
	'L': "location", 'm': "max-time", 'M': "manual", 'n': "netrc", 'N': "no-buffer", 'o': "output", 'O': "remote-name",
	'p': "proxytunnel", 'P': "ftp-port", 'q': "disable", 'Q': "quote", 'r': "range", 'R': "remote-time", 's': "silent",
	'S': "show-error", 't': "telnet-option", 'T': "upload-file", 'u': "user", 'U': "proxy-user", 'v': "verbose",
	'V': "version", 'w': "write-out", 'x': "proxy", 'X': "request", 'y': "speed-time", 'Y': "speed-limit", 'z': "time-cond",
	'Z': "parallel", '#': "progress-bar", ':': "next",
}
