package sqlite

// words are strings that are in nearly every request: a row has their place in
// this list. It is part of the format: words are only ever appended.
var words = [...]string{
	"", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS",
	"HTTP/1.0", "HTTP/1.1", "HTTP/2.0",
	"valid", "invalid", "stale", "no_secret", "unsigned",
	"default", "reply", "forward", "hold", "handshake", "fault", "error",
	"refused", "timeout", "dns", "tls", "reset", "canceled", "protocol", "toolarge",
	"localhost", "127.0.0.1:4665", "localhost:4665", "/", "*/*", "0",
	"close", "keep-alive", "gzip", "gzip, deflate", "gzip, deflate, br", "chunked", "100-continue",
	"application/json", "application/json; charset=utf-8", "application/x-www-form-urlencoded",
	"text/plain", "text/plain; charset=utf-8", "nosniff", "no-cache", "https", "http",
	"Host", "User-Agent", "Content-Type", "Content-Length", "Accept", "Accept-Encoding",
	"Accept-Language", "Authorization", "Cache-Control", "Connection", "Content-Encoding",
	"Cookie", "Date", "ETag", "Expect", "Forwarded", "From", "If-None-Match", "Keep-Alive",
	"Last-Modified", "Location", "Origin", "Pragma", "Referer", "Retry-After", "Server",
	"Set-Cookie", "Signature", "Strict-Transport-Security", "TE", "Trailer", "Transfer-Encoding",
	"Upgrade", "Vary", "Via", "X-Content-Type-Options", "X-Forwarded-For", "X-Forwarded-Host",
	"X-Forwarded-Proto", "X-Real-IP", "X-Request-Id", "X-Powered-By", "Traceparent", "Tracestate",
	"host", "user-agent", "content-type", "content-length", "accept", "accept-encoding",
	"Idempotency-Key", "Stripe-Signature", "X-GitHub-Event", "X-GitHub-Delivery",
	"X-GitHub-Hook-ID", "X-GitHub-Hook-Installation-Target-ID",
	"X-GitHub-Hook-Installation-Target-Type", "X-Hub-Signature", "X-Hub-Signature-256",
	"X-Slack-Signature", "X-Slack-Request-Timestamp", "X-Shopify-Topic",
	"X-Shopify-Hmac-Sha256", "X-Shopify-Shop-Domain", "X-Shopify-Webhook-Id",
	"X-Shopify-API-Version", "X-Gitlab-Event", "X-Gitlab-Token", "X-Twilio-Signature",
	"Webhook-Id", "Webhook-Timestamp", "Webhook-Signature", "Svix-Id", "Svix-Timestamp",
	"Svix-Signature", "Linear-Signature", "Paypal-Transmission-Id", "Paypal-Transmission-Sig",
	"stripe", "github", "slack", "shopify", "gitlab", "twilio", "svix", "linear", "paypal",
}

// longestWord is the length of the longest of words: what is longer need not be
// looked up.
const longestWord = len("X-GitHub-Hook-Installation-Target-Type")

var wordIndex = func() map[string]int {
	m := make(map[string]int, len(words))
	for i, w := range words {
		m[w] = i
	}
	return m
}()
