using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Images;

/// <summary>An image that may run: the only form in which one reaches a VM.</summary>
/// <param name="Reference">Registry, repository and digest.</param>
/// <param name="Signer">The SHA-256 of the public key that signed it.</param>
public sealed record VerifiedImage(string Reference, string Digest, string Signer);

/// <summary>Turns a tag into the digest that a trusted key signed for exactly that registry, repository and tag.
/// Everything after it works with the digest, so what was verified is what runs.</summary>
public sealed class ImageVerifier(RegistryClient registry, IOptions<ImageOptions> options)
{
    private const int SignaturesMax = 16;
    private const int PayloadBytesMax = 64 * 1024;
    private readonly IReadOnlyList<TrustedKey> _keys = TrustedKey.ReadAll(options.Value.PublicKeyPem);

    public async Task<VerifiedImage> ResolveAsync(string repository, string tag, CancellationToken ct)
    {
        var name = $"{registry.Registry}/{repository}";
        var manifest = await registry.FindManifestAsync(repository, tag, ct)
            ?? throw new ImageRejectedException(
                ImageRejectedException.NotFound, $"The image {name}:{tag} is not in the registry. Nothing was started.");
        return await VerifyAsync(repository, new(name, manifest.Digest, CosignPayload.ImageType, tag), ct);
    }

    /// <summary>The same for an image that is known by its digest, whatever tag it was signed under: what runs was started when that tag
    /// named it, and may not be what it names now.</summary>
    public Task<VerifiedImage> ConfirmAsync(string repository, string digest, CancellationToken ct) =>
        VerifyAsync(repository, new($"{registry.Registry}/{repository}", digest, CosignPayload.ImageType, null), ct);

    private async Task<VerifiedImage> VerifyAsync(string repository, CosignPayload expected, CancellationToken ct)
    {
        var (name, digest) = (expected.DockerReference, expected.ManifestDigest);
        var refused = new ImageRejectedException(
            ImageRejectedException.NotSigned, $"The image {NameOf(expected)} carries no signature. Nothing was started.");

        foreach (var layer in await FindSignaturesAsync(repository, digest, ct))
        {
            try
            {
                return new($"{name}@{digest}", digest, await SignerAsync(repository, layer, expected, ct));
            }
            catch (ImageRejectedException exception) when (!exception.Retryable)
            {
                // An image may be signed by several keys, of which some are not ours: one good signature is enough.
                refused = exception;
            }
        }

        throw refused;
    }

    private static string NameOf(CosignPayload image) =>
        image.Tag is { } tag ? $"{image.DockerReference}:{tag}" : $"{image.DockerReference}@{image.ManifestDigest}";

    private async Task<IEnumerable<OciDescriptor>> FindSignaturesAsync(string repository, string digest, CancellationToken ct)
    {
        var signatures = await registry.FindManifestAsync(repository, ImageName.AttachedTag(digest, "sig"), ct);
        return signatures is null ? []
            : OciManifest.Read(signatures.Content)?.Layers.Where(layer => layer.MediaType is CosignPayload.MediaType).Take(SignaturesMax)
                ?? throw Invalid($"{registry.Registry}/{repository}@{digest}", "its signature is not a manifest");
    }

    private async Task<string> SignerAsync(string repository, OciDescriptor layer, CosignPayload expected, CancellationToken ct)
    {
        var name = NameOf(expected);
        var content = ImageName.IsDigest(layer.Digest)
            ? await registry.FindBlobAsync(repository, layer.Digest, PayloadBytesMax, ct)
            : null;
        if (content is null)
        {
            throw Invalid(name, "what was signed is missing from the registry");
        }

        var signature = layer.Annotations?.GetValueOrDefault(CosignPayload.SignatureAnnotation);
        if (_keys.FirstOrDefault(key => key.Signed(content, signature)) is not { } key)
        {
            throw Invalid(name, "its signature is not by a trusted key");
        }

        // Only bytes with a good signature are parsed.
        var payload = CosignPayload.Read(content);
        return (expected.Tag is null && payload is not null ? payload with { Tag = null } : payload) == expected ? key.Fingerprint
            : throw Invalid(name, payload is null
                ? "what was signed cannot be read"
                : $"the signature is for {payload.DockerReference}:{payload.Tag}@{payload.ManifestDigest}");
    }

    private static ImageRejectedException Invalid(string name, string why) => new(
        ImageRejectedException.SignatureInvalid, $"The image {name} was refused: {why}. Nothing was started.");
}
