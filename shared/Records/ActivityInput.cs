using System.Security.Cryptography;
using System.Text.Json;

namespace Launchpad.Shared.Records;

/// <summary>The hash of what the activity that runs was given, so that its steps can be recorded with it.</summary>
public static class ActivityInput
{
    private static readonly AsyncLocal<string?> Current = new();

    /// <summary>Null outside activities.</summary>
    public static string? Hash => Current.Value;

    /// <summary>SHA-256 over the input as JSON, for everything that the caller awaits from here on.</summary>
    public static void Enter(object? input) => Current.Value =
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(input, JsonSerializerOptions.Web)));
}
