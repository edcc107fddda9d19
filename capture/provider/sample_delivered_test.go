package provider

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/server"
)

// delivered says what a sample must hold for the handlers of its provider: where
// its event and the id of its delivery stand, and the values that are read. They are
// references as in the table of providers, h:FIELD, b:PATH or p:PARAMETER, those
// of has without the letter. A value of has is there and not empty; PATH=VALUE is
// that value, PATH# a number, PATH@ a time of now.
type delivered struct{ event, id, has string }

const gitHubRepository = " repository.id# repository.full_name repository.html_url repository.clone_url repository.default_branch repository.owner.login sender.login sender.id#"

var deliveredSamples = map[string]delivered{
	"stripe/invoice.paid": {"b:type", "b:id", `object=event api_version created#@ livemode=false pending_webhooks# data.object.id data.object.object=invoice
		data.object.customer data.object.amount_paid# data.object.currency data.object.status=paid data.object.created#@ data.object.period_start# data.object.period_end#
		data.object.status_transitions.paid_at#@ data.object.parent.subscription_details.subscription data.object.lines.data.0.id data.object.lines.data.0.period.end#
		data.object.lines.data.0.pricing.price_details.price data.object.metadata`},
	"stripe/checkout.session.completed": {"b:type", "b:id", `object=event api_version created#@ livemode=false data.object.id data.object.object=checkout.session
		data.object.mode=payment data.object.payment_status=paid data.object.status=complete data.object.customer data.object.payment_intent data.object.client_reference_id
		data.object.amount_total# data.object.customer_details.email data.object.metadata data.object.created#@ data.object.expires_at# data.object.payment_method_types.0`},
	"stripe/customer.subscription.deleted": {"b:type", "b:id", `object=event api_version created#@ livemode=false data.object.id data.object.object=subscription
		data.object.customer data.object.status=canceled data.object.canceled_at#@ data.object.ended_at#@ data.object.items.data.0.id data.object.items.data.0.price.id
		data.object.items.data.0.price.product data.object.items.data.0.current_period_end# data.object.metadata`},

	"github/push":         {"h:X-GitHub-Event", "h:X-GitHub-Delivery", "ref=refs/heads/main before after commits.0.id commits.0.timestamp@ commits.0.author.email head_commit.id pusher.name" + gitHubRepository},
	"github/issues":       {"h:X-GitHub-Event+b:action", "h:X-GitHub-Delivery", "issue.id# issue.number# issue.title issue.user.login issue.created_at@ issue.html_url" + gitHubRepository},
	"github/ping":         {"h:X-GitHub-Event", "h:X-GitHub-Delivery", "zen hook_id# hook.id# hook.events.0" + gitHubRepository},
	"github/pull_request": {"h:X-GitHub-Event+b:action", "h:X-GitHub-Delivery", "number# pull_request.id# pull_request.number# pull_request.head.sha pull_request.head.ref pull_request.base.ref pull_request.base.repo.full_name pull_request.user.login pull_request.merged=false pull_request.created_at@" + gitHubRepository},
	"gitea/push": {"h:X-Gitea-Event", "h:X-Gitea-Delivery", `ref=refs/heads/main before after compare_url commits.0.id commits.0.timestamp@ commits.0.author.username commits.0.committer.email head_commit.id total_commits#
		repository.id# repository.full_name repository.html_url repository.clone_url repository.ssh_url repository.default_branch repository.owner.login pusher.login sender.login sender.id#`},
	"gitlab/Push_Hook": {"h:X-Gitlab-Event", "h:Idempotency-Key", `object_kind=push event_name=push before after ref=refs/heads/main checkout_sha user_id# user_username project_id# project.id# project.web_url project.git_http_url
		project.git_ssh_url project.default_branch project.path_with_namespace repository.name repository.homepage repository.git_http_url commits.0.id commits.0.url commits.0.timestamp@ commits.0.author.email total_commits_count#`},
	"gitlab/Merge_Request_Hook": {"h:X-Gitlab-Event", "h:Idempotency-Key", `object_kind=merge_request event_type=merge_request user.id# user.username project.id# project.web_url project.git_http_url project.default_branch
		repository.name object_attributes.id# object_attributes.iid# object_attributes.action=open object_attributes.state=opened object_attributes.source_branch object_attributes.target_branch object_attributes.source_project_id#
		object_attributes.target_project_id# object_attributes.author_id# object_attributes.last_commit.id object_attributes.created_at@ object_attributes.updated_at@ object_attributes.merge_status
		object_attributes.source.path_with_namespace object_attributes.target.path_with_namespace object_attributes.url`},
	"bitbucket/repo_push": {"h:X-Event-Key", "h:X-Request-UUID", `push.changes.0.new.name push.changes.0.new.type=branch push.changes.0.new.target.hash push.changes.0.new.target.author.raw push.changes.0.new.target.date@
		push.changes.0.old.target.hash push.changes.0.commits.0.hash push.changes.0.commits.0.message push.changes.0.links.html.href repository.full_name repository.uuid repository.links.html.href actor.display_name actor.account_id actor.uuid`},

	"slack/message":       {"b:event.type", "b:event_id", "token team_id api_app_id type=event_callback event.user event.text event.channel event.channel_type event.ts@ event.event_ts@ event_time#@ authorizations.0.user_id authorizations.0.is_bot=true"},
	"slack/app_mention":   {"b:event.type", "b:event_id", "token team_id api_app_id type=event_callback event.user event.text event.channel event.ts@ event.event_ts@ event_time#@ authorizations.0.user_id authorizations.0.is_bot=true"},
	"slack/slash_command": {"p:command", "p:trigger_id", "token team_id team_domain channel_id channel_name user_id user_name text api_app_id response_url is_enterprise_install=false"},
	"discord/ping":        {"", "b:id", "application_id type=1 version=1 token"},
	"discord/slash_command": {"", "b:id", `application_id type=2 version=1 token channel_id channel.id channel.type# guild_id guild.id guild_locale locale context# app_permissions data.id data.name data.type=1
		data.options.0.name data.options.0.value member.user.id member.user.username member.user.discriminator member.permissions member.joined_at member.roles`},
	"telegram/message": {"", "b:update_id", "update_id# message.message_id# message.from.id# message.from.is_bot=false message.from.first_name message.chat.id# message.chat.type=private message.date#@ message.text"},
	"line/message":     {"b:events.0.type", "b:events.0.webhookEventId", "destination events.0.timestamp#@ events.0.replyToken events.0.mode=active events.0.source.type=user events.0.source.userId events.0.message.id events.0.message.type=text events.0.message.text events.0.message.quoteToken events.0.deliveryContext.isRedelivery=false"},
	"meta/page.feed":   {"b:object+b:entry.0.changes.0.field", "", "entry.0.id entry.0.time#@ entry.0.changes.0.value.item entry.0.changes.0.value.verb=add entry.0.changes.0.value.post_id entry.0.changes.0.value.created_time#@ entry.0.changes.0.value.from.id"},
	"meta/whatsapp_message": {"b:object+b:entry.0.changes.0.field", "b:entry.0.changes.0.value.messages.0.id", `entry.0.id entry.0.changes.0.value.messaging_product=whatsapp entry.0.changes.0.value.metadata.phone_number_id
		entry.0.changes.0.value.contacts.0.wa_id entry.0.changes.0.value.contacts.0.profile.name entry.0.changes.0.value.messages.0.from entry.0.changes.0.value.messages.0.timestamp@ entry.0.changes.0.value.messages.0.type=text entry.0.changes.0.value.messages.0.text.body`},
	"twilio/incoming_sms":   {"p:SmsStatus", "h:I-Twilio-Idempotency-Token", "MessageSid SmsSid SmsMessageSid AccountSid From To Body NumMedia=0 NumSegments=1 ApiVersion SmsStatus=received FromCountry ToCountry"},
	"twilio/message_status": {"p:MessageStatus", "h:I-Twilio-Idempotency-Token", "MessageSid SmsSid AccountSid From To MessageStatus=delivered SmsStatus=delivered ApiVersion"},
	"twitch/stream.online":  {"h:Twitch-Eventsub-Subscription-Type", "h:Twitch-Eventsub-Message-Id", "subscription.id subscription.type=stream.online subscription.version=1 subscription.status=enabled subscription.condition.broadcaster_user_id subscription.transport.method=webhook subscription.created_at@ event.id event.broadcaster_user_id event.broadcaster_user_login event.type=live event.started_at@"},
	"zoom/meeting.started":  {"b:event", "", "event_ts#@ payload.account_id payload.object.id payload.object.uuid payload.object.host_id payload.object.topic payload.object.type# payload.object.start_time@ payload.object.timezone payload.object.duration#"},

	"shopify/orders_create": {"h:X-Shopify-Topic", "h:X-Shopify-Webhook-Id", `id# admin_graphql_api_id name order_number# created_at@ updated_at@ processed_at@ currency total_price subtotal_price total_tax email financial_status customer.id# customer.email
		line_items.0.id# line_items.0.product_id# line_items.0.variant_id# line_items.0.title line_items.0.sku line_items.0.quantity# line_items.0.price billing_address.city shipping_address.country_code note_attributes tags order_status_url token`},
	"shopify/products_update":   {"h:X-Shopify-Topic", "h:X-Shopify-Webhook-Id", "id# admin_graphql_api_id title handle status vendor product_type created_at@ updated_at@ published_at variants.0.id# variants.0.product_id# variants.0.title variants.0.price variants.0.sku variants.0.inventory_item_id# variants.0.inventory_quantity# options.0.name images"},
	"woocommerce/order.created": {"h:X-WC-Webhook-Topic", "h:X-WC-Webhook-Delivery-ID", "id# number status currency date_created@ date_created_gmt@ date_modified@ total total_tax customer_id# order_key billing.email shipping.city payment_method payment_method_title line_items.0.id# line_items.0.product_id# line_items.0.variation_id# line_items.0.quantity# line_items.0.subtotal line_items.0.total line_items.0.sku meta_data shipping_lines coupon_lines"},
	"lemon-squeezy/order_created": {"h:X-Event-Name", "", `meta.event_name=order_created meta.webhook_id meta.test_mode=true meta.custom_data.user_id data.type=orders data.id data.attributes.store_id# data.attributes.customer_id# data.attributes.identifier data.attributes.order_number#
		data.attributes.user_email data.attributes.currency data.attributes.total# data.attributes.status=paid data.attributes.first_order_item.order_id# data.attributes.first_order_item.product_id# data.attributes.first_order_item.variant_id# data.attributes.urls.receipt data.attributes.created_at@ data.attributes.updated_at@`},
	"paddle/subscription.created":  {"b:event_type", "b:event_id", "occurred_at@ notification_id data.id data.status=active data.customer_id data.items.0.price.id data.items.0.product.id data.current_billing_period.ends_at data.created_at@"},
	"paddle/transaction.completed": {"b:event_type", "b:event_id", "occurred_at@ notification_id data.id data.status=completed data.customer_id data.subscription_id data.items.0.price.id data.details.totals.grand_total data.payments.0.status=captured data.created_at@"},
	"paypal/PAYMENT.CAPTURE.COMPLETED": {"b:event_type", "b:id", `create_time@ resource_type=capture resource.id resource.status=COMPLETED resource.amount.value resource.amount.currency_code resource.custom_id resource.invoice_id
		resource.supplementary_data.related_ids.order_id resource.seller_receivable_breakdown.net_amount.value resource.create_time@ resource.links.0.href links.0.href`},
	"razorpay/payment.captured": {"b:event", "h:X-Razorpay-Event-Id", "entity=event account_id contains.0=payment created_at#@ payload.payment.entity.id payload.payment.entity.amount# payload.payment.entity.currency payload.payment.entity.status=captured payload.payment.entity.order_id payload.payment.entity.method payload.payment.entity.notes payload.payment.entity.fee# payload.payment.entity.created_at#@"},
	"square/payment.updated":    {"b:type", "b:event_id", "merchant_id created_at@ data.type=payment data.id data.object.payment.id data.object.payment.status=COMPLETED data.object.payment.amount_money.amount# data.object.payment.total_money.amount# data.object.payment.order_id data.object.payment.location_id data.object.payment.updated_at@"},
	"adyen-standard/AUTHORISATION": {"b:notificationItems.0.NotificationRequestItem.eventCode", "", `live=false notificationItems.0.NotificationRequestItem.pspReference notificationItems.0.NotificationRequestItem.merchantReference notificationItems.0.NotificationRequestItem.merchantAccountCode
		notificationItems.0.NotificationRequestItem.success=true notificationItems.0.NotificationRequestItem.amount.value# notificationItems.0.NotificationRequestItem.eventDate@ notificationItems.0.NotificationRequestItem.additionalData.hmacSignature`},

	"svix/user.created": {"b:type", "h:svix-id", `object=event instance_id timestamp#@ data.id data.object=user data.primary_email_address_id data.email_addresses.0.id data.email_addresses.0.email_address data.first_name data.last_name
		data.image_url data.public_metadata data.created_at#@ data.updated_at#@`},
	"svix/email.delivered":                 {"b:type", "h:svix-id", "created_at@ data.email_id data.created_at@ data.from data.to.0 data.subject"},
	"standard-webhooks/response.completed": {"b:type", "h:webhook-id", "id object=event created_at#@ data.id"},
	"mailgun/delivered":                    {"b:event-data.event", "b:event-data.id", "signature.token signature.timestamp@ signature.signature event-data.timestamp# event-data.message.headers.message-id event-data.message.headers.subject event-data.recipient event-data.delivery-status.code# event-data.flags event-data.user-variables"},
	"mailgun/failed":                       {"b:event-data.event", "b:event-data.id", "signature.token signature.timestamp@ signature.signature event-data.timestamp# event-data.severity=permanent event-data.reason=bounce event-data.message.headers.message-id event-data.message.headers.subject event-data.recipient event-data.delivery-status.code# event-data.flags event-data.user-variables"},
	"sendgrid/delivered":                   {"b:0.event", "b:0.sg_event_id", "0.email 0.timestamp#@ 0.smtp-id 0.sg_message_id 0.response"},
	"typeform/form_response":               {"b:event_type", "b:event_id", "form_response.form_id form_response.token form_response.submitted_at@ form_response.landed_at form_response.hidden form_response.definition.id form_response.definition.fields.0.id form_response.answers.0.type=number form_response.answers.0.number# form_response.answers.0.field.id form_response.answers.0.field.ref"},
	"calendly/invitee.created":             {"b:event", "", "created_at@ created_by payload.uri payload.event payload.email payload.name payload.status=active payload.timezone payload.scheduled_event.uri payload.scheduled_event.name payload.scheduled_event.start_time payload.scheduled_event.end_time payload.scheduled_event.event_type payload.cancel_url payload.reschedule_url payload.tracking payload.rescheduled=false payload.created_at@ payload.updated_at@"},
	"intercom/conversation.user.created":   {"b:topic", "b:id", "type=notification_event app_id created_at#@ first_sent_at#@ delivery_attempts# data.type=notification_event_data data.item.type=conversation data.item.id data.item.created_at#@ data.item.updated_at#@ data.item.source.author.id data.item.source.body"},
	"hubspot-v3/contact.creation":          {"b:0.subscriptionType", "b:0.eventId", "0.eventId# 0.subscriptionId# 0.portalId# 0.appId# 0.occurredAt#@ 0.attemptNumber=0 0.objectId# 0.changeSource"},
	"zendesk/ticket.created":               {"b:type", "h:X-Zendesk-Webhook-Invocation-Id", "account_id# id subject=zen:ticket:42 time@ zendesk_event_version detail.id detail.status=NEW detail.subject detail.requester_id detail.created_at@ detail.updated_at@ event"},

	"linear/Issue":                 {"h:Linear-Event+b:action", "h:Linear-Delivery", "type=Issue createdAt@ organizationId webhookId webhookTimestamp#@ url actor.id actor.type=user data.id data.identifier data.number# data.title data.teamId data.team.key data.stateId data.state.name data.url data.labelIds data.createdAt data.updatedAt@ updatedFrom.stateId"},
	"jira/issue_updated":           {"b:webhookEvent", "h:X-Atlassian-Webhook-Identifier", "timestamp#@ issue_event_type_name user.accountId issue.id issue.key issue.self issue.fields.summary issue.fields.status.name issue.fields.project.key issue.fields.project.id issue.fields.issuetype.name issue.fields.created issue.fields.updated@ changelog.id changelog.items.0.field=status changelog.items.0.from changelog.items.0.to changelog.items.0.toString"},
	"notion/page.created":          {"b:type", "b:id", "timestamp@ workspace_id subscription_id integration_id api_version attempt_number# authors.0.id authors.0.type=person entity.id entity.type=page data.parent.id data.parent.type"},
	"sentry/issue":                 {"h:Sentry-Hook-Resource+b:action", "h:Request-ID", "installation.uuid data.issue.id data.issue.shortId data.issue.title data.issue.level data.issue.status data.issue.project.slug data.issue.web_url data.issue.url data.issue.project_url data.issue.metadata.type data.issue.firstSeen@ data.issue.lastSeen@ actor.type actor.id"},
	"pagerduty/incident.triggered": {"b:event.event_type", "b:event.id", "event.resource_type=incident event.occurred_at@ event.agent.id event.data.id event.data.type=incident event.data.number# event.data.status=triggered event.data.title event.data.html_url event.data.self event.data.incident_key event.data.service.id event.data.escalation_policy.id event.data.urgency event.data.created_at@"},
	"vercel/deployment.succeeded":  {"b:type", "b:id", "createdAt#@ payload.deployment.id payload.deployment.url payload.deployment.name payload.project.id payload.team.id payload.user.id payload.links.deployment payload.target"},
	"contentful/Entry.publish":     {"h:X-Contentful-Topic", "h:X-Contentful-Idempotency-Key", "sys.type=Entry sys.id sys.space.sys.id sys.environment.sys.id sys.contentType.sys.id sys.revision# sys.createdAt@ sys.updatedAt@ fields.title.en-US"},

	"aws-sns/Notification":         {"b:Subject", "b:MessageId", "Type=Notification TopicArn Message Subject Timestamp@ SignatureVersion=1 Signature SigningCertURL UnsubscribeURL"},
	"cloudevents/object.finalized": {"h:ce-type", "h:ce-source+h:ce-id", "bucket name contentType size timeCreated@"},
}

