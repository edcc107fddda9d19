package redact

import (
	"html"
	"net/url"
	"strings"
	"unicode"
)

// sure is how much a name says of its value.
type sure uint8

const (
	nothing sure = iota
	maybe        // a secret when the value looks like one
	secret
)

// strong are words after which a value is a secret. They are looked for at the
// end of a word, too: dbpassword.
var strong = []string{
	"password", "passwd", "passwort", "kennwort", "passphrase", "passcode", "pwd", "secret", "secrets", "token", "apikey", "credential", "credentials",
	"signature", "hmac", "authorization", "jwt", "bearer", "cookie", "cookies", "csrf", "xsrf", "otp", "totp", "cvv", "cvc", "ssn",
	"sessionid", "sessid", "privatekey", "accesskey", "secretkey", "signingkey", "encryptionkey", "authkey", "masterkey", "connectionstring",
	"passwords", "tokens", "apikeys", "privkey", "presharedkey",
	"contraseña", "contrasena", "motdepasse", "senha", "пароль", "密码", "密碼", "パスワード", "hasło", "haslo", "lösenord", "losenord", "salasana",
	"adgangskode", "wachtwoord", "parola", "şifre", "heslo", "jelszó", "비밀번호",
}

// whole are strong only as a word of their own.
var whole = map[string]bool{
	"pass": true, "dsn": true, "otp": true, "totp": true, "cvv": true, "cvc": true, "ssn": true, "pw": true, "sig": true, "mnemonic": true, "pan": true, "cvv2": true, "cvc2": true, "psk": true, "iban": true,
}

// keyOf are words before "key" that make a secret of it.
var keyOf = map[string]bool{
	"api": true, "access": true, "auth": true, "private": true, "secret": true, "signing": true, "sign": true, "encryption": true, "master": true,
	"subscription": true, "functions": true, "function": true, "license": true, "licence": true, "account": true, "service": true, "app": true,
	"shared": true, "admin": true, "webhook": true, "integration": true, "consumer": true, "storage": true, "session": true, "hmac": true, "aes": true, "ssh": true, "host": true, "root": true, "deploy": true, "write": true, "read": true,
}

// codeOf are words before "code" that make a secret of it.
var codeOf = map[string]bool{
	"security": true, "verification": true, "auth": true, "authorization": true, "recovery": true, "backup": true, "access": true, "mfa": true, "2fa": true,
	"pin": true, "otp": true, "sms": true, "activation": true, "unlock": true, "login": true, "invite": true, "confirmation": true, "pairing": true, "device": true,
}

// weak are words after which a value may be a secret.
var weak = map[string]bool{
	"key": true, "auth": true, "sign": true, "session": true, "sess": true, "access": true, "pin": true, "salt": true, "assertion": true,
	"cred": true, "creds": true, "authentication": true, "verifier": true, "seed": true,
}

// about are last words of names that are about a secret and hold none, such as
// token_type.
var about = map[string]bool{
	"type": true, "id": true, "ids": true, "expires": true, "expiry": true, "expiration": true, "expire": true, "in": true, "at": true, "on": true, "count": true, "length": true, "len": true,
	"size": true, "ttl": true, "name": true, "url": true, "uri": true, "endpoint": true, "status": true, "enabled": true, "disabled": true, "required": true,
	"algorithm": true, "alg": true, "policy": true, "hint": true, "version": true, "created": true, "updated": true, "limit": true, "usage": true, "used": true,
	"method": true, "input": true, "valid": true, "verified": true, "reset": true, "changed": true, "last4": true, "format": true, "state": true, "rules": true,
	"age": true, "max": true, "min": true, "prefix": true, "issuer": true, "scope": true, "scopes": true, "present": true, "consent": true, "details": true, "reason": true, "error": true, "strength": true, "date": true, "time": true, "timestamp": true, "headers": true, "path": true, "provider": true, "domain": true, "secure": true,
}

// noSecret are words that begin like a strong one.
var noSecret = map[string]bool{"secretary": true, "secretariat": true, "tokenizer": true, "tokenized": true, "passwordless": true}

// noKey are words before "key" and the like that make nothing secret of it.
var noKey = map[string]bool{
	"public": true, "publishable": true, "idempotency": true, "foreign": true, "primary": true, "partition": true, "sort": true, "cache": true, "object": true,
}

