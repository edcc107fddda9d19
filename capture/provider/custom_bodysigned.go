package provider

import (
	"bytes"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"creel/capture/jsontok"
	"creel/capture/lazy"
)

// bodySignedRows carry the signature inside the body, which it does not cover
// as a whole.
func bodySignedRows() []Scheme {
	return []Scheme{
		{ // signs a timestamp and a token; the event itself is not covered.
			Provider: "mailgun", Title: "Mailgun", Detect: []string{"body:signature.token", "body:event-data"}, orDetect: []string{"form:token", "form:signature", "form:timestamp"},
			read: readMailgun, contents: mailgunContent, write: writeMailgun,
			words: "HMAC-SHA256 of {timestamp}{token} inside the body, hex; the event is not covered",
			ID:    []string{"b:event-data.id", "p:token"}, Event: []string{"b:event-data.event", "p:event"},
			Source: "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
		},
		{ // signs eight fields of the notification, each item by itself.
			Provider: "adyen-standard", Title: "Adyen", Names: []string{"adyen"}, Detect: []string{"body:notificationItems"},
			Key: "hex", Out: "base64", read: readAdyen, contents: adyenContent, also: adyenOthers, write: writeAdyen,
			words: "HMAC-SHA256 of eight fields joined by colons, base64, in additionalData.hmacSignature of the body",
			ID:    []string{"b:" + adyenItem + "pspReference+b:" + adyenItem + "eventCode"}, Event: []string{"b:" + adyenItem + "eventCode"},
			Deadline: 10, Source: "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures/",
		},
		{ // signs the form field bt_payload with the hash of the private key.
			Provider: "braintree", Title: "Braintree", Detect: []string{"form:bt_signature", "form:bt_payload"},
			Alg: "sha1", Key: "sha1", read: readBraintree, contents: braintreeContent, write: writeBraintree, event: braintreeEvent,
			words:  "HMAC-SHA1 of the form field bt_payload, hex, in bt_signature; the key is the SHA-1 of the private key",
			Source: "https://developer.paypal.com/braintree/docs/guides/webhooks/parse",
		},
	}
}

// mailgunGet reads one of timestamp, token and signature, of JSON or of a form.
func mailgunGet(m *message, name string) string {
	if v, ok := jsonString(m.body, "signature."+name); ok {
		return v
	}
	v, _ := m.param(name)
	return v
}

func readMailgun(_ *Scheme, m *message) claim {
	c := claim{ts: mailgunGet(m, "timestamp")}
	sig := mailgunGet(m, "signature")
	if sig == "" {
		return noSignature
	}
	raw, err := decode("hex", sig)
	at, ok := parseTime(c.ts, "s")
	if err != nil || !ok || mailgunGet(m, "token") == "" {
		return c.fail(Malformed)
	}
	c.at = at
	c.sigs = []candidate{{text: sig, raw: raw, alg: "sha256"}}
	return c
}

func mailgunContent(_ *Scheme, m *message, c *claim, _ int, _ string) [][]byte {
	return [][]byte{[]byte(c.ts + mailgunGet(m, "token"))}
}

func writeMailgun(_ *Scheme, d *draft, k key, _ string) error {
	ts := formatTime(d.at, "s")
	sig := encode("hex", mac("sha256", k, []byte(ts+mailgunGet(d.message(), "token"))))
	if d.message().isForm() {
		d.setForm("timestamp", ts)
		d.setForm("signature", sig)
		return nil
	}
	if err := d.setJSON("signature.timestamp", jsontok.Quote(ts)); err != nil {
		return err
	}
	return d.setJSON("signature.signature", jsontok.Quote(sig))
}

const adyenItem = "notificationItems.0.NotificationRequestItem."

func readAdyen(_ *Scheme, m *message) claim {
	sig, ok := jsonString(m.body, adyenItem+adyenSignature)
	if !ok {
		return noSignature
	}
	raw, err := decodeBase64(sig)
	if err != nil || len(raw) == 0 {
		return claim{reason: Malformed}
	}
	return claim{sigs: []candidate{{text: sig, raw: raw, alg: "sha256"}}}
}