// TestSamplesDelivered sends each sample to a capture server that knows the
// secret: the body is what its Content-Type says and holds what handlers read,
// the event and the delivery are those of the request, another sample is another
// delivery, and the signature is valid.
func TestSamplesDelivered(t *testing.T) {
	all := newSet(t, Config{}).Samples()
	for _, info := range all {
		name := info.Provider + "/" + info.Event
		t.Run(name, func(t *testing.T) {
			want, ok := deliveredSamples[name]
			if !ok {
				t.Fatal("what must its body hold?")
			}
			first, again := deliverSample(t, info), deliverSample(t, info)
			if first.Sender.Delivery == again.Sender.Delivery {
				t.Errorf("two samples are one delivery %s", first.Sender.Delivery)
			}
			body, _ := first.Request.Body.Bytes(t.Context())
			m := &message{req: &first.Request, body: body}
			if event := m.joined(want.event); event != first.Sender.Event && want.event != "" {
				t.Errorf("event %q, the request says %q", first.Sender.Event, event)
			}
			if id := m.joined(want.id); id != first.Sender.Delivery && want.id != "" {
				t.Errorf("delivery %q, the request says %q", first.Sender.Delivery, id)
			}
			value := bodyValues(t, &first.Request, body)
			for has := range strings.FieldsSeq(want.has) {
				if err := checkValue(value, has); err != nil {
					t.Error(err)
				}
			}
		})
	}
	if len(all) != len(deliveredSamples) {
		t.Errorf("%d samples, %d are described", len(all), len(deliveredSamples))
	}
}

