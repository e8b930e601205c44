using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>What customers pay for again and again, from the first payment to the end.</summary>
internal static class Subscriptions
{
    public const string Kind = "subscription";

    public static IEnumerable<StripeRoute> Routes =>
    [
        new("GET", "/v1/subscriptions", [.. StripeRoute.Paging, "customer", "price", "status"], List),
        new("GET", "/v1/subscriptions/search", ["limit", "page", "query", "expand.*"], call => Search.Page(call, Kind)),
        new("GET", "/v1/subscriptions/{id}", ["expand.*"], call => call.Show(call.Draft.Get(call.Id, Kind))),
        new("POST", "/v1/subscriptions/{id}",
            [
                "billing_cycle_anchor", "cancel_at", "cancel_at_period_end", "default_payment_method", "description", "items.*.id", "items.*.price",
                "items.*.quantity", "metadata.*", "proration_behavior", "proration_date", "trial_end", "expand.*",
            ],
            Update),
        new("DELETE", "/v1/subscriptions/{id}", ["invoice_now", "prorate", "expand.*"], Cancel),
    ];

    /// <summary>Starts what the session sold; the first period is already paid for, or is its trial.</summary>
    public static JsonObject Start(Draft draft, JsonObject session, string customer, string paymentMethod)
    {
        var subscription = New(draft, session, customer, paymentMethod);
        if (Sessions.TrialDaysOf(session) is not { } days)
        {
            return subscription;
        }

        var end = draft.Now.AddDays(days).ToUnixTimeSeconds();
        subscription["status"] = "trialing";
        subscription["trial_start"] = draft.Seconds;
        subscription["trial_end"] = end;
        subscription["billing_cycle_anchor"] = end;
        foreach (var item in Items(subscription))
        {
            item["current_period_end"] = end;
        }

        return subscription;
    }

    public static bool IsTrial(JsonObject subscription) => subscription.Text("status") == "trialing";

    private static JsonObject New(Draft draft, JsonObject session, string customer, string paymentMethod)
    {
        var id = Draft.NewId("sub_1");
        var lines = Sessions.Lines(session).ToList();
        return new JsonObject
        {
            ["id"] = id,
            ["object"] = Kind,
            ["application"] = null,
            ["automatic_tax"] = new JsonObject { ["disabled_reason"] = null, ["enabled"] = false, ["liability"] = null },
            ["billing_cycle_anchor"] = draft.Seconds,
            ["cancel_at"] = null,
            ["cancel_at_period_end"] = false,
            ["canceled_at"] = null,
            ["cancellation_details"] = new JsonObject { ["comment"] = null, ["feedback"] = null, ["reason"] = null },
            ["collection_method"] = "charge_automatically",
            ["created"] = draft.Seconds,
            ["currency"] = session.Text("currency"),
            ["customer"] = customer,
            ["days_until_due"] = null,
            ["default_payment_method"] = paymentMethod,
            ["default_source"] = null,
            ["description"] = session["_subscription"]!["description"]?.DeepClone(),
            ["discounts"] = new JsonArray(),
            ["ended_at"] = null,
            ["items"] = new JsonObject
            {
                ["object"] = "list",
                ["data"] = new JsonArray([.. lines.Select(line => SubscriptionItems.Of(draft, id, line))]),
                ["has_more"] = false,
                ["url"] = $"/v1/subscription_items?subscription={id}",
            },
            ["latest_invoice"] = null,
            ["livemode"] = false,
            ["metadata"] = session["_subscription"]!["metadata"]!.DeepClone(),
            ["pause_collection"] = null,
            ["pending_setup_intent"] = null,
            ["schedule"] = null,
            ["start_date"] = draft.Seconds,
            ["status"] = "active",
            ["test_clock"] = null,
            ["trial_end"] = null,
            ["trial_start"] = null,
        };
    }

    public static IEnumerable<JsonObject> Items(JsonObject subscription) =>
        subscription["items"]!["data"]!.AsArray().Select(item => item!.AsObject());

