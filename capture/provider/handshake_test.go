package provider

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/jsontok"
)

func raw(method, target, body string, fields ...string) *capture.Exchange {
	ex := &capture.Exchange{At: clock, Request: capture.Request{
		Method: method, Target: target, Host: "hooks.example.com", TLS: true, Proto: "HTTP/1.1", Body: capture.NewBody([]byte(body)), Size: int64(len(body)),
	}}
	for _, f := range fields {
		name, value, _ := strings.Cut(f, ": ")
		ex.Request.Fields = append(ex.Request.Fields, capture.Field{Name: name, Value: value})
	}
	return ex
}

// seen is a handshake in one line: name, status, fields that count, body.
func seen(h Handshake) string {
	body, _ := h.Reply.Body.Bytes(context.Background())
	var b strings.Builder
	b.WriteString(h.Name + "|")
	for _, f := range h.Reply.Fields {
		if f.Name != "X-Content-Type-Options" {
			b.WriteString(f.Name + ": " + f.Value + "|")
		}
	}
	return b.String() + string(body)
}

func TestHandshakes(t *testing.T) {
	const text, doc = "Content-Type: text/plain; charset=utf-8|", "Content-Type: application/json|"
	secrets := []Secret{{Provider: "x", Value: "s"}, {Provider: "zoom", Value: "s"}, {Provider: "linkedin", Value: "s"}}
	for _, c := range []struct {
		name   string
		ex     *capture.Exchange
		status int
		want   string
	}{
		{"slack", raw("POST", "/", `{"token":"t","challenge":"3eZbrw1a","type":"url_verification"}`), 200, "slack url_verification|" + doc + `{"challenge":"3eZbrw1a"}`},
		{"meta", raw("GET", "/?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=v", ""), 200, "meta subscription|" + text + "1158201444"},
		{"strava", raw("GET", "/?hub.verify_token=STRAVA&hub.challenge=15f7d1a91c1f40f8a748fd134752feb3&hub.mode=subscribe", ""), 200, "strava subscription|" + doc + `{"hub.challenge":"15f7d1a91c1f40f8a748fd134752feb3"}`},
		{"strava by path", raw("GET", "/strava?hub.verify_token=v&hub.challenge=a%26b&hub.mode=subscribe", ""), 200, "strava subscription|" + doc + `{"hub.challenge":"a&b"}`},
		{"meta by path", raw("GET", "/Instagram?hub.mode=subscribe&hub.challenge=15f7d1a91c1f40f8a748fd134752feb3&hub.verify_token=v", ""), 200, "meta subscription|" + text + "15f7d1a91c1f40f8a748fd134752feb3"},
		{"meta by user agent", raw("GET", "/?hub.mode=subscribe&hub.challenge=15f7d1a91c1f40f8a748fd134752feb3&hub.verify_token=v", "", "User-Agent: facebookplatform/1.0"), 200, "meta subscription|" + text + "15f7d1a91c1f40f8a748fd134752feb3"},
		{"meta by digits", raw("GET", "/?hub.mode=subscribe&hub.challenge=15571019101140180748013475205513&hub.verify_token=v", ""), 200, "meta subscription|" + text + "15571019101140180748013475205513"},
		{"websub", raw("GET", "/?hub.mode=unsubscribe&hub.topic=https%3A%2F%2Fe.com&hub.challenge=ch", ""), 200, "websub verification|" + text + "ch"},
		{"graph", raw("POST", "/g?validationToken=Validation%3a+Testing%20%3Cb%3E", ""), 200, "ms-graph validationToken|" + text + "Validation: Testing <b>"},
		{"event grid", raw("POST", "/", `[{"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationCode":"512d38b6"}}]`, "aeg-event-type: SubscriptionValidation"), 200, "event-grid SubscriptionValidation|" + doc + `{"validationResponse":"512d38b6"}`},
		{"event grid by body", raw("POST", "/", `[{"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationCode":"5"}}]`), 200, "event-grid SubscriptionValidation|" + doc + `{"validationResponse":"5"}`},
		{"cloudevents", raw("OPTIONS", "/", "", "WebHook-Request-Origin: eventemitter.example.com", "WebHook-Request-Rate: 120"), 200, "cloudevents OPTIONS|Allow: POST|WebHook-Allowed-Origin: eventemitter.example.com|WebHook-Allowed-Rate: 120|"},
		{"cloudevents without a rate", raw("OPTIONS", "/", "", "WebHook-Request-Origin: e.example.com"), 200, "cloudevents OPTIONS|Allow: POST|WebHook-Allowed-Origin: e.example.com|WebHook-Allowed-Rate: *|"},
		{"dropbox", raw("GET", "/?challenge=abc", ""), 200, "dropbox challenge|" + text + "abc"},
		{"nylas", raw("GET", "/?challenge=abc", "", "User-Agent: Nylas/1.0"), 200, "nylas challenge|" + text + "abc"},
		{"x", raw("GET", "/x?crc_token=challenge_string", ""), 200, "x crc_token|" + doc + `{"response_token":"sha256=8W2WdQUqttVPWuzKqnf9tfm6drahNHBcYQ3/80uS9xc="}`},
		{"zoom", raw("POST", "/", `{"payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"},"event_ts":1654503849680,"event":"endpoint.url_validation"}`), 200, "zoom endpoint.url_validation|" + doc + `{"plainToken":"qgg8vlvZRS6UYooatFL8Aw","encryptedToken":"ZOOM"}`},
		{"linkedin", raw("GET", "/?challengeCode=890e4665&applicationId=1", ""), 200, "linkedin challengeCode|" + doc + `{"challengeCode":"890e4665","challengeResponse":"LINKEDIN"}`},
		{"twitch", raw("POST", "/", `{"challenge":"pogchamp-kappa-360noscope-vohiyo","subscription":{}}`, "Twitch-Eventsub-Message-Type: webhook_callback_verification", "Twitch-Eventsub-Message-Id: 1"), 200, "twitch webhook_callback_verification|" + text + "pogchamp-kappa-360noscope-vohiyo"},
		{"asana", raw("POST", "/a", `{}`, "X-Hook-Secret: b537207f20cbfa02357cf448134da559"), 200, "asana X-Hook-Secret|X-Hook-Secret: b537207f20cbfa02357cf448134da559|"},
		{"smartsheet", raw("POST", "/", `{"challenge":"c","webhookId":1}`, "Smartsheet-Hook-Challenge: c"), 200, "smartsheet Smartsheet-Hook-Challenge|" + doc + `Smartsheet-Hook-Response: c|{"smartsheetHookResponse":"c"}`},
		{"monday", raw("POST", "/", `{"challenge":"3eZ\"b"}`), 200, "monday challenge|" + doc + `{"challenge":"3eZ\"b"}`},
		{"okta", raw("GET", "/", "", "x-okta-verification-challenge: ch"), 200, "okta verification|" + doc + `{"verification":"ch"}`},
		{"notion", raw("POST", "/n", `{"verification_token":"secret_t"}`), 200, "notion verification_token|"},
		{"sns", raw("POST", "/", `{"Type":"SubscriptionConfirmation","SubscribeURL":"https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription"}`, "x-amz-sns-message-type: SubscriptionConfirmation"), 200, "aws-sns SubscriptionConfirmation|"},
	} {
		s := newSet(t, Config{Secrets: secrets})
		want := strings.NewReplacer("ZOOM", encode("hex", hmac256("s", "qgg8vlvZRS6UYooatFL8Aw")), "LINKEDIN", encode("hex", hmac256("s", "890e4665"))).Replace(c.want)
		if c.name == "x" {
			want = "x crc_token|" + doc + `{"response_token":"sha256=` + encode("base64", hmac256("s", "challenge_string")) + `"}`
		}
		h, ok := s.Handshake(c.ex)
		if !ok || h.Reply.Status != c.status || seen(h) != want || h.Reply.By != "handshake" {
			t.Errorf("%s: %v %d by %q need %q\n got %s\nwant %s", c.name, ok, h.Reply.Status, h.Reply.By, h.Need, seen(h), want)
		}
		s.Identify(c.ex)
		if name, _, _ := strings.Cut(h.Name, " "); c.ex.Sender.Provider != name {
			t.Errorf("%s: recognised as %q", c.name, c.ex.Sender.Provider)
		}
	}
}

