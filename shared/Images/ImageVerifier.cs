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
        var refused = new ImageRejectedException(
            ImageRejectedException.NotSigned, $"The image {name}:{tag} carries no signature. Nothing was started.");

        foreach (var layer in await FindSignaturesAsync(repository, manifest.Digest, ct))
        {
            try
            {
                var signer = await VerifyAsync(repository, layer, new(name, manifest.Digest, CosignPayload.ImageType, tag), ct);
                return new($"{name}@{manifest.Digest}", manifest.Digest, signer);
            }
            catch (ImageRejectedException exception) when (!exception.Retryable)
            {
                // An image may be signed by several keys, of which some are not ours: one good signature is enough.
                refused = exception;
            }
        }

        throw refused;
    }

    private async Task<IEnumerable<OciDescriptor>> FindSignaturesAsync(string repository, string digest, CancellationToken ct)
    {
        var signatures = await registry.FindManifestAsync(repository, ImageName.AttachedTag(digest, "sig"), ct);
        return signatures is null ? []
            : OciManifest.Read(signatures.Content)?.Layers.Where(layer => layer.MediaType is CosignPayload.MediaType).Take(SignaturesMax)
                ?? throw Invalid($"{registry.Registry}/{repository}@{digest}", "its signature is not a manifest");
    }

    private async Task<string> VerifyAsync(string repository, OciDescriptor layer, CosignPayload expected, CancellationToken ct)
    {
        var name = $"{expected.DockerReference}:{expected.Tag}";
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
        return payload == expected ? key.Fingerprint
            : throw Invalid(name, payload is null
                ? "what was signed cannot be read"
                : $"the signature is for {payload.DockerReference}:{payload.Tag}@{payload.ManifestDigest}");
    }

    private static ImageRejectedException Invalid(string name, string why) => new(
        ImageRejectedException.SignatureInvalid, $"The image {name} was refused: {why}. Nothing was started.");
}