    public static long PeriodEnd(JsonObject subscription) => Items(subscription).Min(item => item.Number("current_period_end"));

    /// <summary>When something has to be done with it next: its period is over, or the date that it ends at is there.</summary>
    public static long Due(JsonObject subscription) =>
        Math.Min(PeriodEnd(subscription), subscription["cancel_at"] is null ? long.MaxValue : subscription.Number("cancel_at"));

    /// <summary>Whether no period follows on what is over by then.</summary>
    public static bool Ends(JsonObject subscription, long by) => (bool)subscription["cancel_at_period_end"]!
        || (subscription["cancel_at"] is not null && subscription.Number("cancel_at") <= by);

    public static JsonObject Cancel(Draft draft, JsonObject subscription)
    {
        if (subscription.Text("status") == "canceled")
        {
            return subscription;
        }

        subscription["status"] = "canceled";
        subscription["canceled_at"] ??= draft.Seconds;
        subscription["ended_at"] = draft.Seconds;
        subscription["cancellation_details"]!["reason"] ??= "cancellation_requested";
        draft.Put(subscription);
        Invoices.StopRetrying(draft, subscription.Id());
        draft.Emit("customer.subscription.deleted", subscription);
        return subscription;
    }

    /// <summary>The next period begins now, or the subscription ends if that was wished. The first one that is charged follows on a trial.
    /// </summary>
    public static void Renew(Draft draft, JsonObject subscription, long startsAt, string reason = "subscription_cycle")
    {
        var ends = Ends(subscription, startsAt);
        if (ends && Prorations.Pending(draft, subscription.Id()).Count == 0)
        {
            Cancel(draft, subscription);
            return;
        }

        var previous = new JsonObject
        {
            ["items"] = subscription["items"]!.DeepClone(),
            ["latest_invoice"] = subscription["latest_invoice"]?.DeepClone(),
        };
        if (IsTrial(subscription))
        {
            previous["status"] = "trialing";
            subscription["status"] = "active";
        }

        if (!ends)
        {
            SubscriptionItems.Begin(subscription, startsAt);
        }

        // What changes within the last period were worth is settled even when no other period follows.
        var invoice = Invoices.Issue(draft, subscription, reason, withPeriod: !ends);
        subscription["latest_invoice"] = invoice.Id();
        draft.Put(subscription);
        Invoices.Charge(draft, invoice);
        var now = draft.Find(subscription.Id(), Kind)!;
        if (ends)
        {
            Cancel(draft, now);
            return;
        }

        draft.Emit("customer.subscription.updated", now, previous);
    }

    public static void SetStatus(Draft draft, string id, string status)
    {
        if (draft.Find(id, Kind) is { } subscription && subscription.Text("status") is { } before and not "canceled" && before != status)
        {
            subscription["status"] = status;
            draft.Put(subscription);
            draft.Emit("customer.subscription.updated", subscription, new JsonObject { ["status"] = before });
        }
    }

    private static JsonObject List(StripeCall call)
    {
        var form = call.Form;
        var (customer, price, status) = (form.Text("customer"), form.Text("price"), form.Text("status"));
        return call.Page(Kind, subscription =>
            (customer is null || subscription.Text("customer") == customer)
            && (price is null || Items(subscription).Any(item => (string?)item["price"]!["id"] == price))
            && (status switch
            {
                null => subscription.Text("status") != "canceled",
                "all" => true,
                "ended" => subscription.Text("status") is "canceled" or "incomplete_expired",
                _ => subscription.Text("status") == status,
            }));
    }