// deliverSample sends a new sample to a capture server, and returns what it kept.
func deliverSample(t *testing.T, info SampleInfo) *capture.Exchange {
	t.Helper()
	set := newSet(t, Config{})
	row := set.scheme(info.Provider)
	secret := secretFor(row)
	if row.signs() && asymmetric(row.alg()) {
		var err error
		if secret, err = row.sampleSecret(); err != nil {
			t.Fatal(err)
		}
	}
	if err := set.AddSecret(Secret{Provider: info.Provider, Value: secret}); err != nil {
		t.Fatal(err)
	}
	kept := make(chan *capture.Exchange, 1)
	addr := startServer(t, &server.Server{Ring: ring.New(capture.Bounds{}), Identify: func(ex *capture.Exchange) {
		set.Identify(ex)
		kept <- ex
	}})
	path, err := set.SamplePath(info.Provider, info.Event)
	if err != nil {
		t.Fatal(err)
	}
	s, err := set.Sample(t.Context(), info.Provider, SampleOptions{Event: info.Event, Rand: rand.Reader, URL: "http://" + addr + path})
	if err != nil {
		t.Fatal(err)
	}
	if s.Note != "" || s.Signed != row.signs() {
		t.Errorf("signed %v, note %q", s.Signed, s.Note)
	}
	send(t, addr, s.Request)
	ex := <-kept
	verdict := capture.Valid
	if !row.signs() {
		verdict = capture.Unsigned
	}
	if ex.Signature.Verdict != verdict || ex.Sender.Provider != info.Provider {
		t.Errorf("%s: %+v", ex.Sender.Provider, ex.Signature)
	}
	return ex
}