func TestHandshakesThatAreNone(t *testing.T) {
	s := newSet(t, Config{Secrets: []Secret{{Provider: "discord", Value: strings.Repeat("ab", 32)}}})
	for _, ex := range []*capture.Exchange{
		raw("POST", "/", `{"challenge":"c","more":1}`),
		raw("POST", "/", `{"challenge":1,"challenge":2}`),
		raw("POST", "/", `{"challenge":""}`),
		raw("POST", "/", `{"verification_token":"t","type":"x"}`),
		raw("GET", "/?hub.challenge=1", ""),
		raw("POST", "/?challenge=abc", ""),
		raw("GET", "/?mychallenge=abc", ""),
		raw("HEAD", "/", ""),
		raw("OPTIONS", "/", ""),
		raw("POST", "/", `{"type":"url_verification"}`),
		raw("POST", "/", `{"events":[{"a":1}]}`, "x-xero-signature: AA=="),
		raw("POST", "/", `[{"eventType":"Other"}]`),
		raw("POST", "/", `[{"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{}}]`),
		raw("POST", "/", `{"type":1,"event":{"type":"APPLICATION_AUTHORIZED"}}`),
	} {
		if h, ok := s.Handshake(ex); ok {
			body, _ := ex.Request.Body.Bytes(context.Background())
			t.Errorf("%s %s %s taken for %s", ex.Request.Method, ex.Request.Target, body, h.Name)
		}
	}
}

