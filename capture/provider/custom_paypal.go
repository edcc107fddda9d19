package provider

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"
)

const payPalPrefix = "PAYPAL-TRANSMISSION-"

// payPal signs id, time, the webhook's own id and a checksum of the body with
// RSA. The secret is {"webhook_id": ..., "cert_pem": ...}, or both in plain text.
func payPal() Scheme {
	return Scheme{
		Provider: "paypal", Title: "PayPal", When: []string{"b:create_time"}, Detect: []string{payPalPrefix + "SIG"}, orDetect: []string{payPalPrefix + "ID"},
		Sig: []string{payPalPrefix + "SIG"}, Alg: algRSA256, certificate: true, Out: "base64",
		contents: payPalContent, keyOf: payPalKey, also: payPalCertHost, TS: "h:" + payPalPrefix + "TIME", TSUnit: "rfc3339",
		words: "RSA with SHA-256 of {id}|{time}|{webhook id}|{crc32 of body}, base64, in " + payPalPrefix + "SIG",
		ID:    []string{"b:id", "h:" + payPalPrefix + "ID"}, Event: []string{"b:event_type"}, Source: "https://developer.paypal.com/api/rest/webhooks/rest/",
	}
}

func payPalSecret(secret string) (webhookID, cert string) {
	var s struct {
		WebhookID string `json:"webhook_id"`
		Cert      string `json:"cert_pem"`
	}
	if json.Unmarshal([]byte(secret), &s) == nil {
		return s.WebhookID, s.Cert
	}
	if i := strings.Index(secret, "-----BEGIN"); i >= 0 {
		return strings.TrimSpace(secret[:i]), secret[i:]
	}
	return "", ""
}

func payPalKey(secret string) (key, error) {
	id, cert := payPalSecret(secret)
	if id == "" || cert == "" {
		return key{}, errors.New(`the secret of PayPal is {"webhook_id": "...", "cert_pem": "..."}`)
	}
	return publicKey(cert)
}

func payPalContent(_ *Scheme, m *message, c *claim, _ int, secret string) [][]byte {
	id, _ := m.req.Get(payPalPrefix + "ID")
	hook, _ := payPalSecret(secret)
	if secret == hidden {
		hook = "‹webhook id›"
	}
	return [][]byte{fmt.Appendf(nil, "%s|%s|%s|%d", id, c.ts, hook, crc32.ChecksumIEEE(m.body))}
}

// payPalCertHost refuses a certificate that is not PayPal's to serve.
func payPalCertHost(m *message, _ *claim, _ key) string {
	v, ok := m.req.Get("PAYPAL-CERT-URL")
	u := parseURL(v)
	if !ok || u != nil && u.Scheme == "https" && (u.Hostname() == "paypal.com" || strings.HasSuffix(u.Hostname(), ".paypal.com")) {
		return ""
	}
	return "the signature fits the certificate, but PAYPAL-CERT-URL is not an address of PayPal: a receiver must refuse it"
}
