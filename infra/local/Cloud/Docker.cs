using System.Net.Sockets;
using System.Text.Json;

namespace Launchpad.Local;

/// <summary>The Docker daemon that carries the machines.</summary>
public sealed class Docker(string socket)
{
    private const string SystemSocket = "/var/run/docker.sock";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The daemon that DOCKER_HOST names, else the system's.</summary>
    public static Docker Default => new(Configured ?? SystemSocket);

    /// <summary>The socket that DOCKER_HOST names. Machines need a daemon on this host, so a remote one does not count.</summary>
    public static string? Configured =>
        Environment.GetEnvironmentVariable("DOCKER_HOST") is { } host && host.StartsWith("unix://", StringComparison.Ordinal)
            ? host["unix://".Length..]
            : null;

    public string Socket { get; } = socket;

    public async Task<bool> AnswersAsync(CancellationToken cancellationToken) => await GetAsync("/_ping", cancellationToken) is not null;

    /// <summary>True when no container runs: nobody would miss the daemon.</summary>
    public async Task<bool> IsIdleAsync(CancellationToken cancellationToken) =>
        await GetAsync("/containers/json", cancellationToken) is { } list && JsonDocument.Parse(list).RootElement.GetArrayLength() == 0;

    private async Task<string?> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, ConnectCallback = ConnectAsync };
        using var client = new HttpClient(handler) { Timeout = Patience };
        try
        {
            return await client.GetStringAsync(new Uri("http://docker" + path), cancellationToken);
        }
        catch (Exception silent) when (silent is HttpRequestException
            || (silent is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var connection = new System.Net.Sockets.Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(Socket), cancellationToken);
            return new NetworkStream(connection, ownsSocket: true);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}

/// <summary>The daemon refused, with its own words.</summary>
public sealed class DockerException(string message) : Exception(message);
