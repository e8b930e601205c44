using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Launchpad.Local.Machines;

/// <summary>The calls of the Docker Engine API that machines need. Over the daemon's socket instead of its command line client,
/// because a machine's boot is measured in the tens of milliseconds that starting a client costs.</summary>
public sealed class DockerEngine : IDisposable
{
    private const int LooksMax = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _http;

    public DockerEngine(string socket)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
                    return new NetworkStream(connection, ownsSocket: true);
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            },
        };
        // Without a version in the path the daemon speaks its own: old daemons do not know ours, new ones refuse the old.
        _http = new HttpClient(handler) { BaseAddress = new Uri("http://docker/"), Timeout = TimeSpan.FromMinutes(2) };
    }

    public void Dispose() => _http.Dispose();

    public async Task<Container?> FindAsync(string name, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, $"containers/{name}/json", null, cancellationToken, HttpStatusCode.NotFound);
        return response.StatusCode is HttpStatusCode.NotFound
            ? null
            : Container.From(await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken));
    }

    /// <summary>Names of the containers with a label, running or not.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(string label, CancellationToken cancellationToken)
    {
        var path = "containers/json?all=true&filters=" + Filter(("label", label));
        using var response = await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        var found = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return [.. found.EnumerateArray().Select(one => one.GetProperty("Names")[0].GetString()!.TrimStart('/'))];
    }

    /// <summary>When the name is taken, an earlier call for the same machine took it: the daemon goes on with a request whose sender died.
    /// So this waits until that container is there.</summary>
    public async Task<Container> CreateAsync(string name, JsonObject specification, CancellationToken cancellationToken)
    {
        var content = JsonContent.Create(specification);
        await DoAsync(HttpMethod.Post, $"containers/create?name={name}", content, cancellationToken, HttpStatusCode.Conflict);
        return (await UntilAsync(name, found => found is not null, cancellationToken))!;
    }

    /// <summary>Unpacks a tar archive over the container's files.</summary>
    public Task UploadAsync(string name, byte[] archive, CancellationToken cancellationToken)
    {
        var content = new ByteArrayContent(archive) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-tar") } };
        return DoAsync(HttpMethod.Put, $"containers/{name}/archive?path=/", content, cancellationToken);
    }

    public Task StartAsync(string name, CancellationToken cancellationToken) =>
        DoAsync(HttpMethod.Post, $"containers/{name}/start", null, cancellationToken, HttpStatusCode.NotModified);

    public Task StopAsync(string name, TimeSpan grace, CancellationToken cancellationToken) =>
        DoAsync(
            HttpMethod.Post, $"containers/{name}/stop?t={grace.TotalSeconds:0}", null, cancellationToken,
            HttpStatusCode.NotModified, HttpStatusCode.NotFound);

    /// <summary>A conflict means that the daemon is removing it already, for an earlier call.</summary>
    public async Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        var path = $"containers/{name}?force=true&v=true";
        await DoAsync(HttpMethod.Delete, path, null, cancellationToken, HttpStatusCode.NotFound, HttpStatusCode.Conflict);
        await UntilAsync(name, found => found is null, cancellationToken);
    }

    public Task RemoveVolumeAsync(string name, CancellationToken cancellationToken) =>
        DoAsync(HttpMethod.Delete, $"volumes/{name}?force=true", null, cancellationToken, HttpStatusCode.NotFound);

    /// <summary>The networks with a label, oldest first: Docker lets two have the same name.</summary>
    public async Task<IReadOnlyList<(string Id, string Home)>> NetworksAsync(string label, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, "networks?filters=" + Filter(("label", label)), null, cancellationToken);
        var found = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return
        [
            .. found.EnumerateArray()
                .OrderBy(one => one.GetProperty("Created").GetDateTimeOffset())
                .Select(one => (one.GetProperty("Id").GetString()!, one.GetProperty("Labels").GetProperty(Labels.Home).GetString()!)),
        ];
    }

    /// <summary>Null when its addresses are another network's.</summary>
    public async Task<string?> CreateNetworkAsync(JsonObject specification, CancellationToken cancellationToken)
    {
        var content = JsonContent.Create(specification);
        using var response = await SendAsync(HttpMethod.Post, "networks/create", content, cancellationToken, HttpStatusCode.Forbidden);
        return response.StatusCode is HttpStatusCode.Forbidden
            ? null
            : (await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("Id").GetString();
    }

    public Task RemoveNetworkAsync(string id, CancellationToken cancellationToken) =>
        DoAsync(HttpMethod.Delete, $"networks/{id}", null, cancellationToken, HttpStatusCode.NotFound);

    /// <summary>Names of the containers with a label as they end, whoever ended them. The sequence ends with the daemon.</summary>
    public async IAsyncEnumerable<string> EndsAsync(
        string label, DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filter = Filter(("type", "container"), ("event", "die"), ("label", label));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"events?since={since.ToUnixTimeSeconds()}&filters={filter}");
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            yield return JsonElement.Parse(line).GetProperty("Actor").GetProperty("Attributes").GetProperty("name").GetString()!;
        }
    }

    private static string Filter(params (string Name, string Value)[] wanted)
    {
        var filter = new JsonObject(wanted.Select(one => KeyValuePair.Create(one.Name, (JsonNode?)new JsonArray(one.Value))));
        return Uri.EscapeDataString(filter.ToJsonString());
    }

    private async Task<Container?> UntilAsync(string name, Predicate<Container?> satisfied, CancellationToken cancellationToken)
    {
        for (var look = 0; look < LooksMax; look++)
        {
            var found = await FindAsync(name, cancellationToken);
            if (satisfied(found))
            {
                return found;
            }

            await Task.Delay(Pause, cancellationToken);
        }

        throw new DockerException($"Docker does not come to an end with the container {name}");
    }

    private async Task DoAsync(
        HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken, params HttpStatusCode[] accepted)
    {
        using var response = await SendAsync(method, path, content, cancellationToken, accepted);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken, params HttpStatusCode[] accepted)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        var response = await _http.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode || accepted.Contains(response.StatusCode))
        {
            return response;
        }

        using (response)
        {
            var said = await response.Content.ReadAsStringAsync(cancellationToken);
            throw new DockerException($"{method} {path}: {(int)response.StatusCode} {said.Trim()}");
        }
    }
}

/// <summary>What Docker says of one container.</summary>
/// <param name="Machine">Which machine it is; null for none.</param>
public sealed record Container(string Status, IPAddress? Address, string? Machine, int MemoryMb)
{
    public bool NeverStarted => Status == "created";

    public bool IsRunning => Status == "running";

    public static Container From(JsonElement inspected)
    {
        var networks = inspected.GetProperty("NetworkSettings").GetProperty("Networks").EnumerateObject();
        var address = networks.Select(one => one.Value.GetProperty("IPAddress").GetString()).FirstOrDefault(one => one is { Length: > 0 });
        var status = inspected.GetProperty("State").GetProperty(nameof(Status)).GetString()!;
        var labels = inspected.GetProperty("Config").GetProperty("Labels");
        var machine = labels.TryGetProperty(Labels.Machine, out var named) ? named.GetString() : null;
        var memory = inspected.GetProperty("HostConfig").GetProperty("Memory").GetInt64() / (1024 * 1024);
        return new Container(status, address is null ? null : IPAddress.Parse(address), machine, (int)memory);
    }
}
