using System.Text.Json;

namespace Launchpad.Shared;

/// <summary>States and kinds as they are spelt wherever somebody else reads them: in the API, the record, metrics and pages.</summary>
public static class WireNames
{
    public static string Wire(this Enum name) => JsonNamingPolicy.KebabCaseLower.ConvertName(name.ToString());
}

/// <summary>What a text of an answer may be: the names of an enumeration as <see cref="WireNames"/> spells them.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class WireAttribute(Type names) : Attribute
{
    public Type Names => names;

    /// <summary>One more that is no member of it; null for none.</summary>
    public string? Also { get; init; }
}
