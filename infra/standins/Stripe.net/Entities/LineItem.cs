namespace Stripe;

/// <summary>One line of a checkout session.</summary>
public class LineItem : StripeEntity<LineItem>, IHasId, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public long AmountSubtotal { get; set; }

    public long AmountTotal { get; set; }

    public string Currency { get; set; }

    public string Description { get; set; }

    public Price Price { get; set; }

    public long? Quantity { get; set; }
}
