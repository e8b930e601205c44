using System.Text.Json.Nodes;
using Launchpad.Shared.Images;
using Microsoft.Extensions.Options;

namespace Launchpad.Images;

/// <summary>Build, publish, sign: each step looks first whether it is done, so any of them can be repeated after a crash.</summary>
internal sealed class ImagePipeline(ImageArguments arguments, Progress progress)
{
    private const string ConfigSchemaType = "application/schema+json";

    private readonly BuildCache _cache = new(arguments.Cache);
    private readonly Recipe _recipe = Recipe.Named(arguments.Image);

    /// <summary>Ends with one line of JSON: what there is now and which key signed it.</summary>
    public async Task RunAsync(TextWriter output, CancellationToken ct)
    {
        using var exclusive = await _cache.LockAsync(progress, ct);
        if (arguments.Verb is "fetch")
        {
            await _recipe.FetchAsync(_cache, progress, ct);
            return;
        }

        // First: who verifies images can be started while they are built.
        using var key = SigningKey.Open(_cache.SigningFolder);
        var image = await BuildAsync(ct);
        if (arguments.Verb is "sbom")
        {
            await output.WriteLineAsync(image.SbomPath);
            return;
        }

        using var registry = new RegistryClient(Options.Create(new ImageOptions
        {
            Registry = arguments.Registry,
            Scheme = arguments.Scheme,
            Repository = _recipe.Repository,
            PublicKeyPem = key.PublicKeyPem,
        }));
        using var writer = new RegistryWriter(arguments.Scheme, arguments.Registry);
        var images = new JsonObject();
        foreach (var tag in image.Tags)
        {
            var digest = ImageName.DigestOf(image.Manifest(tag));
            if (arguments.Verb is "ensure" or "publish")
            {
                await PublishAsync(image, tag, digest, registry, writer, ct);
            }

            if (arguments.Verb is "ensure" or "sign")
            {
                await SignAsync(image, tag, digest, registry, new Signer(registry, writer, key), key, ct);
            }

            images[tag] = $"{arguments.Registry}/{image.Repository}@{digest}";
        }

        var result = new JsonObject
        {
            ["ok"] = true,
            ["images"] = images,
            ["publicKey"] = SigningKey.PublicKeyPath(_cache.SigningFolder),
            ["sbom"] = image.SbomPath,
        };
        await output.WriteLineAsync(result.ToJsonString());
    }

    private async Task<BuiltImage> BuildAsync(CancellationToken ct)
    {
        var folder = await _cache.FolderAsync($"{arguments.Image}-{_recipe.InputsHash()}", async target =>
        {
            progress.Note($"{_recipe.Repository} is built once and then kept");
            var baked = await _recipe.BakeAsync(new(_cache, target, arguments.DockerHost, progress), ct);
            BuiltImage.Write(target, _recipe, baked);
        });
        _cache.Prune(arguments.Image);
        return new(folder, _recipe.Repository);
    }

    private async Task PublishAsync(
        BuiltImage image, string tag, string digest, RegistryClient registry, RegistryWriter writer, CancellationToken ct)
    {
        (string Tag, string MediaType, string Path)[] attached =
        [
            (ImageName.AttachedTag(digest, "sbom"), Sbom.MediaType, image.SbomPath),
            (ImageName.AttachedTag(digest, "schema"), ConfigSchemaType, image.ConfigSchemaPath),
        ];
        var present = await Task.WhenAll(
            attached.Select(one => one.Tag).Append(tag).Select(name => registry.FindManifestAsync(image.Repository, name, ct)));
        if (present[^1]?.Digest == digest && present.All(found => found is not null))
        {
            return;
        }

        await progress.StepAsync($"push {image.Repository}:{tag}", async () =>
        {
            var manifest = OciManifest.Read(image.Manifest(tag))!;
            await Parallel.ForEachAsync(manifest.Layers, ct, async (layer, token) =>
                await writer.PushBlobAsync(image.Repository, layer.Digest, () => File.OpenRead(image.LayerPath(layer)), token));
            await writer.PushBlobAsync(image.Repository, image.Config(tag), ct);
            foreach (var (name, type, path) in attached)
            {
                await AttachAsync(image.Repository, name, type, await File.ReadAllBytesAsync(path, ct), writer, ct);
            }

            // The tag last: whoever can see it can pull all of it.
            await writer.PutManifestAsync(image.Repository, tag, image.Manifest(tag), ct);
        });
    }

    /// <summary>Under a tag of its own: a blob that no manifest names is swept away by registries.</summary>
    private static async Task AttachAsync(
        string repository, string tag, string type, byte[] content, RegistryWriter writer, CancellationToken ct)
    {
        var config = "{}"u8.ToArray();
        await writer.PushBlobAsync(repository, content, ct);
        await writer.PushBlobAsync(repository, config, ct);
        var manifest = new OciManifest(
            new(OciManifest.ImageConfig, ImageName.DigestOf(config), config.Length),
            [new(type, ImageName.DigestOf(content), content.Length)]);
        await writer.PutManifestAsync(repository, tag, manifest.ToBytes(), ct);
    }

    private async Task SignAsync(
        BuiltImage image, string tag, string digest, RegistryClient registry, Signer signer, SigningKey key, CancellationToken ct)
    {
        if (arguments.ScanReport is null && await IsSignedAsync(image.Repository, tag, digest, registry, key, ct))
        {
            return;
        }

        var report = arguments.ScanReport is { } path ? ScanReport.Read(path, digest) : null;
        await progress.StepAsync($"sign {image.Repository}:{tag}{(report is null ? ", no scan report" : "")}", () => signer.SignAsync(
            image.Repository, tag, digest,
            new JsonObject
            {
                ["sbom"] = ImageName.DigestOf(File.ReadAllBytes(image.SbomPath)),
                ["scan"] = ScanReport.Claim(report),
            },
            ct));
    }

    private static async Task<bool> IsSignedAsync(
        string repository, string tag, string digest, RegistryClient registry, SigningKey key, CancellationToken ct)
    {
        var options = Options.Create(new ImageOptions { PublicKeyPem = key.PublicKeyPem });
        try
        {
            return (await new ImageVerifier(registry, options).ResolveAsync(repository, tag, ct)).Digest == digest;
        }
        catch (ImageRejectedException exception)
            when (exception.Code is ImageRejectedException.NotSigned or ImageRejectedException.SignatureInvalid)
        {
            return false;
        }
    }
}
