using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Launchpad.Local.Faults;

namespace Launchpad.Local.Tests;

/// <summary>The fault plan, as its rules say and as a client feels it.</summary>
public sealed class FaultTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private readonly string _secret = "f-" + Guid.NewGuid().ToString("n");

    [Fact]
    public async Task A_rule_skips_then_strikes_then_is_spent()
    {
        var plan = new FaultPlan();
        plan.Set(1, [new FaultRule("arm", FaultKind.FailAfter, "PUT", "^/subscriptions/", Skip: 2, Count: 1)]);

        Assert.Equal(
            [FaultKind.None, FaultKind.None, FaultKind.FailAfter, FaultKind.None],
            await DecideAsync(plan, 4, "arm", "put", "/subscriptions/1"));
        Assert.All(await DecideAsync(plan, 2, "arm", "GET", "/subscriptions/1"), kind => Assert.Equal(FaultKind.None, kind));
        Assert.All(await DecideAsync(plan, 2, "keyvault", "PUT", "/subscriptions/1"), kind => Assert.Equal(FaultKind.None, kind));
        var (rules, calls, _) = plan.Report();
        Assert.Equal((4, 1), (rules[0].Met, rules[0].Hits));
        Assert.Equal(8, calls.Count);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_faults()
    {
        async Task<List<FaultKind>> Run(int seed)
        {
            var plan = new FaultPlan();
            plan.Set(seed,
            [
                new FaultRule("stripe", FaultKind.FailBefore, Probability: 0.3),
                new FaultRule("stripe", FaultKind.Throttle, Probability: 0.3),
            ]);
            return await DecideAsync(plan, 500, "stripe", "POST", "/v1/customers");
        }

        var first = await Run(7);
        Assert.Equal(first, await Run(7));
        Assert.NotEqual(first, await Run(8));
        Assert.InRange(first.Count(kind => kind == FaultKind.FailBefore), 110, 190);
        Assert.InRange(first.Count(kind => kind == FaultKind.Throttle), 65, 145);
    }

    [Theory]
    [InlineData("failBefore", 503, 0)]
    [InlineData("failAfter", 500, 1)]
    [InlineData("duplicate", 200, 2)]
    [InlineData("throttle", 429, 0)]
    [InlineData("delay", 200, 1)]
    public async Task Each_fault_has_its_answer_and_its_effect(string fault, int status, int versions)
    {
        var (retryAfterSeconds, delayMs) = (7, 300);
        await PlanAsync(new { service = "keyvault", method = "PUT", path = _secret, fault, count = 1, retryAfterSeconds, delayMs });
        var watch = Stopwatch.StartNew();

        using var answer = await SetAsync("value");

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(versions, cloud.Context.Vault.Find(_secret)?.Versions.Count ?? 0);
        Assert.Equal(fault == "throttle" ? TimeSpan.FromSeconds(7) : null, answer.Headers.RetryAfter?.Delta);
        Assert.Equal(fault == "delay", watch.ElapsedMilliseconds >= 290);
        Assert.All(
            cloud.Context.Vault.Find(_secret)?.Versions ?? [],
            version => Assert.Equal("value", cloud.Context.Vault.Open(_secret, version)));
        Assert.Equal(HttpStatusCode.OK, (await SetAsync("again")).StatusCode);
    }

    [Fact]
    public async Task A_timeout_has_its_effect_and_no_answer()
    {
        await PlanAsync(new { service = "keyvault", method = "PUT", path = _secret, fault = "timeout", count = 1 });
        using var patience = new CancellationTokenSource();
        var call = SetAsync("value", patience.Token);
        var watch = Stopwatch.StartNew();
        while (cloud.Context.Vault.Value(_secret) is null)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), "The effect did not happen.");
            await Task.Delay(20);
        }

        Assert.NotSame(call, await Task.WhenAny(call, Task.Delay(200)));
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task The_plan_tells_what_it_saw_and_forgets_when_told()
    {
        await PlanAsync(new { service = "keyvault", method = "PUT", path = _secret + "$", fault = "failBefore", count = 1 });
        using var first = await SetAsync("value");

        var report = await cloud.Client.GetFromJsonAsync<JsonNode>(Faults);
        Assert.Equal(1, (int)report!["rules"]![0]!["hits"]!);
        var seen = Assert.Single(report["calls"]!.AsArray(), call => ((string)call!["path"]!).EndsWith(_secret, StringComparison.Ordinal));
        Assert.Equal(("keyvault", "PUT", "failBefore"), ((string)seen!["service"]!, (string)seen["method"]!, (string)seen["fault"]!));

        Assert.Equal(HttpStatusCode.NoContent, (await cloud.Client.DeleteAsync(Faults)).StatusCode);
        Assert.Empty((await cloud.Client.GetFromJsonAsync<JsonNode>(Faults))!["rules"]!.AsArray());
    }

    [Theory]
    [InlineData("""{"rules":[{"service":"arm","fault":"explode"}]}""")]
    [InlineData("""{"rules":[{"service":"arm","fault":"delay","path":"("}]}""")]
    [InlineData("""{"rules":[{"service":"arm","fault":"delay","sometimes":true}]}""")]
    [InlineData("{")]
    public async Task What_is_no_plan_is_refused(string body)
    {
        using var content = new StringContent(body);
        Assert.Equal(HttpStatusCode.BadRequest, (await cloud.Client.PutAsync(Faults, content)).StatusCode);
    }

    private Uri Faults => TestCloud.Address(cloud.Ports.Admin, "/faults");

    private static async Task<List<FaultKind>> DecideAsync(FaultPlan plan, int times, string service, string method, string path)
    {
        var kinds = new List<FaultKind>();
        for (var i = 0; i < times; i++)
        {
            kinds.Add((await plan.DecideAsync(service, method, path, default)).Kind);
        }

        return kinds;
    }

    private async Task PlanAsync(object rule) =>
        Assert.Equal(HttpStatusCode.OK, (await cloud.Client.PutAsJsonAsync(Faults, new { seed = 1, rules = new[] { rule } })).StatusCode);

    private async Task<HttpResponseMessage> SetAsync(string value, CancellationToken cancellationToken = default)
    {
        var address = TestCloud.Address(cloud.Ports.KeyVault, $"/secrets/{_secret}?api-version=7.6", https: true);
        using var request = new HttpRequestMessage(HttpMethod.Put, address);
        var (token, _) = cloud.Context.Tokens.Issue("https://vault.azure.net");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = JsonContent.Create(new { value });
        return await cloud.Client.SendAsync(request, cancellationToken);
    }
}