func TestHandshakesThatNeedASecret(t *testing.T) {
	s := newSet(t, Config{})
	for name, ex := range map[string]*capture.Exchange{
		"x":        raw("GET", "/?crc_token=1", ""),
		"zoom":     raw("POST", "/", `{"event":"endpoint.url_validation","payload":{"plainToken":"p"}}`),
		"linkedin": raw("GET", "/?challengeCode=1", ""),
		"xero":     raw("POST", "/", `{"events":[],"entropy":"x"}`, "x-xero-signature: AA=="),
		"discord":  raw("POST", "/", `{"type":1}`, "X-Signature-Ed25519: 00", "X-Signature-Timestamp: 1"),
	} {
		h, ok := s.Handshake(ex)
		if !ok || h.Reply.Status != 0 || !strings.Contains(h.Need, "--secret "+name+"=") {
			t.Errorf("%s: %v %d %q", name, ok, h.Reply.Status, h.Need)
		}
		s.Identify(ex)
		if r, err := s.Check(context.Background(), ex, Options{}); err != nil || r.Provider != name || r.Scheme == "unknown" {
			t.Errorf("%s: checked as %q, %q, %v", name, r.Provider, r.Scheme, err)
		}
	}
}

func TestHandshakesThatCheck(t *testing.T) {
	ctx := context.Background()
	plain := newSet(t, Config{})
	dev, err := plain.NewDevKey("discord")
	if err != nil {
		t.Fatal(err)
	}
	s := newSet(t, Config{Secrets: []Secret{dev.Secret, {Provider: "discord", Value: dev.Public}, {Provider: "xero", Value: "k"}, {Provider: "twitch", Value: "k"}, {Provider: "meta-verify", Value: "tok"}, {Provider: "strava", Value: "tok"}}})
	sign := func(ex *capture.Exchange, provider string) *capture.Exchange {
		signed, err := s.Sign(ctx, &ex.Request, SignOptions{Provider: provider, At: clock})
		if err != nil {
			t.Fatal(err)
		}
		return &capture.Exchange{At: clock, Request: *signed.Apply(&ex.Request)}
	}
	bad := func(ex *capture.Exchange) *capture.Exchange {
		ex.Request.Body = capture.NewBody([]byte(`{"type":1,"events":[],"changed":true}`))
		return ex
	}
	twitch := raw("POST", "/", `{"challenge":"c"}`, "Twitch-Eventsub-Message-Type: webhook_callback_verification", "Twitch-Eventsub-Message-Id: 1")
	for _, c := range []struct {
		name   string
		ex     *capture.Exchange
		ok     bool
		status int
	}{
		{"discord ping", sign(raw("POST", "/", `{"type":1}`), "discord"), true, 200},
		{"discord event ping", sign(raw("POST", "/", `{"type":0}`), "discord"), true, 204},
		{"discord wrong", bad(sign(raw("POST", "/", `{"type":1}`), "discord")), true, 401},
		{"discord garbage", raw("POST", "/", `{"type":1}`, "X-Signature-Ed25519: zz", "X-Signature-Timestamp: 1"), true, 401},
		{"discord command", sign(raw("POST", "/", `{"type":2,"data":{}}`), "discord"), false, 0},
		{"xero", sign(raw("POST", "/", `{"events":[]}`), "xero"), true, 200},
		{"xero wrong", bad(sign(raw("POST", "/", `{"events":[]}`), "xero")), true, 401},
		{"twitch", sign(twitch, "twitch"), true, 200},
		{"twitch wrong", bad(sign(twitch, "twitch")), true, 403},
		{"meta token", raw("GET", "/?hub.mode=subscribe&hub.challenge=1&hub.verify_token=tok", ""), true, 200},
		{"strava token", raw("GET", "/strava?hub.mode=subscribe&hub.challenge=1&hub.verify_token=tok", ""), true, 200},
		{"strava other token", raw("GET", "/strava?hub.mode=subscribe&hub.challenge=1&hub.verify_token=tik", ""), true, 403},
		{"meta other token", raw("GET", "/?hub.mode=subscribe&hub.challenge=1&hub.verify_token=tik", ""), true, 403},
	} {
		if h, ok := s.Handshake(c.ex); ok != c.ok || h.Reply.Status != c.status {
			t.Errorf("%s: %v %d %q", c.name, ok, h.Reply.Status, h.Need)
		}
	}
	for want, exs := range map[string][]*capture.Exchange{
		"discord ping":            {sign(raw("POST", "/", `{"type":1}`), "discord"), sign(raw("POST", "/", `{"type":0}`), "discord")},
		"discord signature check": {bad(sign(raw("POST", "/", `{"type":1}`), "discord"))},
	} {
		for _, ex := range exs {
			if h, _ := s.Handshake(ex); h.Name != want {
				t.Errorf("it is called %q, want %q", h.Name, want)
			}
		}
	}
}

