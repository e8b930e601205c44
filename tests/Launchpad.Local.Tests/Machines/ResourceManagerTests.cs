using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Azure;
using Azure.ResourceManager.Resources;
using Launchpad.Local.Faults;
using Launchpad.Local.ResourceManager;
using Launchpad.Shared.Vms;

namespace Launchpad.Local.Tests.Machines;

[Collection(MachineCloud.Collection)]
public sealed class ResourceManagerTests(MachineCloud cloud)
{
    private const string Version = "api-version=2023-03-01";
    private const string HugeMachine = """{"location":"westeurope","properties":{"hardwareProfile":{"vmSize":"Huge"}}}""";
    private static readonly string Group = $"/subscriptions/{Arm.Subscription}/resourceGroups/{Arm.Group}";
    private static readonly string Machine = $"{Group}/providers/Microsoft.Compute/virtualMachines";
    private static readonly string Record = $"{Group}/providers/Microsoft.Network/dnsZones/localhost/A";

    [Fact]
    public async Task A_name_is_set_found_changed_and_removed()
    {
        Assert.Null(await AddressAsync("ada"));
        await cloud.Dns.SetAsync("ada", "127.0.1.7", CancellationToken.None);
        await cloud.Dns.SetAsync("ada", "127.0.1.8", CancellationToken.None);
        Assert.Equal("127.0.1.8", await AddressAsync("ada"));
        await cloud.KillAsync();
        await cloud.StartAsync();
        Assert.Equal("127.0.1.8", await AddressAsync("ADA"));
        await cloud.Dns.RemoveAsync("ada", CancellationToken.None);
        await cloud.Dns.RemoveAsync("ada", CancellationToken.None);
        Assert.Null(await AddressAsync("ada"));

        async Task<string?> AddressAsync(string name)
        {
            var (status, record) = await SendAsync("GET", $"{Record}/{name}?{Version}");
            return status is HttpStatusCode.NotFound
                ? null
                : record.GetProperty("properties").GetProperty("ARecords")[0].GetProperty("ipv4Address").GetString();
        }
    }

    [Fact]
    public async Task A_record_set_is_guarded_by_its_etag()
    {
        const string Body = """{"properties":{"TTL":60,"ARecords":[{"ipv4Address":"127.0.1.9"}]}}""";
        var (created, record) = await SendAsync("PUT", $"{Record}/tag?{Version}", Body);
        Assert.Equal(HttpStatusCode.Created, created);
        Assert.Equal("tag.localhost.", record.GetProperty("properties").GetProperty("fqdn").GetString());
        var etag = record.GetProperty("etag").GetString()!;
        Assert.Equal(HttpStatusCode.PreconditionFailed, await StatusAsync("PUT", Body, ("If-None-Match", "*")));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await StatusAsync("DELETE", null, ("If-Match", "another")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("PUT", Body, ("If-Match", etag)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("DELETE", null));
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync("DELETE", null));

        async Task<HttpStatusCode> StatusAsync(string method, string? body, params (string, string)[] headers) =>
            (await SendAsync(method, $"{Record}/tag?{Version}", body, headers)).Status;
    }

    [Fact]
    public async Task The_client_finds_its_subscription_its_group_and_api_versions_by_itself()
    {
        var subscription = await cloud.Arm.GetDefaultSubscriptionAsync();
        ResourceGroupResource group = await subscription.GetResourceGroupAsync(Arm.Group);
        Assert.Equal(Arm.Location, group.Data.Location.Name);
        ResourceProviderResource compute = await subscription.GetResourceProviderAsync("Microsoft.Compute");
        Assert.Equal("Registered", compute.Data.RegistrationState);
        Assert.Empty(await group.GetGenericResourcesAsync().ToListAsync());
    }

