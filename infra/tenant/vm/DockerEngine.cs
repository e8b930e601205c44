using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm;

/// <summary>
/// The VM's Docker over its socket. Its HTTP interface takes data as data, where the command line would take it as arguments.
/// </summary>
internal sealed class DockerEngine : IDisposable
{
    private const string Socket = "/run/docker.sock";
    private const int OutputMax = 64 << 10;
    private static readonly TimeSpan PullDeadline = TimeSpan.FromMinutes(15);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (_, ct) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), ct);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    })
    {
        BaseAddress = new Uri("http://docker/"),
        Timeout = TimeSpan.FromSeconds(100),
    };

    public void Dispose() => _http.Dispose();

    /// <summary>null when it does not exist.</summary>
    public async Task<T?> FindAsync<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        using var response = await SendAsync(HttpMethod.Get, path);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        await EnsureAsync(response, path);
        return await JsonSerializer.DeserializeAsync(await response.Content.ReadAsStreamAsync(), type);
    }

    /// <summary>Throws <see cref="DockerException"/> when Docker refuses; 304 (already so) is success.</summary>
    public async Task PostAsync(string path)
    {
        using var response = await SendAsync(HttpMethod.Post, path);
        await EnsureAsync(response, path);
    }

    public async Task PostAsync<T>(string path, T body, JsonTypeInfo<T> type)
    {
        using var response = await SendAsync(HttpMethod.Post, path, Json(body, type));
        await EnsureAsync(response, path);
    }

    /// <summary>Runs a program in a running container, as its own user.</summary>
    /// <returns>The exit code, and the first 64 KB of what it wrote.</returns>
    public async Task<(int ExitCode, string Output)> ExecAsync(string container, params IReadOnlyList<string> command)
    {
        var path = $"containers/{container}/exec";
        using var created = await SendAsync(HttpMethod.Post, path, Json(new CreateExec(command), DockerJson.Default.CreateExec));
        await EnsureAsync(created, path);
        var exec = (await JsonSerializer.DeserializeAsync(await created.Content.ReadAsStreamAsync(), DockerJson.Default.DockerExec))!;
        path = $"exec/{exec.Id}/start";
        using var started = await SendAsync(HttpMethod.Post, path, Json(new StartExec(), DockerJson.Default.StartExec));
        await EnsureAsync(started, path);
        var output = new StringBuilder();
        await foreach (var (_, text) in DockerFrames.ReadAsync(await started.Content.ReadAsStreamAsync()))
        {
            output.Append(output.Length < OutputMax ? text : "");
        }

        var ended = await FindAsync($"exec/{exec.Id}/json", DockerJson.Default.DockerExecState);
        return (ended?.ExitCode ?? -1, output.ToString());
    }

    /// <summary>The exit code of a container that ends by itself.</summary>
    public async Task<int> WaitAsync(string container)
    {
        var path = $"containers/{container}/wait";
        using var response = await SendAsync(HttpMethod.Post, path);
        await EnsureAsync(response, path);
        return (await JsonSerializer.DeserializeAsync(await response.Content.ReadAsStreamAsync(), DockerJson.Default.DockerExit))!.StatusCode;
    }

    /// <summary>False when there was nothing to delete.</summary>
    public async Task<bool> DeleteAsync(string path)
    {
        using var response = await SendAsync(HttpMethod.Delete, path);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }

        await EnsureAsync(response, path);
        return true;
    }

    public async Task<Stream> StreamAsync(string path)
    {
        var response = await SendAsync(HttpMethod.Get, path, option: HttpCompletionOption.ResponseHeadersRead);
        await EnsureAsync(response, path);
        return await response.Content.ReadAsStreamAsync();
    }

    /// <summary>Pulls by digest. The status is 200 whatever happens; a failure is the last line of the progress.</summary>
    public async Task PullAsync(string repository, string digest)
    {
        using var deadline = new CancellationTokenSource(PullDeadline);
        var path = $"images/create?fromImage={Uri.EscapeDataString(repository)}&tag={Uri.EscapeDataString(digest)}";
        using var response = await SendAsync(HttpMethod.Post, path, option: HttpCompletionOption.ResponseHeadersRead);
        await EnsureAsync(response, path);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(deadline.Token));
        while (await lines.ReadLineAsync(deadline.Token) is { } line)
        {
            if (line.Length > 0 && JsonNode.Parse(line)?["error"]?.GetValue<string>() is { } error)
            {
                throw new DockerException(HttpStatusCode.InternalServerError, error);
            }
        }
    }

    private static ByteArrayContent Json<T>(T body, JsonTypeInfo<T> type) => new(JsonSerializer.SerializeToUtf8Bytes(body, type))
    {
        Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
    };

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? content = null, HttpCompletionOption option = HttpCompletionOption.ResponseContentRead)
    {
        try
        {
            return await _http.SendAsync(new HttpRequestMessage(method, path) { Content = content }, option);
        }
        catch (HttpRequestException error)
        {
            throw new VmFailure(VmErrorCode.DockerUnavailable, $"Docker on the VM does not answer: {error.Message}", retryable: true);
        }
    }

    private static async Task EnsureAsync(HttpResponseMessage response, string path)
    {
        if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotModified)
        {
            return;
        }

        var text = await response.Content.ReadAsStringAsync();
        var message = text.StartsWith('{') ? JsonNode.Parse(text)?["message"]?.GetValue<string>() : null;
        throw new DockerException(response.StatusCode, message ?? $"{path} answered {(int)response.StatusCode}");
    }
}

/// <summary>Docker's own words about why not.</summary>
internal sealed class DockerException(HttpStatusCode status, string message) : Exception(message)
{
    public HttpStatusCode Status { get; } = status;

    public bool IsFull => Message.Contains("no space left on device", StringComparison.OrdinalIgnoreCase);
}