// A ping of Discord is of type 0 or 1, without an event and without a command: what else it
// sends is a handshake only while its signature is wrong.
func TestPingsOfDiscord(t *testing.T) {
	plain := newSet(t, Config{})
	dev, err := plain.NewDevKey("discord")
	if err != nil {
		t.Fatal(err)
	}
	s := newSet(t, Config{Secrets: []Secret{dev.Secret, {Provider: "discord", Value: dev.Public}}})
	const pong = "discord ping|Content-Type: application/json|"
	for body, want := range map[string]string{
		`{"type":0}`:              "204 " + pong,
		`{"type":1}`:              "200 " + pong + `{"type":1}`,
		`{"type":1,"id":"5"}`:     "200 " + pong + `{"type":1}`,
		`{"type":2}`:              "",
		`{}`:                      "",
		``:                        "",
		`{"type":0,"event":{}}`:   "",
		`{"type":1,"event":{}}`:   "",
		`{"type":0,"data":{}}`:    "",
		`{"type":1,"data":{}}`:    "",
		`{"type":2,"data":{}}`:    "",
		`{"type":3,"event":{}}`:   "",
		`{"event":{},"data":{}}`:  "",
		`{"type":[1],"x":"type"}`: "",
	} {
		signed := &capture.Exchange{At: clock, Request: *mustSign(t, s, request(body), SignOptions{Provider: "discord"})}
		answer := func(s *Set, ex *capture.Exchange) string {
			h, ok := s.Handshake(ex)
			if !ok {
				return ""
			}
			return strconv.Itoa(h.Reply.Status) + " " + seen(h)
		}
		if got := answer(s, signed); got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}

		late := *signed
		late.At = clock.Add(24 * time.Hour)
		if got := answer(s, &late); got != want {
			t.Errorf("%s a day later: %s, want %s", body, got, want)
		}
		// Without a key a ping alone asks for it.
		h, ok := plain.Handshake(signed)
		if ok != (want != "") || ok && (h.Name != "discord signature check" || h.Reply.Status != 0 || !strings.Contains(h.Need, "public key: --secret discord=")) {
			t.Errorf("%s without a key: %v %q %d %q", body, ok, h.Name, h.Reply.Status, h.Need)
		}
		forged := *signed
		forged.Request.Body = capture.NewBody([]byte(body + " "))
		if got, want := answer(s, &forged), "401 discord signature check|Content-Type: text/plain; charset=utf-8|invalid request signature"; got != want {
			t.Errorf("%s forged: %s, want %s", body, got, want)
		}
	}
}

