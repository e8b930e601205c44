using System.Diagnostics;
using System.Text.Json.Nodes;
using Launchpad.Shared.Images;
using Microsoft.Extensions.Options;

namespace Launchpad.Images.Tests;

/// <summary>A real docker-registry with its own storage, and what a test needs to publish, sign and spoil images in it.</summary>
public sealed class RegistryFixture : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("launchpad-registry");
    private Process? _process;

    public string Address { get; } = $"127.0.0.1:{FreePort.Take()}";

    public SigningKey Key { get; private set; } = null!;

    internal RegistryWriter Writer { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var config = Path.Combine(_folder.FullName, "config.yml");
        await File.WriteAllTextAsync(config, $$"""
            version: 0.1
            log: { level: error }
            storage: { filesystem: { rootdirectory: {{_folder.FullName}}/data } }
            http: { addr: {{Address}} }
            """);
        _process = Process.Start(new ProcessStartInfo("docker-registry", ["serve", config]) { RedirectStandardError = true })!;
        // Read on, or the registry stands still when the pipe is full.
        _process.BeginErrorReadLine();
        Key = SigningKey.Open(Path.Combine(_folder.FullName, "keys"));
        Writer = new("http", Address);
        using var http = new HttpClient();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri($"http://{Address}/v2/"));
                Assert.True(answer.IsSuccessStatusCode && !_process.HasExited, $"Somebody else has {Address}.");
                return;
            }
            catch (HttpRequestException) when (attempt < 300)
            {
                await Task.Delay(100);
            }
        }
    }

    public async Task DisposeAsync()
    {
        Writer.Dispose();
        Key.Dispose();
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    public SigningKey AnotherKey() => SigningKey.Open(Path.Combine(_folder.FullName, Guid.NewGuid().ToString("N")));

    public IOptions<ImageOptions> Trusting(params SigningKey[] keys) => Options.Create(new ImageOptions
    {
        Registry = Address,
        Scheme = "http",
        PublicKeyPem = string.Concat(keys.Select(key => key.PublicKeyPem)),
    });

    public async Task<VerifiedImage> ResolveAsync(string repository, string tag, params SigningKey[] trusted)
    {
        var options = Trusting(trusted is [] ? [Key] : trusted);
        using var client = new RegistryClient(options);
        return await new ImageVerifier(client, options).ResolveAsync(repository, tag, default);
    }

    public async Task<ImageRejectedException> RefusalAsync(string repository, string tag, params SigningKey[] trusted) =>
        await Assert.ThrowsAsync<ImageRejectedException>(() => ResolveAsync(repository, tag, trusted));

    /// <summary>The smallest image there is: its configuration says which one.</summary>
    public async Task<string> PushAsync(string repository, string tag, string content)
    {
        var config = System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["is"] = content }.ToJsonString());
        await Writer.PushBlobAsync(repository, config, default);
        var manifest = new OciManifest(new(OciManifest.ImageConfig, ImageName.DigestOf(config), config.Length), []).ToBytes();
        await Writer.PutManifestAsync(repository, tag, manifest, default);
        return ImageName.DigestOf(manifest);
    }

    public async Task SignAsync(string repository, string tag, string digest, SigningKey? key = null)
    {
        using var client = new RegistryClient(Trusting(Key));
        await new Signer(client, Writer, key ?? Key).SignAsync(repository, tag, digest, [], default);
    }

    public async Task<OciManifest> SignaturesAsync(string repository, string digest)
    {
        using var client = new RegistryClient(Trusting(Key));
        var found = await client.FindManifestAsync(repository, ImageName.AttachedTag(digest, "sig"), default);
        return OciManifest.Read(found!.Content)!;
    }

    public async Task<byte[]> BlobAsync(string repository, string digest)
    {
        using var client = new RegistryClient(Trusting(Key));
        return (await client.FindBlobAsync(repository, digest, 1 << 20, default))!;
    }

    public async Task PutSignaturesAsync(string repository, string digest, OciManifest signatures)
    {
        foreach (var layer in signatures.Layers.Append(signatures.Config))
        {
            Assert.True(File.Exists(PathOf(layer.Digest)), "the storage has the blob already");
            await Writer.PushBlobAsync(repository, await File.ReadAllBytesAsync(PathOf(layer.Digest)), default);
        }

        await Writer.PutManifestAsync(repository, ImageName.AttachedTag(digest, "sig"), signatures.ToBytes(), default);
    }

    /// <summary>Makes what the registry keeps under a digest name another digest, as someone with access to its disk could.</summary>
    public void Spoil(string digest)
    {
        var content = File.ReadAllBytes(PathOf(digest));
        var named = content.AsSpan().IndexOf("sha256:"u8) + "sha256:".Length;
        content[named] = content[named] is (byte)'0' ? (byte)'1' : (byte)'0';
        File.WriteAllBytes(PathOf(digest), content);
    }

    private string PathOf(string digest) =>
        Path.Combine(_folder.FullName, "data/docker/registry/v2/blobs/sha256", digest[7..9], digest[7..], "data");
}
