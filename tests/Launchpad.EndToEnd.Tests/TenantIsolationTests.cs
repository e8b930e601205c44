using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json.Nodes;
using Launchpad.Local.Demo;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.EndToEnd.Tests;

/// <summary>Every route with every id of somebody else. A route without a row here fails the first test.</summary>
[Collection(OnOneStack.Name)]
public sealed class TenantIsolationTests(OnOneStack.Fixture fixture, TenantIsolationTests.Neighbours neighbours)
    : IClassFixture<TenantIsolationTests.Neighbours>
{
    private static readonly string[] Open =
    [
        "GET plans", "GET health", "POST billing/webhook", "POST auth/signup", "POST auth/login",
        "GET certificates-key", "GET openapi.json", "GET capabilities",
        "POST auth/login/second", "POST auth/login/passkey/options", "POST auth/login/passkey", "POST auth/verify", "POST auth/forgot", "POST auth/reset",
        // A sealed token of one letter says whose: UnsubscribeTests tries others.
        "GET notifications/off", "POST notifications/off",
    ];

    /// <summary>No account's: a machine proves itself with its own key.</summary>
    private static readonly string[] OfAMachine = ["POST machines/{vm}/heartbeat"];

    private static readonly string[] OfTheCaller =
    [
        "POST auth/logout", "GET auth/me", "GET auth/sessions", "GET deployments", "POST deployments", "GET operations", "GET events", "GET record", "GET record/heads", "GET releases", "GET models",
        "DELETE auth/sessions/{id}", "DELETE auth/sessions", "GET auth/security", "GET auth/record", "POST auth/verify/resend", "POST auth/email", "POST auth/password",
        "GET auth/closing", "POST auth/closing", "DELETE auth/closing",
        "POST auth/step-up", "POST auth/step-up/passkey", "POST auth/totp", "POST auth/totp/confirm", "POST auth/totp/recovery-codes", "DELETE auth/totp",
        // Its ids are looked for in the caller's own partition: PasskeyTests tries a stranger's.
        "POST auth/passkey-options", "POST auth/passkeys", "DELETE auth/passkeys/{id}",
        "GET billing", "GET billing/invoices", "GET billing/statements", "POST billing/portal",
        "GET tokens", "POST tokens", "DELETE tokens/{token}", "GET members", "PATCH members/{member}", "DELETE members/{member}",
        "POST invitations", "DELETE invitations/{invitation}", "POST auth/invitations", "GET auth/accounts",
        "GET notifications", "PUT notifications", "POST notifications/{kind}/test",
        // Theirs are looked for in the caller's own partition: DeviceTests tries a stranger's.
        "GET notifications/devices", "POST notifications/devices", "DELETE notifications/devices/{id}", "POST notifications/devices/{id}/test",
        // Theirs are looked for in the caller's own partition: WebhookTests tries a stranger's.
        "GET webhooks", "POST webhooks", "PATCH webhooks/{webhook}", "DELETE webhooks/{webhook}", "POST webhooks/{webhook}/secret",
        "GET webhooks/{webhook}/deliveries", "POST webhooks/{webhook}/deliveries/{event}/resend", "POST webhooks/{webhook}/test",
        "POST webhooks/{webhook}/replay",
        "POST auth/assistants", "POST mcp", "POST provision",
        // Which one is in their query: an id of somebody else is tried with the short names themselves.
        "DELETE deprovision", "POST restart", "GET status", "POST backup", "POST restore",
    ];

    /// <summary>No account's: an operator's session opens them and nothing else does, which StaffRouteTests asks of each.</summary>
    private static readonly string[] OfTheStaff =
    [
        "POST staff/auth/login", "POST staff/auth/logout", "GET staff/auth/me", "GET staff/overview", "GET staff/operations", "GET staff/operations/{id}",
        "POST staff/operations", "POST staff/operations/{id}/retry", "POST staff/operations/{id}/cancel", "GET staff/orchestrations/{id}",
        "GET staff/vms", "GET staff/vms/{vm}", "POST staff/vms/{vm}/cordon", "POST staff/vms/{vm}/uncordon", "POST staff/vms/{vm}/drain",
        "GET staff/alerts", "POST staff/alerts/{id}/acknowledge", "POST staff/alerts/{id}/silence", "GET staff/reconcile", "GET staff/audit",
        "GET staff/accounts", "POST staff/operations/{id}/rollback", "POST staff/operations/{id}/extend", "POST staff/reconcile/runs",
        "POST staff/reconcile/findings/{id}/fix", "GET staff/events", "GET staff/topology", "POST staff/refunds",
        "GET staff/uptime", "GET staff/reviews", "POST staff/reviews/{account}/{suspicion}",
        "POST staff/auth/login/second", "GET staff/auth/security", "POST staff/auth/password", "POST staff/auth/step-up",
        "POST staff/accounts/{account}/sign-out", "POST staff/accounts/{account}/lock", "DELETE staff/accounts/{account}/lock",
        "POST staff/accounts/sign-out", "GET staff/auth/sessions", "DELETE staff/auth/sessions", "DELETE staff/auth/sessions/{id}",
        "POST staff/auth/totp", "POST staff/auth/totp/confirm", "POST staff/auth/totp/recovery-codes", "DELETE staff/auth/totp",
    ];

    private static readonly Dictionary<string, object?> OfAnId = new()
    {
        ["GET deployments/{id}"] = null,
        ["PATCH deployments/{id}"] = new { name = "Grace" },
        ["DELETE deployments/{id}"] = null,
        ["GET deployments/{id}/operations"] = null,
        ["POST deployments/{id}/retry"] = null,
        ["POST deployments/{id}/restart"] = null,
        ["POST deployments/{id}/test-message"] = new { text = "Hello" },
        ["POST deployments/{id}/browsers"] = new { request = "89c977a2-3700-4972-a7d2-5743945fa340" },
        ["GET deployments/{id}/gateway-token"] = null,
        ["GET deployments/{id}/logs"] = null,
        ["GET deployments/{id}/logs/stream"] = null,
        ["GET deployments/{id}/record"] = null,
        ["GET deployments/{id}/events"] = null,
        ["GET deployments/{id}/config"] = null,
        ["PATCH deployments/{id}/config"] = new { },
        ["GET deployments/{id}/versions"] = null,
        ["GET deployments/{id}/versions/{number}"] = null,
        ["GET deployments/{id}/versions/{number}/diff"] = null,
        ["POST deployments/{id}/upgrade"] = new { },
        ["POST deployments/{id}/rollback"] = new { },
        ["POST deployments/{id}/apply"] = new { plan = "none" },
        ["PUT deployments/{id}/updates"] = new { pinned = false, resumeUpgrades = false },
        ["POST deployments/{id}/suspend"] = null,
        ["POST deployments/{id}/resume"] = null,
        ["POST deployments/{id}/undelete"] = null,
        ["POST deployments/{id}/backups"] = null,
        ["GET deployments/{id}/backups"] = null,
        ["DELETE deployments/{id}/backups/{backup}"] = null,
        ["POST deployments/{id}/backups/{backup}/undelete"] = null,
        ["POST deployments/{id}/backups/{backup}/download"] = null,
        ["POST deployments/{id}/eject"] = null,
        ["POST deployments/{id}/restore"] = new { },
        ["POST deployments/{id}/drills"] = null,
        ["GET deployments/{id}/drills"] = null,
        ["GET deployments/{id}/health"] = null,
        ["GET deployments/{id}/drift"] = null,
        ["POST deployments/{id}/drift/{fingerprint}/accept"] = null,
        ["POST deployments/{id}/drift/{fingerprint}/revert"] = null,
        ["GET deployments/{id}/usage"] = null,
        ["GET deployments/{id}/sla"] = null,
        ["GET deployments/{id}/browsers"] = null,
        ["GET deployments/{id}/provenance"] = null,
        ["GET deployments/{id}/config-schema"] = null,
        ["POST deployments/{id}/rehearsals"] = null,
        ["GET operations/{id}"] = null,
        ["POST operations/{id}/cancel"] = null,
        ["POST operations/{id}/retry"] = null,
        ["POST operations/{id}/confirm"] = null,
        ["GET deployments/{id}/secrets"] = null,
        ["POST deployments/{id}/update"] = new { },
        ["POST billing/checkout"] = null,
        ["POST billing/cancel"] = null,
        ["POST billing/uncancel"] = null,
        ["GET deployments/{id}/invoice-preview"] = null,
    };

    private readonly Stack stack = fixture.Stack;

    public static TheoryData<string> Routes => new(OfAnId.Keys);

    [Fact]
    public void Every_route_has_a_row() =>
        Assert.Equal(Discovered().Order(), Open.Concat(OfAMachine).Concat(OfTheCaller).Concat(OfTheStaff).Concat(OfAnId.Keys).Order());

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Another_accounts_id_and_one_that_never_was_are_the_same_404(string route)
    {
        var (owner, stranger) = (neighbours.Owner, neighbours.Stranger);
        var owned = route.Contains(" operations/", StringComparison.Ordinal) ? neighbours.Operation : neighbours.Deployment;

        var others = new List<(HttpStatusCode, string)>();
        foreach (var id in new[] { owned, owned[..^4] + "ZZZZ", "nonsense", owned.ToLowerInvariant() })
        {
            others.Add(await AskAsync(stranger, route, id));
        }

        Assert.All(others, answer => Assert.Equal(HttpStatusCode.NotFound, answer.Item1));
        Assert.Single(others.Select(answer => answer.Item2).Distinct());
        Assert.NotEqual(HttpStatusCode.NotFound, (await AskAsync(owner, route, owned)).Item1);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Without_a_session_every_id_is_the_same_401(string route)
    {
        using var nobody = stack.NewCustomer();
        var (status, _) = await AskAsync(nobody, route, "dep_01ARZ3NDEKTSV4RRFFQ69G5FAV");
        Assert.Equal(HttpStatusCode.Unauthorized, status);
    }

    [Fact]
    public async Task A_list_shows_only_what_is_the_callers()
    {
        using var owner = await stack.SignedUpAsync();
        using var stranger = await stack.SignedUpAsync();
        var deployment = await owner.OrderAsync(new { name = "Ada", plan = "starter" }, Stack.Within(1));
        using var own = await owner.SendAsync(HttpMethod.Get, "deployments", null, Stack.Within(1));
        using var strange = await stranger.SendAsync(HttpMethod.Get, "deployments", null, Stack.Within(1));
        Assert.Contains(deployment, own.RootElement.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(0, strange.RootElement.GetProperty("deployments").GetArrayLength());
        await owner.DeletedAsync(deployment);
    }

    [Fact]
    public async Task A_session_ends_with_logout()
    {
        using var customer = await stack.SignedUpAsync();
        await customer.SendAsync(HttpMethod.Get, "auth/me", null, Stack.Within(1));
        await customer.SendAsync(HttpMethod.Post, "auth/logout", null, Stack.Within(1));
        var refused = await Assert.ThrowsAsync<RefusedException>(() => customer.SendAsync(HttpMethod.Get, "auth/me", null, Stack.Within(1)));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.Status);
    }

    private static async Task<(HttpStatusCode, string)> AskAsync(Customer customer, string route, string id)
    {
        var (method, path) = (route.Split(' ')[0], route.Split(' ')[1].Replace("{id}", Uri.EscapeDataString(id), StringComparison.Ordinal)
            .Replace("{number}", "0", StringComparison.Ordinal).Replace("{backup}", "0", StringComparison.Ordinal)
            .Replace("{fingerprint}", "0", StringComparison.Ordinal));
        var body = route.StartsWith("POST billing/", StringComparison.Ordinal) ? new { deployment = id } : OfAnId[route];
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await customer.Api.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stack.Within(1));
        var streams = answer.Content.Headers.ContentType?.MediaType == "text/event-stream";
        var text = streams ? "" : await answer.Content.ReadAsStringAsync();
        if (answer.StatusCode is HttpStatusCode.NotFound)
        {
            var problem = JsonNode.Parse(text)!.AsObject();
            problem.Remove("requestId");
            text = problem.ToJsonString();
        }

        return (answer.StatusCode, text);
    }

    /// <summary>Two accounts, one of which has something.</summary>
    public sealed class Neighbours(OnOneStack.Fixture fixture) : IAsyncLifetime
    {
        public Customer Owner { get; private set; } = null!;

        public Customer Stranger { get; private set; } = null!;

        public string Deployment { get; private set; } = null!;

        public string Operation { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            (Owner, Stranger) = (await fixture.Stack.SignedUpAsync(), await fixture.Stack.SignedUpAsync());
            Deployment = await Owner.OrderAsync(new { name = "Ada", plan = "starter" }, Stack.Within(1));
            Operation = (await Owner.StartAsync(HttpMethod.Delete, $"deployments/{Deployment}?window=none", null, Stack.Within(1)))!;
            await Owner.FinishedAsync(Operation, null, Stack.Within(1));
        }

        public Task DisposeAsync()
        {
            Owner.Dispose();
            Stranger.Dispose();
            return Task.CompletedTask;
        }
    }

    private static IEnumerable<string> Discovered() =>
        from type in typeof(Launchpad.Functions.Health).Assembly.GetTypes()
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        where method.GetCustomAttribute<FunctionAttribute>() is not null
        from parameter in method.GetParameters()
        let trigger = parameter.GetCustomAttribute<HttpTriggerAttribute>()
        where trigger is not null
        from verb in trigger.Methods ?? []
        where verb is not "head"
        select $"{verb.ToUpperInvariant()} {trigger.Route}";
}