// What looks like a handshake in one part, and not in the others, is none.
func TestPartsOfHandshakes(t *testing.T) {
	s := newSet(t, Config{Secrets: []Secret{{Provider: "xero", Value: "k"}}})
	const confirm, grid = `{"Type":"SubscriptionConfirmation","SubscribeURL":""}`, `[{"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationCode":"5"}}]`
	for _, tt := range []struct {
		ex   *capture.Exchange
		want string
	}{
		{raw("POST", "/", confirm), "aws-sns SubscriptionConfirmation"},
		{raw("PUT", "/", confirm), ""},
		{raw("POST", "/", "["+confirm+"]"), ""},
		{raw("POST", "/", `{"Type":"Notification","Message":"SubscriptionConfirmation"}`), ""},
		{raw("POST", "/", confirm, "x-amz-sns-message-type: Notification"), ""},
		{raw("POST", "/", grid), "event-grid SubscriptionValidation"},
		{raw("PUT", "/", grid), ""},
		{raw("POST", "/", " "+grid), ""},
		{raw("POST", "/", grid, "aeg-event-type: Notification"), ""},
		{raw("OPTIONS", "/", "", "WebHook-Request-Origin: e.example.com"), "cloudevents OPTIONS"},
		{raw("POST", "/", "", "WebHook-Request-Origin: e.example.com"), ""},
		{raw("POST", "/", `{"events":[]}`, "x-xero-signature: AA=="), "xero intent to receive"},
		{raw("POST", "/", "{\"events\":[ \r\n\t]}", "x-xero-signature: AA=="), "xero intent to receive"},
		{raw("POST", "/", `{"events":[]}`), ""},
		{raw("GET", "/", `{"events":[]}`, "x-xero-signature: AA=="), ""},
		{raw("POST", "/", `{"entropy":"x"}`, "x-xero-signature: AA=="), ""},
		{raw("POST", "/", `{"events":{}}`, "x-xero-signature: AA=="), ""},
		{raw("GET", "/?hub.mode=subscribe&hub.topic=t&hub.challenge=1", ""), "websub verification"},
		{raw("GET", "/?hub.mode=subscribe&hub.topic=&hub.challenge=1", ""), "meta subscription"},
		{raw("GET", "/?hub.mode=denied&hub.topic=t&hub.challenge=1", ""), ""},
	} {
		if h, _ := s.Handshake(tt.ex); h.Name != tt.want {
			body, _ := tt.ex.Request.Body.Bytes(t.Context())
			t.Errorf("%s %s %q %v: %q, want %q", tt.ex.Request.Method, tt.ex.Request.Target, body, tt.ex.Request.Fields, h.Name, tt.want)
		}
	}
}

