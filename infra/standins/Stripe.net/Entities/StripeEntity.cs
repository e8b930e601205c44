using System.Text.Json;
using System.Text.Json.Serialization;
using Stripe.Infrastructure;

namespace Stripe;

/// <summary>Anything that the API answers with.</summary>
public interface IStripeEntity
{
    StripeResponse StripeResponse { get; set; }
}

/// <summary>An object with an id.</summary>
public interface IHasId
{
    string Id { get; set; }
}

/// <summary>An object that says in "object" what it is.</summary>
public interface IHasObject
{
    string Object { get; set; }
}

/// <summary>An object that carries key-value pairs of its owner.</summary>
public interface IHasMetadata
{
    Dictionary<string, string> Metadata { get; set; }
}

/// <summary>The base of every object of the API.</summary>
public abstract class StripeEntity : IStripeEntity
{
    [JsonIgnore]
    public StripeResponse StripeResponse { get; set; }

    public static T FromJson<T>(string value)
        where T : IStripeEntity => JsonSerializer.Deserialize<T>(value, StripeJson.Options);

    public string ToJson() => JsonSerializer.Serialize(this, GetType(), StripeJson.Indented);

    protected static ExpandableField<T> SetExpandableFieldId<T>(string id, ExpandableField<T> expandable)
        where T : IHasId => expandable is not null && expandable.Id == id ? expandable : new ExpandableField<T> { Id = id };

    protected static ExpandableField<T> SetExpandableFieldObject<T>(T obj, ExpandableField<T> expandable)
        where T : IHasId
    {
        expandable ??= new ExpandableField<T>();
        expandable.ExpandedObject = obj;
        return expandable;
    }
}

/// <summary>The base of every object of the API, knowing its own type.</summary>
public abstract class StripeEntity<T> : StripeEntity
    where T : StripeEntity<T>
{
    public static T FromJson(string value) => FromJson<T>(value);
}

/// <summary>A reference that is an id, or the object itself when the request asked to expand it.</summary>
public class ExpandableField<T>
    where T : IHasId
{
    private string id;

    public string Id
    {
        get => ExpandedObject?.Id ?? id;
        set => id = ExpandedObject is null
            ? value
            : throw new InvalidOperationException("Cannot set Id when ExpandedObject is already set.");
    }

    public T ExpandedObject { get; set; }
}
