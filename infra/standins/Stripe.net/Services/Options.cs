using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>A group of parameters.</summary>
public interface INestedOptions;

/// <summary>The parameters of a request.</summary>
public class BaseOptions : INestedOptions
{
    private readonly HashSet<string> set = [];

    public List<string> Expand { get; set; }

    [JsonExtensionData]
    public IDictionary<string, object> ExtraParams { get; set; } = new Dictionary<string, object>();

    public void AddExpand(string value) => (Expand ??= []).Add(value);

    public void AddRangeExpand(IEnumerable<string> values) => (Expand ??= []).AddRange(values);

    public void AddExtraParam(string key, object value) => ExtraParams.Add(key, value);

    internal BaseOptions Clone() => (BaseOptions)MemberwiseClone();

    internal bool WasSet(string property) => set.Contains(property);

    private protected T Track<T>(T value, [CallerMemberName] string property = null)
    {
        set.Add(property);
        return value;
    }
}

/// <summary>The parameters of a list request.</summary>
public class ListOptions : BaseOptions
{
    public long? Limit { get; set; }

    public string StartingAfter { get; set; }

    public string EndingBefore { get; set; }
}
