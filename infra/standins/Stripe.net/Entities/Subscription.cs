using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>A price that a customer pays again and again.</summary>
public class Subscription : StripeEntity<Subscription>, IHasId, IHasMetadata, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public DateTime? CancelAt { get; set; }

    public bool CancelAtPeriodEnd { get; set; }

    public DateTime? CanceledAt { get; set; }

    public DateTime Created { get; set; } = DateTime.UnixEpoch;

    public string Currency { get; set; }

    [JsonIgnore]
    public string CustomerId
    {
        get => InternalCustomer?.Id;
        set => InternalCustomer = SetExpandableFieldId(value, InternalCustomer);
    }

    [JsonIgnore]
    public Customer Customer
    {
        get => InternalCustomer is null ? null : InternalCustomer.ExpandedObject;
        set => InternalCustomer = SetExpandableFieldObject(value, InternalCustomer);
    }

    public DateTime? EndedAt { get; set; }

    public StripeList<SubscriptionItem> Items { get; set; }

    [JsonIgnore]
    public string LatestInvoiceId
    {
        get => InternalLatestInvoice?.Id;
        set => InternalLatestInvoice = SetExpandableFieldId(value, InternalLatestInvoice);
    }

    [JsonIgnore]
    public Invoice LatestInvoice
    {
        get => InternalLatestInvoice is null ? null : InternalLatestInvoice.ExpandedObject;
        set => InternalLatestInvoice = SetExpandableFieldObject(value, InternalLatestInvoice);
    }

    public bool Livemode { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public DateTime StartDate { get; set; } = DateTime.UnixEpoch;

    public string Status { get; set; }

    [JsonInclude]
    [JsonPropertyName("customer")]
    internal ExpandableField<Customer> InternalCustomer { get; set; }

    [JsonInclude]
    [JsonPropertyName("latest_invoice")]
    internal ExpandableField<Invoice> InternalLatestInvoice { get; set; }
}

/// <summary>One price within a subscription, with the period that is paid for.</summary>
public class SubscriptionItem : StripeEntity<SubscriptionItem>, IHasId, IHasMetadata, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public DateTime Created { get; set; } = DateTime.UnixEpoch;

    public DateTime CurrentPeriodEnd { get; set; } = DateTime.UnixEpoch;

    public DateTime CurrentPeriodStart { get; set; } = DateTime.UnixEpoch;

    public Dictionary<string, string> Metadata { get; set; }

    public Price Price { get; set; }

    public long Quantity { get; set; }

    public string Subscription { get; set; }
}