// Strava and Meta ask alike: the path goes before the name of the agent, that before the look
// of the challenge, which is 32 hex digits of Strava and a number of Meta.
func TestStravaOrMeta(t *testing.T) {
	s := newSet(t, Config{})
	const hex = "15f7d1a91c1f40f8a748fd134752feb3"
	for _, tt := range []struct {
		path, agent, challenge, want string
	}{
		{"/", "", hex, "strava"},
		{"/", "", strings.ToUpper(hex), "meta"},
		{"/", "", hex[:31], "meta"},
		{"/", "", hex + "0", "meta"},
		{"/", "", hex[:31] + "g", "meta"},
		{"/", "", strings.Repeat("1", 32), "meta"},
		{"/", "", strings.Repeat("f", 32), "strava"},
		{"/", "FacebookPlatform/1.0", hex, "meta"},
		{"/hooks/Strava", "facebookplatform/1.0", "1", "strava"},
		{"/meta/strava", "", "1", "strava"},
		{"/meta", "", hex, "meta"},
		{"/facebook", "", hex, "meta"},
		{"/whatsapp", "", hex, "meta"},
		{"/MESSENGER", "", hex, "meta"},
		{"/hooks", "curl/8", hex, "strava"},
	} {
		ex := raw("GET", tt.path+"?hub.mode=subscribe&hub.verify_token=v&hub.challenge="+tt.challenge, "", "User-Agent: "+tt.agent)
		if h, _ := s.Handshake(ex); h.Name != tt.want+" subscription" {
			t.Errorf("%s, %s, %s: %q, want %s", tt.path, tt.agent, tt.challenge, h.Name, tt.want)
		}
	}
}

// A verify token counts where it is configured for the provider and the path, and any of them
// may be the right one. The secret of Meta's signatures is none.
func TestVerifyTokens(t *testing.T) {
	for _, tt := range []struct {
		name    string
		secrets []Secret
		path    string
		want    int
	}{
		{"none", nil, "/meta", 200},
		{"the secret of its signatures", []Secret{{Provider: "meta", Value: "app"}}, "/meta", 200},
		{"it", []Secret{{Provider: "meta-verify", Value: "tok"}}, "/meta", 200},
		{"another", []Secret{{Provider: "meta-verify", Value: "tik"}}, "/meta", 403},
		{"another of another", []Secret{{Provider: "strava-verify", Value: "tik"}}, "/meta", 200},
		{"another of another path", []Secret{{Provider: "meta-verify", Value: "tik", Path: "/x"}}, "/meta", 200},
		{"it and another", []Secret{{Provider: "meta-verify", Value: "tok"}, {Provider: "meta-verify", Value: "tik"}}, "/meta", 200},
		{"another and it", []Secret{{Provider: "meta-verify", Value: "tik"}, {Provider: "meta-verify", Value: "tok"}}, "/meta", 200},
		{"the secret and another", []Secret{{Provider: "meta", Value: "app"}, {Provider: "meta-verify", Value: "tik"}}, "/meta", 403},
		{"another, and it of another path", []Secret{{Provider: "meta-verify", Value: "tik"}, {Provider: "meta-verify", Value: "tok", Path: "/x"}}, "/meta", 403},
		{"it", []Secret{{Provider: "strava", Value: "tok"}}, "/strava", 200},
		{"another", []Secret{{Provider: "strava", Value: "tik"}}, "/strava", 403},
		{"another by its other name", []Secret{{Provider: "strava-verify", Value: "tik"}}, "/strava", 403},
		{"another of Meta", []Secret{{Provider: "meta-verify", Value: "tik"}}, "/strava", 200},
	} {
		ex := raw("GET", tt.path+"?hub.mode=subscribe&hub.verify_token=tok&hub.challenge=1", "")
		if h, ok := newSet(t, Config{Secrets: tt.secrets}).Handshake(ex); !ok || h.Reply.Status != tt.want {
			t.Errorf("%s at %s: %v %d, want %d", tt.name, tt.path, ok, h.Reply.Status, tt.want)
		}
	}
}

