package provider

import (
	"bytes"

	"creel/capture/jsontok"
	"creel/capture/lazy"
)

// snsHost is where Amazon serves the certificates and confirmations of SNS; any
// other host in a message is a forgery.
var snsHost = lazy.Regexp(`^sns\.[a-zA-Z0-9-]{3,}\.amazonaws\.com(\.cn)?$`)

// sns signs some members of the body with RSA; the secret is the certificate
// that SigningCertURL names. It is not fetched: that would be a request that a
// captured body decides.
func sns() Scheme {
	return Scheme{
		Provider: "aws-sns", Title: "AWS SNS", Names: []string{"sns"}, Detect: []string{"x-amz-sns-message-type"}, orDetect: []string{"body:TopicArn", "body:SigningCertURL"},
		Alg: algRSA256, certificate: true, read: readSNS, contents: snsContent, also: snsCertHost, write: writeSNS,
		words: "RSA of the members Message to Type, base64, in Signature of the body; the certificate stands at SigningCertURL",
		ID:    []string{"h:x-amz-sns-message-id", "b:MessageId"}, Event: []string{"b:Subject", "h:x-amz-sns-message-type", "b:Type"},
		Deadline: 15, Source: "https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html",
	}
}

func readSNS(_ *Scheme, m *message) claim {
	sig, ok := jsonString(m.body, "Signature")
	if !ok {
		return noSignature
	}
	alg := ""
	switch v, _ := jsonString(m.body, "SignatureVersion"); v {
	case "1":
		alg = algRSA1
	case "2":
		alg = algRSA256
	default:
		return claim{reason: NoKnown}
	}
	raw, err := decodeBase64(sig)
	if err != nil || len(raw) == 0 {
		return claim{reason: Malformed}
	}
	return claim{sigs: []candidate{{text: sig, raw: raw, alg: alg}}}
}

func snsContent(_ *Scheme, m *message, _ *claim, _ int, _ string) [][]byte {
	members := []string{"Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"}
	if v, _ := jsonString(m.body, "Type"); v != "Notification" {
		members = []string{"Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"}
	}
	var b bytes.Buffer
	for _, k := range members {
		if v, ok := jsonString(m.body, k); ok && (k != "Subject" || v != "") {
			b.WriteString(k + "\n" + v + "\n")
		}
	}
	return [][]byte{b.Bytes()}
}

// snsCertHost refuses a message whose certificate is not Amazon's to serve.
func snsCertHost(m *message, _ *claim, _ key) string {
	v, _ := jsonString(m.body, "SigningCertURL")
	if u := parseURL(v); u != nil && u.Scheme == "https" && snsHost().MatchString(u.Host) {
		return ""
	}
	return "the signature fits the certificate, but SigningCertURL is not an address of Amazon SNS: a receiver must refuse it"
}

func writeSNS(s *Scheme, d *draft, k key, _ string) error {
	alg := algRSA1
	if v, _ := jsonString(d.body, "SignatureVersion"); v == "2" {
		alg = algRSA256
	}
	_ = d.setJSON("Timestamp", jsontok.Quote(formatTime(d.at, "rfc3339"))) // one that has none is signed without
	sig, err := sign(alg, k, snsContent(s, d.message(), nil, 0, "")[0])
	if err != nil {
		return err
	}
	return d.setJSON("Signature", jsontok.Quote(encode("base64", sig)))
}
