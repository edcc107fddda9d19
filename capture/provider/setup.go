package provider

import "strings"

// Setup is how a provider is made to call a URL.
type Setup struct {
	Where   string // where in its dashboard the URL is pasted
	Command string // a command that does the same; empty when there is none
}

// setups are the best known providers'. {url} stands for the URL.
var setups = map[string]Setup{
	"stripe":     {"Dashboard > Workbench > Webhooks > Add destination", "stripe webhook_endpoints create --url={url} -d 'enabled_events[]=*'"},
	"github":     {"repository > Settings > Webhooks > Add webhook (content type application/json)", "gh api repos/OWNER/REPO/hooks -f name=web -f 'config[url]={url}' -f 'config[content_type]=json' -f 'config[secret]=SECRET' -f 'events[]=*'"},
	"gitlab":     {"project > Settings > Webhooks > Add new webhook", "glab api projects/:id/hooks -f url={url} -f token=SECRET -F push_events=true"},
	"gitea":      {"repository > Settings > Webhooks > Add webhook", ""},
	"bitbucket":  {"repository > Repository settings > Webhooks > Add webhook", ""},
	"slack":      {"api.slack.com/apps > your app > Event Subscriptions > Request URL", ""},
	"shopify":    {"admin > Settings > Notifications > Webhooks > Create webhook", ""},
	"twilio":     {"Console > Phone Numbers > your number > Messaging > A message comes in", "twilio phone-numbers:update NUMBER --sms-url={url}"},
	"meta":       {"developers.facebook.com > your app > Webhooks > Callback URL, with a verify token", ""},
	"discord":    {"discord.com/developers > your app > General Information > Interactions Endpoint URL", "curl -X PATCH -H \"Authorization: Bot $TOKEN\" -H 'Content-Type: application/json' -d '{\"interactions_endpoint_url\":\"{url}\"}' https://discord.com/api/v10/applications/@me"},
	"linear":     {"Settings > API > Webhooks > New webhook", ""},
	"notion":     {"notion.so/my-integrations > your integration > Webhooks > Create a subscription", ""},
	"hubspot-v3": {"developer account > your app > Webhooks > Target URL", ""},
	"paddle":     {"Paddle > Developer tools > Notifications > New destination", "curl -H \"Authorization: Bearer $PADDLE_API_KEY\" -H 'Content-Type: application/json' -d '{\"description\":\"creel\",\"type\":\"url\",\"destination\":\"{url}\",\"subscribed_events\":[\"transaction.completed\"]}' https://sandbox-api.paddle.com/notification-settings"},
	"square":     {"Developer Console > your app > Webhooks > Subscriptions > Add subscription", ""},
	"zoom":       {"marketplace.zoom.us > your app > Features > Event subscriptions > Event notification endpoint URL", ""},
	"twitch":     {"none: by the API", "twitch api post eventsub/subscriptions -b '{\"type\":\"stream.online\",\"version\":\"1\",\"condition\":{\"broadcaster_user_id\":\"ID\"},\"transport\":{\"method\":\"webhook\",\"callback\":\"{url}\",\"secret\":\"SECRET\"}}'"},
	"telegram":   {"none: by the API", "curl \"https://api.telegram.org/bot$TOKEN/setWebhook\" -d url={url} -d secret_token=SECRET"},
	"svix":       {"the sender's webhook settings (Clerk, Resend: Webhooks > Add Endpoint)", ""},
	"sendgrid":   {"Settings > Mail Settings > Event Webhook > Create new webhook", ""},
	"mailgun":    {"Sending > Webhooks > Add webhook", "curl --user \"api:$MAILGUN_API_KEY\" https://api.mailgun.net/v3/domains/DOMAIN/webhooks -F id=delivered -F url={url}"},
	"typeform":   {"form > Connect > Webhooks > Add a webhook", ""},
	"zendesk":    {"Admin Center > Apps and integrations > Webhooks > Create webhook", ""},
	"pagerduty":  {"Integrations > Generic Webhooks (v3) > New Webhook", ""},
	"sentry":     {"Settings > Developer Settings > your integration > Webhook URL", ""},
	"vercel":     {"team > Settings > Webhooks > Create webhook", ""},
	"aws-sns":    {"SNS > topic > Create subscription, protocol HTTPS", "aws sns subscribe --topic-arn ARN --protocol https --notification-endpoint {url}"},
	"trello":     {"none: by the API", "curl https://api.trello.com/1/webhooks -d callbackURL={url} -d idModel=ID -d key=KEY -d token=TOKEN"},
}

// Setup returns how the provider of that name, which may be another of its names,
// is made to call url; false where that is not known. The url is put into the
// command as it is: it must be one that a shell takes for a single word.
func (s *Set) Setup(name, url string) (Setup, bool) {
	row := s.scheme(name)
	if row == nil {
		return Setup{}, false
	}
	set, ok := setups[row.Provider]
	set.Command = strings.ReplaceAll(set.Command, "{url}", url)
	return set, ok
}
