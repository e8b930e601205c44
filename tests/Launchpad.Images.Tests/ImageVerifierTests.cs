using System.Diagnostics;
using Launchpad.Shared.Images;
using Microsoft.Extensions.Options;

namespace Launchpad.Images.Tests;

public sealed class ImageVerifierTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    private readonly string _repository = $"test/{Guid.NewGuid():N}";

    [Fact]
    public async Task A_signed_image_resolves_to_the_digest_that_was_signed()
    {
        var digest = await PublishAsync("1.0.0");

        var image = await registry.ResolveAsync(_repository, "1.0.0");

        Assert.Equal($"{registry.Address}/{_repository}@{digest}", image.Reference);
        Assert.Equal(digest, image.Digest);
        Assert.Matches("^[0-9a-f]{64}$", image.Signer);
    }

    [Fact]
    public async Task Releases_are_the_images_of_the_registry_the_usual_one_first_each_with_the_word_on_it()
    {
        using var stranger = registry.AnotherKey();
        var digest = await PublishAsync("1.0.0");
        await PublishAsync("1.1.0");
        await registry.PushAsync(_repository, "unsigned", "other");
        await PublishAsync("strange", stranger);
        var options = Options.Create(registry.Trusting(registry.Key).Value with { Repository = _repository, Tag = "1.0.0" });
        using var client = new RegistryClient(options);
        var verifier = new ImageVerifier(client, options);

        var releases = await new ReleaseCatalog(client, verifier, options, TimeProvider.System).ListAsync(default);

        Assert.Equal(["1.0.0", "unsigned", "strange", "1.1.0"], releases.Select(release => release.Tag));
        Assert.Equal([true, false, false, true], releases.Select(release => release.Key is not null));
        Assert.Equal([true, false, false, true], releases.Select(release => release.Refusal is null));
        Assert.Equal(digest, releases[0].Digest);

        // What runs is known by its digest, also when its tag has gone on to another image.
        Assert.Equal(releases[0].Key, (await verifier.ConfirmAsync(_repository, digest, default)).Signer);
        var strange = await client.FindManifestAsync(_repository, "strange", default);
        await Assert.ThrowsAsync<ImageRejectedException>(() => verifier.ConfirmAsync(_repository, strange!.Digest, default));
    }

    [Fact]
    public async Task An_unknown_tag_is_refused()
    {
        await PublishAsync("1.0.0");

        Assert.Equal("image-not-found", (await registry.RefusalAsync(_repository, "1.0.1")).Code);
    }

    [Fact]
    public async Task An_unsigned_image_is_refused()
    {
        await registry.PushAsync(_repository, "1.0.0", _repository);

        var refusal = await registry.RefusalAsync(_repository, "1.0.0");

        Assert.Equal("image-unsigned", refusal.Code);
        Assert.Contains("Nothing was started", refusal.Message, StringComparison.Ordinal);
        Assert.False(refusal.Retryable);
    }

    [Fact]
    public async Task A_signature_by_another_key_is_refused()
    {
        using var stranger = registry.AnotherKey();
        await PublishAsync("1.0.0", stranger);

        Assert.Equal("signature-invalid", (await registry.RefusalAsync(_repository, "1.0.0")).Code);
    }

    [Fact]
    public async Task One_good_signature_among_strangers_is_enough()
    {
        using var stranger = registry.AnotherKey();
        var digest = await PublishAsync("1.0.0");
        await registry.SignAsync(_repository, "other-tag", digest, stranger);

        Assert.Equal(2, (await registry.SignaturesAsync(_repository, digest)).Layers.Count);
        Assert.Equal(digest, (await registry.ResolveAsync(_repository, "1.0.0")).Digest);
    }

    [Fact]
    public async Task While_keys_are_changed_both_are_trusted()
    {
        using var next = registry.AnotherKey();
        var digest = await PublishAsync("1.0.0", next);

        Assert.Equal(digest, (await registry.ResolveAsync(_repository, "1.0.0", registry.Key, next)).Digest);
    }

    [Fact]
    public async Task A_signature_for_another_repository_is_refused()
    {
        var digest = await PublishAsync("1.0.0");
        var copy = _repository + "-copy";
        Assert.Equal(digest, await registry.PushAsync(copy, "1.0.0", _repository + "1.0.0"));
        await registry.PutSignaturesAsync(copy, digest, await registry.SignaturesAsync(_repository, digest));

        var refusal = await registry.RefusalAsync(copy, "1.0.0");

        Assert.Equal("signature-invalid", refusal.Code);
        Assert.Contains(_repository, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signature_for_another_digest_is_refused()
    {
        var signed = await PublishAsync("1.0.0");
        var other = await registry.PushAsync(_repository, "1.0.0", "something else");
        await registry.PutSignaturesAsync(_repository, other, await registry.SignaturesAsync(_repository, signed));

        Assert.Equal("signature-invalid", (await registry.RefusalAsync(_repository, "1.0.0")).Code);
    }

    [Fact]
    public async Task A_tag_that_was_moved_to_an_older_signed_image_is_refused()
    {
        await PublishAsync("1.0.0");
        await PublishAsync("1.0.1");
        await registry.PushAsync(_repository, "1.0.1", _repository + "1.0.0");

        Assert.Equal("signature-invalid", (await registry.RefusalAsync(_repository, "1.0.1")).Code);
    }

    [Fact]
    public async Task A_changed_signature_is_refused()
    {
        var digest = await PublishAsync("1.0.0");
        var signatures = await registry.SignaturesAsync(_repository, digest);
        var der = Convert.FromBase64String(signatures.Layers[0].Annotations![CosignPayload.SignatureAnnotation]);
        der[^1] ^= 1;
        await registry.PutSignaturesAsync(_repository, digest, WithSignature(signatures, Convert.ToBase64String(der)));

        Assert.Equal("signature-invalid", (await registry.RefusalAsync(_repository, "1.0.0")).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("AAAA")]
    public async Task What_is_no_signature_at_all_is_refused(string signature)
    {
        var digest = await PublishAsync("1.0.0");
        var signatures = await registry.SignaturesAsync(_repository, digest);
        await registry.PutSignaturesAsync(_repository, digest, WithSignature(signatures, signature));

        Assert.Equal("signature-invalid", (await registry.RefusalAsync(_repository, "1.0.0")).Code);
    }

    [Fact]
    public async Task A_manifest_changed_in_the_registry_is_refused()
    {
        registry.Spoil(await PublishAsync("1.0.0"));

        Assert.Equal("digest-mismatch", (await registry.RefusalAsync(_repository, "1.0.0")).Code);
    }

    [Fact]
    public async Task A_signed_statement_changed_in_the_registry_is_refused()
    {
        var digest = await PublishAsync("1.0.0");
        registry.Spoil((await registry.SignaturesAsync(_repository, digest)).Layers[0].Digest);

        Assert.Equal("digest-mismatch", (await registry.RefusalAsync(_repository, "1.0.0")).Code);
    }

    [Fact]
    public async Task A_statement_larger_than_any_honest_one_is_refused()
    {
        var digest = await PublishAsync("1.0.0");
        var signatures = await registry.SignaturesAsync(_repository, digest);
        var large = new byte[65 * 1024];
        await registry.Writer.PushBlobAsync(_repository, large, default);
        var layer = signatures.Layers[0] with { Digest = ImageName.DigestOf(large), Size = large.Length };
        await registry.PutSignaturesAsync(_repository, digest, signatures with { Layers = [layer] });

        Assert.Equal("digest-mismatch", (await registry.RefusalAsync(_repository, "1.0.0")).Code);
    }

    [Fact]
    public async Task Openssl_finds_the_signature_good_too()
    {
        var digest = await PublishAsync("1.0.0");
        var layer = (await registry.SignaturesAsync(_repository, digest)).Layers[0];
        var folder = Directory.CreateTempSubdirectory("launchpad-openssl");
        string File(string name) => Path.Combine(folder.FullName, name);
        await System.IO.File.WriteAllBytesAsync(File("payload.json"), await registry.BlobAsync(_repository, layer.Digest));
        var signature = Convert.FromBase64String(layer.Annotations![CosignPayload.SignatureAnnotation]);
        await System.IO.File.WriteAllBytesAsync(File("sig.der"), signature);
        await System.IO.File.WriteAllTextAsync(File("key.pub"), registry.Key.PublicKeyPem);

        using var openssl = Process.Start(new ProcessStartInfo(
            "openssl", ["dgst", "-sha256", "-verify", File("key.pub"), "-signature", File("sig.der"), File("payload.json")])
        {
            RedirectStandardOutput = true,
        })!;
        var said = await openssl.StandardOutput.ReadToEndAsync();
        await openssl.WaitForExitAsync();
        folder.Delete(recursive: true);

        Assert.Equal("Verified OK", said.Trim());
        Assert.Equal(0, openssl.ExitCode);
    }

    private static OciManifest WithSignature(OciManifest signatures, string signature) => signatures with
    {
        Layers =
        [
            signatures.Layers[0] with
            {
                Annotations = new Dictionary<string, string> { [CosignPayload.SignatureAnnotation] = signature },
            },
        ],
    };

    private async Task<string> PublishAsync(string tag, SigningKey? key = null)
    {
        var digest = await registry.PushAsync(_repository, tag, _repository + tag);
        await registry.SignAsync(_repository, tag, digest, key);
        return digest;
    }
}