// Twitch is answered while its signature is not known to be wrong: without a secret, and late.
func TestTwitchIsAnswered(t *testing.T) {
	s := newSet(t, Config{Secrets: []Secret{{Provider: "twitch", Value: "k"}}})
	ex := raw("POST", "/", `{"challenge":"c"}`, "Twitch-Eventsub-Message-Type: webhook_callback_verification", "Twitch-Eventsub-Message-Id: 1")
	ex.Request = *mustSign(t, s, &ex.Request, SignOptions{})
	for after, want := range map[time.Duration]capture.Verdict{0: capture.Valid, time.Hour: capture.Stale} {
		ex.At = clock.Add(after)
		s.Identify(ex)
		for _, set := range []*Set{s, newSet(t, Config{})} {
			if h, ok := set.Handshake(ex); !ok || h.Reply.Status != 200 || ex.Signature.Verdict != want {
				t.Errorf("%s later: %v %d, %s", after, ok, h.Reply.Status, ex.Signature.Verdict)
			}
		}
	}
	notification := raw("POST", "/", `{"challenge":"c","event":{}}`, "Twitch-Eventsub-Message-Type: notification")
	if h, ok := s.Handshake(notification); ok {
		t.Errorf("a notification is %s", h.Name)
	}
}

func TestHandshakesLearnAndAsk(t *testing.T) {
	s := newSet(t, Config{})
	h, _ := s.Handshake(raw("POST", "/hooks/a", `{}`, "X-Hook-Secret: sec"))
	if h.Learned == nil || *h.Learned != (Secret{Provider: "asana", Path: "/hooks/a", Value: "sec"}) {
		t.Errorf("asana: learned %v", h.Learned)
	}
	if s.HasSecret("asana") {
		t.Error("asana: kept without being asked")
	}
	h, _ = s.Handshake(raw("POST", "/n?x", `{"verification_token":"tok"}`))
	if h.Learned == nil || *h.Learned != (Secret{Provider: "notion", Path: "/n", Value: "tok"}) {
		t.Errorf("notion: learned %v", h.Learned)
	}
	for url, ok := range map[string]bool{
		"https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=1": true,
		"https://sns.cn-north-1.amazonaws.com.cn/?x":                              true,
		"http://sns.us-east-1.amazonaws.com/":                                     false,
		"https://sns.us-east-1.amazonaws.com.evil.com/":                           false,
		"https://sns.us-east-1.amazonaws.com@evil.com/":                           false,
		"https://user@sns.us-east-1.amazonaws.com/":                               false,
		"https://sns.us-east-1.amazonaws.com:8443/":                               false,
		"https://evil.com/?sns.us-east-1.amazonaws.com":                           false,
		"file:///etc/passwd":                                                      false,
		"nowhere":                                                                 false,
	} {
		h, _ := s.Handshake(raw("POST", "/", `{"Type":"SubscriptionConfirmation","SubscribeURL":`+jsontok.Quote(url)+`}`, "x-amz-sns-message-type: SubscriptionConfirmation"))
		if (h.Ask == url) != ok || ok == (h.Need != "") || h.Reply.Status != 200 {
			t.Errorf("%s: ask %q, need %q", url, h.Ask, h.Need)
		}
	}
}
