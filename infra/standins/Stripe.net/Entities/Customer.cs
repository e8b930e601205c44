namespace Stripe;

/// <summary>Who pays.</summary>
public class Customer : StripeEntity<Customer>, IHasId, IHasMetadata, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public DateTime Created { get; set; } = DateTime.UnixEpoch;

    public bool? Deleted { get; set; }

    public string Email { get; set; }

    public bool Livemode { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string Name { get; set; }
}
