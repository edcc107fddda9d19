package redact

import "testing"

func TestJudge(t *testing.T) {
	for name, want := range map[string]sure{
		// the same name in every spelling
		"password": secret, "Password": secret, "PASSWORD": secret, "user_password": secret, "userPassword": secret, "user-password": secret, "user.password": secret,
		"user[password]": secret, "pass%77ord": secret, "pass%2577ord": secret, "pass_word": secret, "dbpassword": secret, "passwordConfirm": secret,
		// keys are secret by what they are for
		"api_key": secret, "apiKey": secret, "APIKey": secret, "X-Api-Key": secret, "access_key": secret, "auth_key": secret, "private_key": secret, "signing-key": secret,
		"Ocp-Apim-Subscription-Key": secret, "license_key": secret, "key": maybe, "monkey": nothing, "keyboard": nothing, "public_key": nothing, "idempotency_key": nothing,
		"session_key": secret, "deploy_key": secret, "storage_key": secret, "partition_key": nothing, "foreign_key": nothing, "sort_key": nothing,
		// codes, too
		"security_code": secret, "mfaCode": secret, "backup_codes": secret, "code": maybe, "country_code": nothing, "error_code": nothing,
		// weak words
		"auth": maybe, "session": maybe, "pin": maybe, "access": maybe, "sign": maybe, "salt": maybe, "assertion": maybe, "creds": maybe,
		// what is about a secret is none
		"token_type": nothing, "token_id": nothing, "token_expires_at": nothing, "password_policy": nothing, "secret_name": nothing, "signature_version": nothing,
		"signature_method": nothing, "password_hint": nothing, "tokenExpiry": nothing, "password_reset_url": nothing, "has_password": nothing, "is_secret": nothing,
		"cookie_consent": nothing, "token_count": nothing, "token_scope": nothing, "secret_version": nothing, "token_issuer": nothing, "token_status": nothing,
		"session_id": secret, "secret_id": secret, "sessionId": secret, "account_sid": nothing, "sid": secret, "connect.sid": secret,
		// numbers of tokens
		"max_tokens": nothing, "total_tokens": nothing, "prompt_tokens": nothing, "audio_tokens": nothing, "bot_tokens": secret, "cachedTokens": nothing,
		// words that hold another
		"secretary": nothing, "tokenizer": nothing, "passenger": nothing, "compass": nothing, "spin": nothing, "opinion": nothing, "author": nothing,
		"pass": secret, "pw": secret, "otp": secret, "cvv2": secret, "ssn": secret, "psk": secret, "dsn": secret, "passwort": secret, "пароль": secret,
		"": nothing, "-": nothing, "email": nothing,
	} {
		if got := judge(name); got != want {
			t.Errorf("%q: %d, want %d", name, got, want)
		}
	}
}

func TestLooksSecret(t *testing.T) {
	for v, want := range map[string]bool{
		"aB3dE5gH7jK9mN1p": true, "aB3dE5gH7jK9mN1": false, "aB3dE5gH7jK9mN1p x": false, "aB3dE5gH/jK9mN1p": false,
		"abcdefghijklmnopqrst": false, "12345678901234567890": false, "aaaaaaaaaaaaaaa1": false,
	} {
		if got := looksSecret(v); got != want {
			t.Errorf("%q: %v", v, got)
		}
	}
}

func TestIsCard(t *testing.T) {
	for v, want := range map[string]bool{
		"4242424242424242": true, "4242 4242 4242 4242": true, "4242424242424241": false, "2242424242424244": false, "424242424242": false,
		"378282246310005": true, "30569309025904": true, "4222222222222": true, "4242x42424242424": false,
		// by their length, and by their first digit
		"324242424244": false, "3242424242423": true, "3242424242424242429": true, "32424242424242424244": false,
		"2242424242424246": false, "6242424242424247": true, "7242424242424245": false,
	} {
		if got := isCard("number", v); got != want {
			t.Errorf("%q: %v", v, got)
		}
	}
	if isCard("phone", "4242424242424242") || !isCard("card_no", "4242424242424242") {
		t.Error("another name")
	}
}
