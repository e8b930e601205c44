using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Polly;

namespace Launchpad.Shared.Images;

/// <summary>Reads a registry (OCI distribution, version 2). What it returns was hashed here: neither the registry nor a cache
/// on the way can hand out something else under a digest.</summary>
public sealed class RegistryClient : IDisposable
{
    private const int ManifestBytesMax = 4 * 1024 * 1024;
    private const int TagsMax = 1_000;
    private const int TagListBytesMax = 256 * 1024;

    private static readonly string[] ManifestTypes =
        [OciManifest.ImageManifest, OciManifest.ImageIndex, OciManifest.DockerManifest, OciManifest.DockerIndex];

    private readonly HttpClient _http;
    private readonly ResiliencePipeline<HttpResponseMessage> _resilience;
    private readonly ImageOptions _options;

    public RegistryClient(IOptions<ImageOptions> options)
    {
        _options = options.Value;
        _resilience = RegistryResilience.Build(_options.Timeout);
        var connections = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = true };
        _http = new HttpClient(new AnonymousPull(connections))
        {
            BaseAddress = new Uri($"{_options.Scheme}://{_options.Registry}/v2/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public string Registry => _options.Registry;

    /// <summary>Null when the registry does not know the tag or digest.</summary>
    public async Task<RegistryManifest?> FindManifestAsync(string repository, string reference, CancellationToken ct)
    {
        if (!ImageName.IsRepository(repository) || !(ImageName.IsTag(reference) || ImageName.IsDigest(reference)))
        {
            throw new ArgumentException($"Not an image name: {repository} {reference}", nameof(reference));
        }

        using var response = await SendAsync($"{repository}/manifests/{reference}", ManifestTypes, ct);
        if (response.StatusCode is HttpStatusCode.NotFound)
        {
            return null;
        }

        var content = await ReadAsync(response, ManifestBytesMax, ct);
        var digest = ImageName.DigestOf(content);
        var promised = ImageName.IsDigest(reference) ? reference
            : response.Headers.TryGetValues("Docker-Content-Digest", out var header) ? header.First() : digest;
        return digest == promised
            ? new(digest, content)
            : throw Mismatch($"manifest of {repository}", promised, digest);
    }

    /// <summary>A blob of at most <paramref name="maxBytes"/>; null when the registry does not have it.</summary>
    public async Task<byte[]?> FindBlobAsync(string repository, string digest, int maxBytes, CancellationToken ct)
    {
        if (!ImageName.IsRepository(repository) || !ImageName.IsDigest(digest))
        {
            throw new ArgumentException($"Not a blob's name: {repository} {digest}", nameof(digest));
        }

        using var response = await SendAsync($"{repository}/blobs/{digest}", [], ct);
        if (response.StatusCode is HttpStatusCode.NotFound)
        {
            return null;
        }

        var content = await ReadAsync(response, maxBytes, ct);
        var found = ImageName.DigestOf(content);
        return found == digest ? content : throw Mismatch($"blob of {repository}", digest, found);
    }

    /// <summary>The tags of a repository, those of signatures and bills of materials among them; none when the registry does not know
    /// it.</summary>
    public async Task<IReadOnlyList<string>> ListTagsAsync(string repository, CancellationToken ct)
    {
        if (!ImageName.IsRepository(repository))
        {
            throw new ArgumentException($"Not an image name: {repository}", nameof(repository));
        }

        using var response = await SendAsync($"{repository}/tags/list?n={TagsMax}", [], ct);
        if (response.StatusCode is HttpStatusCode.NotFound)
        {
            return [];
        }

        var content = await ReadAsync(response, TagListBytesMax, ct);
        try
        {
            return JsonSerializer.Deserialize<TagList>(content, JsonSerializerOptions.Web)?.Tags?.Where(ImageName.IsTag).ToList() ?? [];
        }
        catch (JsonException exception)
        {
            throw Unavailable("its list of tags cannot be read", exception);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(string path, string[] accept, CancellationToken ct)
    {
        try
        {
            var response = await _resilience.ExecuteAsync(async token =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path);
                foreach (var type in accept)
                {
                    request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
                }

                return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
            }, ct);
            if (response.IsSuccessStatusCode || response.StatusCode is HttpStatusCode.NotFound)
            {
                return response;
            }

            var status = (int)response.StatusCode;
            response.Dispose();
            throw Unavailable($"HTTP {status}", null);
        }
        catch (Exception exception) when (RegistryResilience.IsOutage(exception))
        {
            throw Unavailable(exception.Message, exception);
        }
    }

    private async Task<byte[]> ReadAsync(HttpResponseMessage response, int maxBytes, CancellationToken ct)
    {
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
            deadline.CancelAfter(_options.Timeout);
            await using var stream = await response.Content.ReadAsStreamAsync(deadline.Token);
            using var content = new MemoryStream();
            var buffer = new byte[16 * 1024];
            int read;
            while ((read = await stream.ReadAsync(buffer, deadline.Token)) > 0)
            {
                content.Write(buffer, 0, read);
                if (content.Length > maxBytes)
                {
                    throw new ImageRejectedException(
                        ImageRejectedException.DigestMismatch,
                        $"The registry {Registry} sent more than the {maxBytes} bytes such a document may have, so nothing was started.");
                }
            }

            return content.ToArray();
        }
        catch (Exception exception) when (!ct.IsCancellationRequested
            && (RegistryResilience.IsOutage(exception) || exception is IOException or OperationCanceledException))
        {
            throw Unavailable(exception.Message, exception);
        }
    }

    private ImageRejectedException Unavailable(string why, Exception? inner) => new(
        ImageRejectedException.RegistryUnavailable,
        $"The image registry {Registry} does not answer ({why}). Nothing was started; it is tried again.",
        inner);

    private sealed record TagList(IReadOnlyList<string>? Tags);

    private static ImageRejectedException Mismatch(string what, string promised, string found) => new(
        ImageRejectedException.DigestMismatch,
        $"The {what} was changed in the registry: it should be {promised} and is {found}. Nothing was started.");
}

/// <summary>A manifest's exact bytes and their hash.</summary>
public sealed record RegistryManifest(string Digest, byte[] Content);
