using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Launchpad.Shared.Deployments;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Health;

/// <summary>How bots are looked at. Section "Health".</summary>
public sealed record HealthOptions
{
    public const string Section = "Health";

    /// <summary>host:port that public names are reached through, for a control plane whose own resolver does not know them; empty: what
    /// their names resolve to.</summary>
    public string PublicVia { get; init; } = "";
}

/// <summary>A bot's public address, asked as a customer's browser would ask: name, certificate, proxy and all.</summary>
public sealed class PublicProbe : IDisposable
{
    private const string LivePath = "/healthz";
    private const int AtOnceMax = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http;
    private readonly RoutingOptions _routing;

    public PublicProbe(IOptions<RoutingOptions> routing, IOptions<HealthOptions> health)
    {
        _routing = routing.Value;
        var via = health.Value.PublicVia;
        _http = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = Patience,
            // Every look is a new connection: a kept one would not notice that the name leads elsewhere now.
            PooledConnectionLifetime = TimeSpan.Zero,
            ConnectCallback = via.Length == 0 ? null : (_, ct) => ConnectAsync(via, ct),
        })
        {
            Timeout = Patience,
        };
    }

    /// <summary>Those that are not seen at their address.</summary>
    public async Task<IReadOnlyList<PlacedBot>> UnseenAsync(IReadOnlyList<PlacedBot> bots, CancellationToken ct)
    {
        var unseen = new ConcurrentBag<PlacedBot>();
        await Parallel.ForEachAsync(
            bots, new ParallelOptions { MaxDegreeOfParallelism = AtOnceMax, CancellationToken = ct }, async (bot, stop) =>
            {
                if ((await LookAsync(bot.Slug, stop)).Sight is not Sight.Up)
                {
                    unseen.Add(bot);
                }
            });
        return [.. unseen];
    }

    public async Task<(Sight Sight, string Said)> LookAsync(string slug, CancellationToken ct)
    {
        try
        {
            using var answer = await _http.GetAsync(
                new Uri(_routing.Url(slug) + LivePath), HttpCompletionOption.ResponseHeadersRead, ct);
            var said = $"{LivePath} answers {(int)answer.StatusCode}";
            return (answer.IsSuccessStatusCode ? Sight.Up : Sight.Down, said);
        }
        catch (HttpRequestException unreachable)
        {
            return (Sight.Silent, $"unreachable ({unreachable.HttpRequestError})");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return (Sight.Silent, $"no answer within {Patience.TotalSeconds:0} s");
        }
    }

    public void Dispose() => _http.Dispose();

    private static async ValueTask<Stream> ConnectAsync(string via, CancellationToken ct)
    {
        var end = via.LastIndexOf(':');
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new DnsEndPoint(via[..end], int.Parse(via[(end + 1)..])), ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