    [Fact]
    public async Task Throttling_is_waited_out_for_as_long_as_it_says()
    {
        await cloud.FaultAsync(new FaultRule("arm", FaultKind.Throttle, "GET", Count: 1, RetryAfterSeconds: 1));
        var start = TimeProvider.System.GetTimestamp();
        Assert.Null(await cloud.Vms.FindAsync("nobody", CancellationToken.None));
        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0.95, 60);
        await cloud.FaultAsync();
    }

    [Theory]
    [InlineData("GET", "/{machine}/nobody?{version}", null, 404, "ResourceNotFound")]
    [InlineData("DELETE", "/{machine}/nobody?{version}", null, 204, null)]
    [InlineData("POST", "/{machine}/nobody/start?{version}", null, 404, "ResourceNotFound")]
    [InlineData("GET", "/{machine}/nobody", null, 400, "MissingApiVersionParameter")]
    [InlineData("GET", "/{machine}/nobody?api-version=latest", null, 400, "InvalidApiVersionParameter")]
    [InlineData("GET", "/subscriptions/00000000-0000-0000-0000-000000000000?{version}", null, 404, "SubscriptionNotFound")]
    [InlineData("GET", "/{subscription}/resourceGroups/other?{version}", null, 404, "ResourceGroupNotFound")]
    [InlineData("GET", "/{subscription}/providers/Microsoft.Nothing?{version}", null, 404, "InvalidResourceNamespace")]
    [InlineData("GET", "/{group}/providers/Microsoft.Sql/servers/one?{version}", null, 404, "InvalidResourceType")]
    [InlineData("PUT", "/{machine}/broken?{version}", "{", 400, "InvalidRequestContent")]
    [InlineData("PUT", "/{machine}/broken?{version}", "[]", 400, "InvalidRequestContent")]
    [InlineData("PUT", "/{machine}/broken?{version}", "{}", 400, "LocationRequired")]
    [InlineData("PUT", "/{machine}/broken?{version}", """{"location":7,"properties":{}}""", 400, "InvalidRequestContent")]
    [InlineData("PUT", "/{machine}/broken?{version}", HugeMachine, 400, "InvalidParameter")]
    [InlineData("PUT", "/{machine}/-bad-?{version}", """{"location":"westeurope"}""", 400, "InvalidParameter")]
    [InlineData("PUT", "/{record}/x?{version}", """{"properties":{"ARecords":[{"ipv4Address":"1.2.3"}]}}""", 400, "BadRequest")]
    [InlineData("PUT", "/{record}/a.b?{version}", """{"properties":{"ARecords":[{"ipv4Address":"1.2.3.4"}]}}""", 400, "BadRequest")]
    [InlineData("GET", "/{group}/providers/Microsoft.Network/dnsZones/example.org/A/x?{version}", null, 404, "ParentResourceNotFound")]
    public async Task Refusals_have_the_code_that_azure_gives(string method, string path, string? body, int status, string? code)
    {
        var full = path
            .Replace("/{machine}", Machine, StringComparison.Ordinal)
            .Replace("/{record}", Record, StringComparison.Ordinal)
            .Replace("/{group}", Group, StringComparison.Ordinal)
            .Replace("{subscription}", $"subscriptions/{Arm.Subscription}", StringComparison.Ordinal)
            .Replace("{version}", Version, StringComparison.Ordinal);
        var (seen, answer) = await SendAsync(method, full, body);
        Assert.Equal(status, (int)seen);
        if (code is not null)
        {
            Assert.Equal(code, answer.GetProperty("error").GetProperty("code").GetString());
        }
    }

    [Fact]
    public async Task A_region_without_cores_gives_no_machine_and_says_how_many_are_missing()
    {
        const string Compute = $"/subscriptions/{Arm.Subscription}/providers/Microsoft.Compute/locations/{Arm.Location}";
        const string Quota = $"{Compute}/providers/Microsoft.Quota/quotas/cores?api-version=2023-02-01";
        var (_, usages) = await SendAsync("GET", $"{Compute}/usages?{Version}");
        var used = usages.GetProperty("value")[0].GetProperty("currentValue").GetInt32();
        try
        {
            await LimitAsync(used + 3);
            var order = new Shared.Vms.VmRequest("one-too-many", "Standard_D4s_v5", "#cloud-config", new Dictionary<string, string>());
            var full = await Assert.ThrowsAsync<NoCapacityException>(() => cloud.Vms.StartCreateAsync(order, CancellationToken.None));
            Assert.Equal($"3 of {used + 3} cores are free in westeurope, and 4 are needed.", full.Message);
            Assert.Null(await cloud.Vms.FindAsync("one-too-many", CancellationToken.None));
            var (refused, _) = await SendAsync("PUT", Quota, """{"properties":{"limit":{"value":"many"}}}""");
            Assert.Equal(HttpStatusCode.BadRequest, refused);
        }
        finally
        {
            await LimitAsync(1_000);
        }

        async Task LimitAsync(int cores)
        {
            var body = JsonSerializer.Serialize(new { properties = new { limit = new { limitObjectType = "LimitValue", value = cores } } });
            var (status, answer) = await SendAsync("PUT", Quota, body);
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Equal(cores, answer.GetProperty("properties").GetProperty("limit").GetProperty("value").GetInt32());
        }
    }

    [Fact]
    public async Task A_region_that_finds_no_host_takes_the_order_and_fails_the_machine()
    {
        var order = new Shared.Vms.VmRequest("no-host", "Standard_D4s_v5", "#cloud-config", new Dictionary<string, string>());
        await cloud.FaultAsync(new FaultRule("allocation", FaultKind.FailBefore, Path: "no-host"));
        try
        {
            await cloud.Vms.StartCreateAsync(order, CancellationToken.None);
            VmState? failed = null;
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while (failed is not { ProvisioningState: "Failed" })
            {
                await Task.Delay(50, patience.Token);
                failed = await cloud.Vms.FindAsync(order.Name, patience.Token);
            }

            Assert.Equal("Azure has no Standard_D4s_v5 to give in westeurope (AllocationFailed).", cloud.Vms.ShortageOf(failed, order.Size));
            Assert.Null(cloud.Vms.ShortageOf(failed with { Fault = new("OSProvisioningTimedOut", "It took too long.") }, order.Size));
        }
        finally
        {
            await cloud.FaultAsync();
            await cloud.Vms.DeleteAsync(order.Name, CancellationToken.None);
        }
    }

    [Theory]
    [InlineData(409, "SkuNotAvailable", "The requested VM size is currently not available.", "Azure has no D4 to give in westeurope (SkuNotAvailable).")]
    [InlineData(200, "AllocationFailed", "Allocation failed.", "Azure has no D4 to give in westeurope (AllocationFailed).")]
    [InlineData(409, "OperationNotAllowed", "The VM is being deleted.", null)]
    [InlineData(403, "AuthorizationFailed", "quota", null)]
    public void A_cloud_that_is_full_is_told_from_one_that_refuses(int status, string code, string message, string? reason) =>
        Assert.Equal(reason, NoCapacity.Reason(new RequestFailedException(status, message, code, null), "D4", "westeurope"));

    [Fact]
    public async Task A_token_for_another_service_is_refused()
    {
        var (token, _) = cloud.Context.Tokens.Issue("https://vault.azure.net");
        Assert.Equal((HttpStatusCode.Unauthorized, "InvalidAuthenticationToken"), await CodeAsync(token));
        Assert.Equal((HttpStatusCode.Unauthorized, "AuthenticationFailed"), await CodeAsync(null));
    }

    private async Task<(HttpStatusCode, string?)> CodeAsync(string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address($"{Machine}?{Version}"));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var response = await cloud.Http.SendAsync(request);
        var answer = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        return (response.StatusCode, answer.GetProperty("error").GetProperty("code").GetString());
    }

    private Uri Address(string path) => TestCloud.Address(cloud.Context.Ports.ResourceManager, path, https: true);

    private async Task<(HttpStatusCode Status, JsonElement Answer)> SendAsync(
        string method, string path, string? body = null, params (string, string)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Address(path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", cloud.Context.Tokens.Issue(Arm.Audience).Token);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await cloud.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text));
    }
}
