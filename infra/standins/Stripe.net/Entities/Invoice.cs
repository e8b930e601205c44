using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>What one period costs and whether it was paid.</summary>
public class Invoice : StripeEntity<Invoice>, IHasId, IHasMetadata, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public long AmountDue { get; set; }

    public long AmountPaid { get; set; }

    public long AmountRemaining { get; set; }

    public long AttemptCount { get; set; }

    public string BillingReason { get; set; }

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

    public string HostedInvoiceUrl { get; set; }

    public bool Livemode { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string Number { get; set; }

    public InvoiceParent Parent { get; set; }

    public string Status { get; set; }

    public long Total { get; set; }

    [JsonInclude]
    [JsonPropertyName("customer")]
    internal ExpandableField<Customer> InternalCustomer { get; set; }
}

/// <summary>What an invoice is for.</summary>
public class InvoiceParent : StripeEntity<InvoiceParent>
{
    public InvoiceParentSubscriptionDetails SubscriptionDetails { get; set; }

    public string Type { get; set; }
}

/// <summary>The subscription that an invoice is for, with the metadata it had when the invoice was made.</summary>
public class InvoiceParentSubscriptionDetails : StripeEntity<InvoiceParentSubscriptionDetails>, IHasMetadata
{
    public Dictionary<string, string> Metadata { get; set; }

    [JsonIgnore]
    public string SubscriptionId
    {
        get => InternalSubscription?.Id;
        set => InternalSubscription = SetExpandableFieldId(value, InternalSubscription);
    }

    [JsonIgnore]
    public Subscription Subscription
    {
        get => InternalSubscription is null ? null : InternalSubscription.ExpandedObject;
        set => InternalSubscription = SetExpandableFieldObject(value, InternalSubscription);
    }

    [JsonInclude]
    [JsonPropertyName("subscription")]
    internal ExpandableField<Subscription> InternalSubscription { get; set; }
}
