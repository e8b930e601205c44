using System.Net;
using System.Net.Http.Headers;
using Launchpad.Shared.Images;

namespace Launchpad.Images;

/// <summary>Pushes blobs and manifests to a registry (OCI distribution, version 2); what is already there is not sent again.</summary>
internal sealed class RegistryWriter(string scheme, string registry) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new($"{scheme}://{registry}/v2/"), Timeout = TimeSpan.FromMinutes(10) };

    /// <summary>Whether it had to be sent.</summary>
    public async Task<bool> PushBlobAsync(string repository, string digest, Func<Stream> open, CancellationToken ct)
    {
        using var look = new HttpRequestMessage(HttpMethod.Head, $"{repository}/blobs/{digest}");
        using var found = await SendAsync(look, ct);
        if (found.StatusCode is HttpStatusCode.OK)
        {
            return false;
        }

        using var begin = new HttpRequestMessage(HttpMethod.Post, $"{repository}/blobs/uploads/");
        using var begun = await SendAsync(begin, ct);
        Require(begun, HttpStatusCode.Accepted, $"begin the upload of {digest}");
        var location = new Uri(_http.BaseAddress!, begun.Headers.Location!);
        var target = new UriBuilder(location) { Query = $"{location.Query.TrimStart('?')}&digest={digest}".TrimStart('&') };

        using var put = new HttpRequestMessage(HttpMethod.Put, target.Uri) { Content = new StreamContent(open()) };
        put.Content.Headers.ContentType = new("application/octet-stream");
        using var stored = await SendAsync(put, ct);
        Require(stored, HttpStatusCode.Created, $"store {digest}");
        return true;
    }

    public Task<bool> PushBlobAsync(string repository, byte[] content, CancellationToken ct) =>
        PushBlobAsync(repository, ImageName.DigestOf(content), () => new MemoryStream(content), ct);

    public async Task PutManifestAsync(string repository, string tag, byte[] manifest, CancellationToken ct)
    {
        using var put = new HttpRequestMessage(HttpMethod.Put, $"{repository}/manifests/{tag}");
        put.Content = new ByteArrayContent(manifest);
        put.Content.Headers.ContentType = new MediaTypeHeaderValue(OciManifest.ImageManifest);
        using var stored = await SendAsync(put, ct);
        Require(stored, HttpStatusCode.Created, $"store the manifest {repository}:{tag}");
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            return await _http.SendAsync(request, ct);
        }
        catch (HttpRequestException exception)
        {
            throw new ImageFailedException($"The registry at {_http.BaseAddress} does not answer: {exception.Message}", exception);
        }
    }

    private static void Require(HttpResponseMessage response, HttpStatusCode expected, string what)
    {
        if (response.StatusCode != expected)
        {
            throw new ImageFailedException($"The registry refused to {what}: HTTP {(int)response.StatusCode}.");
        }
    }
}