// counted are words before "tokens" that make a number of them.
var counted = map[string]bool{
	"prompt": true, "completion": true, "total": true, "max": true, "input": true, "output": true, "cached": true, "reasoning": true, "min": true, "num": true,
	"audio": true, "text": true, "used": true, "remaining": true, "read": true, "creation": true, "prediction": true, "accepted": true, "rejected": true, "image": true, "thinking": true,
}

// judge tells from a name what its value is. Any spelling is understood:
// apiKey, API-KEY, api_key, api%5Fkey, user[api.key].
func judge(name string) sure {
	words := split(name)
	n := len(words)
	if n == 0 {
		return nothing
	}
	last := words[n-1]
	joined := strings.Join(words, "")
	if words[0] == "x" {
		joined = joined[1:] // X-Card-Number
	}
	if isAbout(words) {
		return nothing
	}
	for i, w := range words {
		switch {
		case w == "key" && i > 0 && keyOf[words[i-1]], whole[w], isStrong(w),
			(w == "code" || w == "codes") && i > 0 && codeOf[words[i-1]]:
			return secret
		case i > 0 && isStrong(words[i-1]+w): // pass_word, session id
			return secret
		}
	}
	switch joined {
	case "cardnumber", "ccnumber", "creditcard", "creditcardnumber", "accountnumber", "sortcode",
		"sid", "connectsid", "socialsecuritynumber", "passportnumber", "authheader", "motdepasse", "dpop":
		return secret
	}
	if weak[last] || weak[joined] || joined == "code" {
		return maybe
	}
	return nothing
}

// isAbout reports whether a name with a strong word in it names no secret.
func isAbout(words []string) bool {
	n := len(words)
	last := words[n-1]
	if last == "id" && n > 1 { // a session's id is its key
		return words[n-2] != "session" && words[n-2] != "sess" && words[n-2] != "secret"
	}
	if n > 1 && about[last] {
		return true
	}
	if last == "tokens" || last == "token" {
		for _, w := range words[:n-1] {
			if counted[w] {
				return true
			}
		}
	}
	for _, w := range words[:n-1] {
		if noKey[w] {
			return true
		}
	}
	return n > 1 && (words[0] == "has" || words[0] == "is")
}

func isStrong(word string) bool {
	for _, s := range strong {
		if word == s || len(s) > 4 && strings.HasSuffix(word, s) || len(s) > 5 && strings.HasPrefix(word, s) && !noSecret[word] {
			return true
		}
	}
	return false
}

// namesSecret reports whether a text is the name of a secret, as in a pair of
// name and value, and not a sentence about one.
func namesSecret(text string) bool {
	return judge(text) == secret && isName(text)
}

func isName(text string) bool { return !strings.ContainsAny(text, " =:") }

// manyOf reports whether what is in the value of that name is secret, whatever
// the names in it are.
func manyOf(name string) bool {
	words := split(name)
	if len(words) == 0 || isAbout(words) {
		return false
	}
	switch words[len(words)-1] {
	case "passwords", "secrets", "tokens", "credentials", "credential", "cookies", "creds", "secret", "password", "apikeys":
		return true
	}
	return false
}

// split returns the words of a name in lower case.
func split(name string) []string {
	for range 3 { // pass%2577ord
		plain, err := url.PathUnescape(name)
		if err != nil || plain == name {
			break
		}
		name = plain
	}
	if strings.Contains(name, "&") {
		name = html.UnescapeString(name)
	}
	var words []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			words = append(words, strings.ToLower(string(word)))
			word = word[:0]
		}
	}
	rs := []rune(name)
	for i, r := range rs {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			end()
			continue
		}
		upper := unicode.IsUpper(r)
		if len(word) > 0 && upper && (unicode.IsLower(rs[i-1]) || unicode.IsDigit(rs[i-1]) || i+1 < len(rs) && unicode.IsLower(rs[i+1]) && unicode.IsUpper(rs[i-1])) {
			end()
		}
		word = append(word, r)
	}
	end()
	return words
}

// looksSecret reports whether a value under a weak name is a secret: random
// letters and digits, longer than what people and programs use to name things.
func looksSecret(v string) bool {
	if len(v) < 16 || strings.ContainsAny(v, " \t\n/") {
		return false
	}
	return strings.ContainsFunc(v, unicode.IsDigit) && strings.ContainsFunc(v, unicode.IsLetter) && entropy(v) > 3
}
