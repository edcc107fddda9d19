package redact

import (
	"html"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode"
)

func setOf(words string) func() map[string]bool {
	return sync.OnceValue(func() map[string]bool {
		set := map[string]bool{}
		for w := range strings.FieldsSeq(words) {
			set[w] = true
		}
		return set
	})
}

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
var whole = setOf("pass dsn otp totp cvv cvc ssn pw sig mnemonic pan cvv2 cvc2 psk iban")

// keyOf are words before "key" that make a secret of it.
var keyOf = setOf(`
	api access auth private secret signing sign encryption master subscription functions function license licence account
	service app shared admin webhook integration consumer storage session hmac aes ssh host root deploy write read`)

// codeOf are words before "code" that make a secret of it.
var codeOf = setOf(`
	security verification auth authorization recovery backup access mfa 2fa pin otp sms activation unlock login invite
	confirmation pairing device`)

// weak are words after which a value may be a secret.
var weak = setOf("key auth sign session sess access pin salt assertion cred creds authentication verifier seed")

// secretNames are secrets as a whole, their words joined.
var secretNames = setOf(`
	cardnumber ccnumber creditcard creditcardnumber accountnumber sortcode sid connectsid socialsecuritynumber
	passportnumber authheader motdepasse dpop`)

// about are last words of names that are about a secret and hold none, such as
// token_type.
var about = setOf(`
	type id ids expires expiry expiration expire in at on count length len size ttl name url uri endpoint status enabled
	disabled required algorithm alg policy hint version created updated limit usage used method input valid verified reset
	changed last4 format state rules age max min prefix issuer scope scopes present consent details reason error strength
	date time timestamp headers path provider domain secure`)

// noSecret are words that begin like a strong one.
var noSecret = setOf("secretary secretariat tokenizer tokenized passwordless")

// noKey are words before "key" and the like that make nothing secret of it.
var noKey = setOf("public publishable idempotency foreign primary partition sort cache object")

// counted are words before "tokens" that make a number of them.
var counted = setOf(`
	prompt completion total max input output cached reasoning min num audio text used remaining read creation prediction
	accepted rejected image thinking`)

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
		case w == "key" && i > 0 && keyOf()[words[i-1]], whole()[w], isStrong(w),
			(w == "code" || w == "codes") && i > 0 && codeOf()[words[i-1]]:
			return secret
		case i > 0 && isStrong(words[i-1]+w): // pass_word, session id
			return secret
		}
	}
	if secretNames()[joined] {
		return secret
	}
	if weak()[last] || weak()[joined] || joined == "code" {
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
	if n > 1 && about()[last] {
		return true
	}
	isOfTokens := last == "tokens" || last == "token"
	return words[0] == "has" || words[0] == "is" ||
		slices.ContainsFunc(words[:n-1], func(w string) bool { return noKey()[w] || isOfTokens && counted()[w] })
}

func isStrong(word string) bool {
	return slices.ContainsFunc(strong, func(s string) bool {
		return word == s || len(s) > 4 && strings.HasSuffix(word, s) || len(s) > 5 && strings.HasPrefix(word, s) && !noSecret()[word]
	})
}

// namesSecret reports whether a text is the name of a secret, as in a pair of
// name and value, and not a sentence about one.
func namesSecret(text string) bool {
	return judge(text) == secret && isName(text)
}

func isName(text string) bool { return !strings.ContainsAny(text, " =:") }

// many are last words of names of several secrets.
var many = setOf("passwords secrets tokens credentials credential cookies creds secret password apikeys")

// manyOf reports whether what is in the value of that name is secret, whatever
// the names in it are.
func manyOf(name string) bool {
	words := split(name)
	if len(words) == 0 || isAbout(words) {
		return false
	}
	return many()[words[len(words)-1]]
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