func adyenContent(_ *Scheme, m *message, _ *claim, _ int, _ string) [][]byte {
	return [][]byte{adyenFields(m.body, adyenItem)}
}

// adyenFields is what is signed of one item.
func adyenFields(body []byte, item string) []byte {
	fields := []string{
		"pspReference", "originalReference", "merchantAccountCode", "merchantReference",
		"amount.value", "amount.currency", "eventCode", "success",
	}
	for i, f := range fields {
		fields[i], _ = jsonString(body, item+f)
	}
	return []byte(strings.Join(fields, ":"))
}

// adyenItems is how many items a notification may have; Adyen sends one.
const adyenItems = 100

// adyenOthers checks the items after the first.
func adyenOthers(m *message, _ *claim, k key) string {
	for i := 1; ; i++ {
		item := adyenNth(i)
		if _, _, ok := find(m.body, "notificationItems."+strconv.Itoa(i)); !ok {
			return ""
		}
		got, _ := jsonString(m.body, item+adyenSignature)
		sig, err := decodeBase64(got)
		if err != nil || i >= adyenItems || !proves("sha256", k, adyenFields(m.body, item), sig) {
			return fmt.Sprintf("the signature of the first item is right, that of item %d is not", i+1)
		}
	}
}

const adyenSignature = "additionalData.hmacSignature"

func adyenNth(i int) string { return fmt.Sprintf("notificationItems.%d.NotificationRequestItem.", i) }

func writeAdyen(_ *Scheme, d *draft, k key, _ string) error {
	for i := range adyenItems {
		item := adyenNth(i)
		sig := jsontok.Quote(encode("base64", mac("sha256", k, adyenFields(d.body, item))))
		if _, _, more := find(d.body, item+adyenSignature); i > 0 && !more {
			break
		}
		if err := d.setJSON(item+adyenSignature, sig); err != nil {
			return err
		}
	}
	return nil
}

func readBraintree(_ *Scheme, m *message) claim {
	v, ok := formValue(m.body, "bt_signature")
	if !ok {
		return noSignature
	}
	var c claim
	for pair := range strings.SplitSeq(v, "&") {
		_, text, _ := strings.Cut(pair, "|")
		if raw, err := decode("hex", text); err == nil && len(raw) > 0 {
			c.sigs = append(c.sigs, candidate{text: text, raw: raw, alg: "sha1"})
		}
	}
	if len(c.sigs) == 0 {
		c.reason = Malformed
	}
	return c
}

func braintreeContent(_ *Scheme, m *message, _ *claim, _ int, _ string) [][]byte {
	v, _ := formValue(m.body, "bt_payload")
	return [][]byte{[]byte(v)}
}

func writeBraintree(s *Scheme, d *draft, k key, _ string) error {
	v, _ := formValue(d.body, "bt_signature")
	public, _, _ := strings.Cut(v, "|")
	content := braintreeContent(s, d.message(), nil, 0, "")[0]
	d.setForm("bt_signature", public+"|"+encode("hex", mac("sha1", k, content)))
	return nil
}

var braintreeKind = lazy.Regexp(`<kind>([^<]{1,100})</kind>`)

// braintreeEvent is the kind of the notification, an XML document in base64.
func braintreeEvent(m *message) string {
	v, _ := formValue(m.body, "bt_payload")
	doc, err := decodeBase64(strings.Join(strings.Fields(v), ""))
	if err != nil {
		return ""
	}
	if kind := braintreeKind().FindSubmatch(doc[:min(len(doc), lookAt)]); kind != nil {
		return string(kind[1])
	}
	return ""
}

// replaceForm returns the form with the first value of a field replaced, and
// all else as it was.
func replaceForm(body []byte, name, value string) []byte {
	pairs := bytes.Split(body, []byte("&"))
	for i, p := range pairs {
		if k, _, _ := bytes.Cut(p, []byte("=")); string(k) == name {
			pairs[i] = []byte(name + "=" + url.QueryEscape(value))
			return bytes.Join(pairs, []byte("&"))
		}
	}
	return append(bytes.Clone(body), []byte("&"+name+"="+url.QueryEscape(value))...)
}
