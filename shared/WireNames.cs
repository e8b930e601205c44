using System.Text.Json;

namespace Launchpad.Shared;

/// <summary>States and kinds as they are spelt wherever somebody else reads them: in the API, the record, metrics and pages.</summary>
public static class WireNames
{
    public static string Wire(this Enum name) => JsonNamingPolicy.KebabCaseLower.ConvertName(name.ToString());
}
