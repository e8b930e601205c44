namespace Stripe;

/// <summary>Something that happened to an object, with the object as it was then.</summary>
public class Event : StripeEntity<Event>, IHasId, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public string Account { get; set; }

    public string ApiVersion { get; set; }

    public DateTime Created { get; set; } = DateTime.UnixEpoch;

    public EventData Data { get; set; }

    public bool Livemode { get; set; }

    public long PendingWebhooks { get; set; }

    public EventRequest Request { get; set; }

    public string Type { get; set; }
}

/// <summary>The object of an event.</summary>
public class EventData : StripeEntity<EventData>
{
    public IHasObject Object { get; set; }
}

/// <summary>The request that caused an event, if one did.</summary>
public class EventRequest : StripeEntity<EventRequest>, IHasId
{
    public string Id { get; set; }

    public string IdempotencyKey { get; set; }
}

/// <summary>The kinds of event.</summary>
public static class EventTypes
{
    public const string CheckoutSessionCompleted = "checkout.session.completed";
    public const string CheckoutSessionExpired = "checkout.session.expired";
    public const string CustomerSubscriptionCreated = "customer.subscription.created";
    public const string CustomerSubscriptionDeleted = "customer.subscription.deleted";
    public const string CustomerSubscriptionUpdated = "customer.subscription.updated";
    public const string InvoicePaid = "invoice.paid";
    public const string InvoicePaymentFailed = "invoice.payment_failed";
}
