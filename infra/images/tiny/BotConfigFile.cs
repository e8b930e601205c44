using System.Security.Cryptography;
using System.Text.Json;

namespace Launchpad.TinyBot;

/// <summary>The delivered configuration, known by its hash only: this bot has nothing to configure.</summary>
internal sealed record BotConfigFile(string Sha256)
{
    /// <summary>False when there is a file and it is not a JSON object; no file at all is fine.</summary>
    public static bool TryRead(string path, out BotConfigFile? config)
    {
        config = null;
        if (!File.Exists(path))
        {
            return true;
        }

        var content = File.ReadAllBytes(path);
        try
        {
            using var document = JsonDocument.Parse(content);
            config = new(Convert.ToHexStringLower(SHA256.HashData(content)));
            return document.RootElement.ValueKind is JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