func startServer(t *testing.T, s *server.Server) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// send writes a request as it is, and reads the reply.
func send(t *testing.T, addr string, req *capture.Request) {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	var raw strings.Builder
	fmt.Fprintf(&raw, "%s %s HTTP/1.1\r\nHost: %s\r\n", req.Method, req.Target, addr)
	for _, f := range req.Fields {
		fmt.Fprintf(&raw, "%s: %s\r\n", f.Name, f.Value)
	}
	body, _ := req.Body.Bytes(t.Context())
	fmt.Fprintf(&raw, "\r\n%s", body)
	if _, err := c.Write([]byte(raw.String())); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 200 {
		t.Errorf("status %d", res.StatusCode)
	}
}

// bodyValues parses a body as what its Content-Type says; Amazon's is JSON that
// calls itself text.
func bodyValues(t *testing.T, req *capture.Request, body []byte) func(path string) (any, bool) {
	t.Helper()
	field, _ := req.Get("Content-Type")
	kind, _, err := mime.ParseMediaType(field)
	if err != nil {
		t.Fatal(err)
	}
	if kind == "application/x-www-form-urlencoded" {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			t.Fatal(err)
		}
		return func(path string) (any, bool) { return form.Get(path), form.Has(path) }
	}
	if _, sns := req.Get("x-amz-sns-message-type"); kind != "application/json" && !strings.HasSuffix(kind, "+json") && !sns {
		t.Fatalf("nothing parses %s", field)
	}
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.UseNumber()
	var doc any
	if err := d.Decode(&doc); err != nil || d.More() {
		t.Fatalf("not JSON: %v", err)
	}
	return func(path string) (any, bool) {
		at := doc
		for step := range strings.SplitSeq(path, ".") {
			switch v := at.(type) {
			case map[string]any:
				member, ok := v[step]
				if !ok {
					return nil, false
				}
				at = member
			case []any:
				i, err := strconv.Atoi(step)
				if err != nil || i >= len(v) {
					return nil, false
				}
				at = v[i]
			default:
				return nil, false
			}
		}
		return at, true
	}
}

// checkValue holds one word of [delivered] against a body.
func checkValue(value func(string) (any, bool), has string) error {
	path, want, exact := strings.Cut(has, "=")
	path, now := strings.CutSuffix(path, "@")
	path, number := strings.CutSuffix(path, "#")
	v, ok := value(path)
	text := fmt.Sprint(v)
	_, isNumber := v.(json.Number)
	switch {
	case !ok || v == nil || text == "":
		return fmt.Errorf("%s is not there", path)
	case exact && text != want:
		return fmt.Errorf("%s is %s, want %s", path, text, want)
	case number && !isNumber:
		return fmt.Errorf("%s is no number: %v", path, v)
	case now:
		at, err := timeOf(text)
		if d := time.Since(at).Abs(); err != nil || d > 12*time.Hour+time.Minute {
			return fmt.Errorf("%s is %s, not now", path, text)
		}
	}
	return nil
}

// timeOf reads a time as providers write it.
func timeOf(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04:05.000-0700"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	whole, _, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if n > 1e11 {
		return time.UnixMilli(n), err
	}
	return time.Unix(n, 0), err
}