    private static JsonObject Update(StripeCall call)
    {
        var (form, draft) = (call.Form, call.Draft);
        var subscription = draft.Get(call.Id, Kind);
        if (subscription.Text("status") == "canceled")
        {
            throw StripeFailure.Invalid("A canceled subscription can only update its cancellation_details and metadata.");
        }

        var anchor = form.Choice("billing_cycle_anchor", "now", "unchanged");
        if (anchor == "now" && form.Has("items"))
        {
            throw StripeFailure.Invalid(
                "Changing items and the billing cycle anchor at once is not in this stand-in.", null, "billing_cycle_anchor");
        }

        var endsTrial = form.Choice("trial_end", "now") is not null && IsTrial(subscription);
        var before = subscription.DeepClone().AsObject();
        if (form.Text("default_payment_method") is { Length: > 0 } method)
        {
            var owner = draft.Referenced(method, "payment_method", "default_payment_method").Text("customer");
            subscription["default_payment_method"] = owner == subscription.Text("customer")
                ? method
                : throw StripeFailure.Invalid(
                    "The payment method must be attached to the customer of the subscription.", null, "default_payment_method");
        }

        EndLater(draft, subscription, form);
        if (form.Text("description") is { } description)
        {
            subscription["description"] = description.Length == 0 ? null : description;
        }

        subscription["metadata"] = form.Metadata(subscription["metadata"]);
        var invoice = SubscriptionItems.Change(draft, subscription, form);
        if (invoice is not null)
        {
            subscription["latest_invoice"] = invoice.Id();
        }

        draft.Put(subscription);
        var changed = subscription.Where(field => !JsonNode.DeepEquals(field.Value, before[field.Key])).Select(field => field.Key).ToList();
        if (changed.Count > 0)
        {
            draft.Emit("customer.subscription.updated", subscription,
                new JsonObject(changed.Select(name => KeyValuePair.Create(name, before[name]?.DeepClone()))));
        }

        if (invoice is not null)
        {
            Invoices.Charge(draft, invoice);
        }

        if (endsTrial)
        {
            subscription["trial_end"] = draft.Seconds;
            subscription["billing_cycle_anchor"] = draft.Seconds;
            Renew(draft, subscription, draft.Seconds, "subscription_update");
        }

        // Moving the anchor to now starts, and charges, a new period at once.
        if (anchor == "now")
        {
            subscription["billing_cycle_anchor"] = draft.Seconds;
            Renew(draft, subscription, draft.Seconds);
        }

        return call.Show(draft.Find(call.Id, Kind)!);
    }

    /// <summary>With its period or, as the portal does for flexible billing, at a date: then it does not say that it ends with its period, also
    /// where that is the same. What ends at a date is not kept by saying that it does not end with its period.</summary>
    private static void EndLater(Draft draft, JsonObject subscription, Form form)
    {
        var (atEnd, at) = (form.Flag("cancel_at_period_end"), form.Has("cancel_at"));
        if (atEnd is not null && at)
        {
            throw StripeFailure.Invalid("Received both cancel_at and cancel_at_period_end parameters. Please pass in only one.", null, "cancel_at");
        }

        if ((atEnd is null && !at) || (atEnd == false && !(bool)subscription["cancel_at_period_end"]!))
        {
            return;
        }

        var date = form.Text("cancel_at") is { Length: > 0 } ? form.Number("cancel_at") : atEnd == true ? PeriodEnd(subscription) : null;
        if (date <= draft.Seconds)
        {
            throw StripeFailure.Invalid("The cancel_at must be in the future.", null, "cancel_at");
        }

        subscription["cancel_at_period_end"] = atEnd == true;
        subscription["cancel_at"] = date;
        subscription["canceled_at"] = date is null ? null : draft.Seconds;
        subscription["cancellation_details"]!["reason"] = date is null ? null : "cancellation_requested";
    }

    private static JsonObject Cancel(StripeCall call)
    {
        var subscription = call.Draft.Get(call.Id, Kind);

        // One that has ended cannot be addressed any more, except to read it.
        return subscription.Text("status") == "canceled"
            ? throw StripeFailure.Missing(Kind, call.Id)
            : call.Show(Cancel(call.Draft, subscription));
    }
}
