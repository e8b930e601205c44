using System.Text.Json.Nodes;
using Launchpad.Shared.Images;

namespace Launchpad.Images;

/// <summary>Signs an image of a registry in cosign's format. A signature that is there stays: one image may carry several.</summary>
internal sealed class Signer(RegistryClient registry, RegistryWriter writer, SigningKey key)
{
    public async Task SignAsync(string repository, string tag, string digest, JsonObject claims, CancellationToken ct)
    {
        claims["tag"] = tag;
        var payload = CosignPayload.Write($"{registry.Registry}/{repository}", digest, claims);
        var config = "{}"u8.ToArray();
        var layer = new OciDescriptor(CosignPayload.MediaType, ImageName.DigestOf(payload), payload.Length)
        {
            Annotations = new Dictionary<string, string> { [CosignPayload.SignatureAnnotation] = key.Sign(payload) },
        };

        var signatures = ImageName.AttachedTag(digest, "sig");
        var present = await registry.FindManifestAsync(repository, signatures, ct);
        var others = present is null ? [] : OciManifest.Read(present.Content)?.Layers.Where(other => other.Digest != layer.Digest) ?? [];
        await writer.PushBlobAsync(repository, payload, ct);
        await writer.PushBlobAsync(repository, config, ct);
        var manifest = new OciManifest(new(OciManifest.ImageConfig, ImageName.DigestOf(config), config.Length), [layer, .. others]);
        await writer.PutManifestAsync(repository, signatures, manifest.ToBytes(), ct);
    }
}
