using System.Text.Json;
using System.Text.Json.Nodes;

namespace Launchpad.Shared.Images;

/// <summary>What is signed about an image, in cosign's simple-signing format.
/// The tag is part of it, so that a registry cannot answer for a new version with an older signed image.</summary>
public sealed record CosignPayload(string DockerReference, string ManifestDigest, string Type, string? Tag)
{
    public const string MediaType = "application/vnd.dev.cosign.simplesigning.v1+json";
    public const string SignatureAnnotation = "dev.cosignproject.cosign/signature";
    public const string ImageType = "cosign container image signature";

    /// <summary>The exact bytes to sign. <paramref name="optional"/> takes what else the signer wants to vouch for.</summary>
    public static byte[] Write(string dockerReference, string manifestDigest, JsonObject optional) =>
        JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["critical"] = new JsonObject
            {
                ["identity"] = new JsonObject { ["docker-reference"] = dockerReference },
                ["image"] = new JsonObject { ["docker-manifest-digest"] = manifestDigest },
                ["type"] = ImageType,
            },
            ["optional"] = optional,
        });

    /// <summary>Null when the bytes are not such a payload.</summary>
    public static CosignPayload? Read(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var document = JsonDocument.Parse(content, new() { MaxDepth = 16, AllowDuplicateProperties = false });
            var root = document.RootElement;
            var critical = root.GetProperty("critical");
            var reference = critical.GetProperty("identity").GetProperty("docker-reference").GetString();
            var digest = critical.GetProperty("image").GetProperty("docker-manifest-digest").GetString();
            var type = critical.GetProperty("type").GetString();
            var tag = root.TryGetProperty("optional", out var optional) && optional.ValueKind is JsonValueKind.Object
                && optional.TryGetProperty("tag", out var value) ? value.GetString() : null;
            return reference is null || digest is null || type is null ? null : new(reference, digest, type, tag);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
