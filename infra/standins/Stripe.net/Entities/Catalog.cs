using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>What is sold.</summary>
public class Product : StripeEntity<Product>, IHasId, IHasMetadata, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public bool Active { get; set; }

    public DateTime Created { get; set; } = DateTime.UnixEpoch;

    public string Description { get; set; }

    public bool Livemode { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string Name { get; set; }
}

/// <summary>How much and how often. Immutable: a new amount is a new price, to which the lookup key moves.</summary>
public class Price : StripeEntity<Price>, IHasId, IHasMetadata, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public bool Active { get; set; }

    public DateTime Created { get; set; } = DateTime.UnixEpoch;

    public string Currency { get; set; }

    public bool Livemode { get; set; }

    public string LookupKey { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string Nickname { get; set; }

    [JsonIgnore]
    public string ProductId
    {
        get => InternalProduct?.Id;
        set => InternalProduct = SetExpandableFieldId(value, InternalProduct);
    }

    [JsonIgnore]
    public Product Product
    {
        get => InternalProduct is null ? null : InternalProduct.ExpandedObject;
        set => InternalProduct = SetExpandableFieldObject(value, InternalProduct);
    }

    public PriceRecurring Recurring { get; set; }

    public string Type { get; set; }

    public long? UnitAmount { get; set; }

    [JsonInclude]
    [JsonPropertyName("product")]
    internal ExpandableField<Product> InternalProduct { get; set; }
}

/// <summary>How often a price is charged.</summary>
public class PriceRecurring : StripeEntity<PriceRecurring>
{
    public string Interval { get; set; }

    public long IntervalCount { get; set; }

    public string UsageType { get; set; }
}
