using System.Text.Json.Serialization;

namespace Stripe.Checkout;

/// <summary>One visit to the hosted payment page.</summary>
public class Session : StripeEntity<Session>, IHasId, IHasMetadata, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public long? AmountSubtotal { get; set; }

    public long? AmountTotal { get; set; }

    public string CancelUrl { get; set; }

    public string ClientReferenceId { get; set; }

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

    public string CustomerEmail { get; set; }

    public DateTime ExpiresAt { get; set; } = DateTime.UnixEpoch;

    [JsonIgnore]
    public string InvoiceId
    {
        get => InternalInvoice?.Id;
        set => InternalInvoice = SetExpandableFieldId(value, InternalInvoice);
    }

    [JsonIgnore]
    public Invoice Invoice
    {
        get => InternalInvoice is null ? null : InternalInvoice.ExpandedObject;
        set => InternalInvoice = SetExpandableFieldObject(value, InternalInvoice);
    }

    public StripeList<LineItem> LineItems { get; set; }

    public bool Livemode { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string Mode { get; set; }

    public string PaymentStatus { get; set; }

    public string Status { get; set; }

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

    public string SuccessUrl { get; set; }

    public string Url { get; set; }

    [JsonInclude]
    [JsonPropertyName("customer")]
    internal ExpandableField<Customer> InternalCustomer { get; set; }

    [JsonInclude]
    [JsonPropertyName("invoice")]
    internal ExpandableField<Invoice> InternalInvoice { get; set; }

    [JsonInclude]
    [JsonPropertyName("subscription")]
    internal ExpandableField<Subscription> InternalSubscription { get; set; }
}
