using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm;

/// <summary>
/// The public way to the containers: Caddy, one route and one TLS policy per deployment, found by @id. Caddy applies any change by
/// loading its whole configuration anew, so the whole is what it is given, rendered from what the VM remembers. It keeps a copy for its
/// own restart. Requests under way are finished; Caddy before 2.7 closes WebSockets, and clients connect again.
/// </summary>
internal static class Routes
{
    private const string Admin = "http://127.0.0.1:2019";
    private static readonly TimeSpan CertificatePatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan KnocksFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan KnocksEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>Call with the VM lock held.</summary>
    public static async Task<string?> ConvergeAsync(IReadOnlyList<DeploymentState> states, string deployment)
    {
        var routed = states.Where(state => state is { Route: not null, Slot: not null }).ToArray();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = new Uri(Admin),
            Timeout = TimeSpan.FromSeconds(30),
        };
        var desired = Render(routed);
        if (JsonNode.DeepEquals(await ReadAsync(http), desired))
        {
            return null;
        }

        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(desired.ToJsonString()));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await SendAsync(() => http.PostAsync("/load", content));
        if (!response.IsSuccessStatusCode)
        {
            var reason = await response.Content.ReadAsStringAsync();
            throw new VmFailure(VmErrorCode.RouteFailed, $"Caddy refused the routes: {reason}", retryable: false);
        }

        if (routed.FirstOrDefault(state => state.Deployment == deployment)?.Route is not { } route)
        {
            return $"{routed.Length} others";
        }

        // A public authority may need minutes and a DNS record; the VM's own signs at once.
        if (route.Issuer == TlsIssuer.Internal)
        {
            await AwaitCertificateAsync(route.Host);
        }

        return route.Host;
    }

    internal static JsonObject Render(IReadOnlyList<DeploymentState> routed)
    {
        using var resource = typeof(Routes).Assembly.GetManifestResourceStream("caddy.json")!;
        var config = JsonNode.Parse(resource)!.AsObject();
        var routes = config["apps"]!["http"]!["servers"]!["tenants"]!["routes"]!.AsArray();
        var policies = config["apps"]!["tls"]!["automation"]!["policies"]!.AsArray();
        foreach (var state in routed)
        {
            routes.Add((JsonNode)Route(state, state.Route!));
            policies.Add((JsonNode)Policy(state.Deployment, state.Route!));
        }

        return config;
    }

    private static JsonObject Route(DeploymentState state, VmRoute route) => new()
    {
        ["@id"] = $"route-{state.Deployment}",
        ["match"] = new JsonArray(new JsonObject { ["host"] = new JsonArray((JsonNode)route.Host) }),
        ["handle"] = new JsonArray(new JsonObject
        {
            ["handler"] = "reverse_proxy",
            ["upstreams"] = new JsonArray(new JsonObject
            {
                ["dial"] = string.Create(CultureInfo.InvariantCulture, $"{state.Address}:{state.Port}"),
            }),
        }),
        ["terminal"] = true,
    };

    private static JsonObject Policy(string deployment, VmRoute route) => new()
    {
        ["@id"] = $"tls-{deployment}",
        ["subjects"] = new JsonArray((JsonNode)route.Host),
        ["issuers"] = route switch
        {
            { Issuer: TlsIssuer.Internal } => new JsonArray((JsonNode)new JsonObject { ["module"] = "internal" }),
            { Email: null } => new JsonArray((JsonNode)Authority("acme", null)),
            { Email: var email } => new JsonArray((JsonNode)Authority("acme", email), (JsonNode)Authority("zerossl", email)),
        },
    };

    /// <summary>Two of them, as Caddy has it by itself: where one is down or has had enough of the domain, the other signs. The second
    /// knows whom it deals with by the address. Port 80 is closed, so nothing is to be proven there.</summary>
    private static JsonObject Authority(string module, string? email)
    {
        var issuer = new JsonObject
        {
            ["module"] = module,
            ["challenges"] = new JsonObject { ["http"] = new JsonObject { ["disabled"] = true } },
        };
        if (email is not null)
        {
            issuer["email"] = email;
        }

        return issuer;
    }

    private static async Task<JsonNode?> ReadAsync(HttpClient http)
    {
        using var response = await SendAsync(() => http.GetAsync("/config/"));
        return response.IsSuccessStatusCode ? JsonNode.Parse(await response.Content.ReadAsStringAsync()) : null;
    }

    /// <summary>Caddy opens its door anew at its start and with each configuration, so who finds it shut knocks again for a while. All that
    /// is asked of it can be asked twice.</summary>
    private static async Task<HttpResponseMessage> SendAsync(Func<Task<HttpResponseMessage>> send)
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(KnocksEvery))
        {
            try
            {
                return await send();
            }
            catch (HttpRequestException) when (clock.Elapsed < KnocksFor)
            {
                // Shut for the moment, or for good; the last attempt says which.
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
            {
                throw new VmFailure(VmErrorCode.CaddyUnavailable, $"Caddy on the VM does not answer: {error.Message}", retryable: true);
            }
        }
    }

    private static async Task AwaitCertificateAsync(string host)
    {
        using var deadline = new CancellationTokenSource(CertificatePatience);
        while (true)
        {
            try
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync(IPAddress.Loopback, 443, deadline.Token);
                // Only whether a certificate is served is asked here, and nothing is sent; who may trust it is the caller's question.
#pragma warning disable CA5359
                await using var tls = new SslStream(socket.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, deadline.Token);
                return;
            }
            catch (Exception error) when (error is SocketException or IOException or System.Security.Authentication.AuthenticationException
                && !deadline.IsCancellationRequested)
            {
                await Task.Delay(20);
            }
            catch (OperationCanceledException)
            {
                var patience = CertificatePatience.TotalSeconds;
                throw new VmFailure(VmErrorCode.RouteFailed, $"Caddy has no certificate for {host} after {patience} s.", retryable: true);
            }
        }
    }
}
