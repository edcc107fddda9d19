package redact

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"creel/capture/lazy"
)

// mask stands for a secret. It is valid in a field, in a URL and in JSON.
const mask = "***"

var (
	emailShape  = lazy.Regexp(`^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>".]+$`)
	uuidShape   = lazy.Regexp(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)
	urlShape    = lazy.Regexp(`^https?://\S+$`)
	numberShape = lazy.Regexp(`^[+-]?\d[\d ().-]*$`)
	dateShape   = lazy.Regexp(`^\d{4}-\d\d-\d\d([T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?)?$`)
)

// placeholder is what stands for v: of the same kind, and the same for the same
// value under one key. The value cannot be guessed from it without the key.
func placeholder(key []byte, v string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(v))
	sum := mac.Sum(nil)
	text := hex.EncodeToString(sum[:])
	switch {
	case emailShape().MatchString(v):
		return "user-" + text[:8] + "@example.com"
	case uuidShape().MatchString(v):
		return text[:8] + "-" + text[8:12] + "-4" + text[13:16] + "-8" + text[17:20] + "-" + text[20:32]
	case urlShape().MatchString(v):
		return "https://example.com/redacted-" + text[:8]
	case dateShape().MatchString(v):
		day := fmt.Sprintf("20%02d-%02d-%02d", sum[0]%100, 1+sum[1]%12, 1+sum[2]%28)
		return day + clock(v[10:], sum[3:])
	case numberShape().MatchString(v):
		return digitsLike(v, sum)
	}
	return "redacted-" + text[:8]
}

// clock replaces the digits of a time of day; zone and separators stay.
func clock(s string, sum []byte) string {
	if s == "" {
		return ""
	}
	return s[:1] + fmt.Sprintf("%02d:%02d:%02d", sum[0]%24, sum[1]%60, sum[2]%60) + s[9:]
}

// digitsLike replaces each digit of v by another: sign, point and length stay,
// and no zero comes to stand in front.
func digitsLike(v string, sum []byte) string {
	out := []byte(v)
	n := 0
	for i, c := range out {
		if c < '0' || c > '9' {
			continue
		}
		d := sum[n%len(sum)] % 10
		if n == 0 && d == 0 {
			d = 7
		}
		if n == 0 && strings.HasPrefix(strings.TrimLeft(v, "+-"), "0.") {
			d = 0
		}
		out[i] = '0' + d
		n++
	}
	return string(out)
}
