using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Deployments;

/// <summary>Which language models there are under the operator's key: asked of their provider, and remembered for a few minutes.</summary>
public sealed class ModelCatalog(SecretVault vault, IOptions<ModelOptions> options, TimeProvider clock, ILogger<ModelCatalog> log) : IDisposable
{
    /// <summary>Of a provider that names more, the first by name.</summary>
    public const int NamesMax = 500;

    private const int AnswerMaxBytes = 1 << 20;
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan KeptOfNone = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan KeptKey = TimeSpan.FromMinutes(5);

    private readonly CoalescedReads<Uri, IReadOnlyList<string>?> reads = new();

    // The key goes to the provider, and nowhere that he leads to.
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = TimeSpan.FromSeconds(5),
        MaxResponseContentBufferSize = AnswerMaxBytes,
    };

    private volatile Known? known;

    /// <summary>In the order of their names; null when the provider does not say.</summary>
    public async Task<IReadOnlyList<string>?> NamesAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (known is not { } kept || kept.Until <= now)
        {
            var names = await reads.GetAsync(options.Value.CatalogUrl ?? options.Value.BaseUrl, AskAsync, ct);
            known = kept = new(names, now + (names is null ? KeptOfNone : Kept));
        }

        return kept.Names;
    }

    public void Dispose() => http.Dispose();

    private async Task<IReadOnlyList<string>?> AskAsync(Uri at)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{at.AbsoluteUri.TrimEnd('/')}/models"));
            if (await vault.RecallAsync(options.Value.ApiKeySecret, KeptKey, CancellationToken.None) is { } key)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            }

            using var answer = await http.SendAsync(request);
            answer.EnsureSuccessStatusCode();
            var listed = JsonSerializer.Deserialize<Listed>(await answer.Content.ReadAsByteArrayAsync());
            return [.. (listed?.Data ?? []).Select(model => model.Id).OfType<string>().Distinct().Order(StringComparer.Ordinal).Take(NamesMax)];
        }
        catch (Exception trouble) when (trouble is HttpRequestException or OperationCanceledException or JsonException)
        {
            log.LogWarning("The model provider does not say which models it has: {Trouble}", trouble.GetType().Name);
            return null;
        }
    }

    private sealed record Known(IReadOnlyList<string>? Names, DateTimeOffset Until);

    private sealed record Listed([property: JsonPropertyName("data")] IReadOnlyList<Named>? Data);

    private sealed record Named([property: JsonPropertyName("id")] string? Id);
}
