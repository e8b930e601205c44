using System.Text.Json;
using Launchpad.Host.Http;
using Launchpad.Host.Worker;
using Launchpad.Host.Worker.Protocol;
using Microsoft.Extensions.Configuration;

namespace Launchpad.Host.Tests;

/// <summary>What an app may not ask for, and the limits, without a process.</summary>
public sealed class FunctionTests
{
    [Theory]
    [InlineData("admin/users")]
    [InlineData("/Administration")]
    [InlineData("runtime")]
    public void A_route_that_Azure_keeps_for_itself_is_refused(string route)
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => RoutesOf((route, ["get"])));
        Assert.Contains("Azure refuses", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_functions_may_share_a_route_but_not_a_method_of_it()
    {
        RoutesOf(("items", ["get"]), ("items", ["post"]));
        Assert.Throws<InvalidOperationException>(() => RoutesOf(("items", ["get", "post"]), ("Items/", ["post"])));
        Assert.Throws<InvalidOperationException>(() => RoutesOf(("items", []), ("items", ["post"])));
    }

    [Fact]
    public void A_function_that_says_nothing_of_keys_asks_for_one()
    {
        var plain = new HttpFunction(Function("Plain", new { type = "httpTrigger", name = "request" }));
        Assert.Equal(AuthorizationLevel.Function, plain.Level);
    }

    [Theory]
    [InlineData("""{"type":"queueTrigger","name":"item"}""")]
    [InlineData("""{"type":"http","name":"$return"}""")]
    public void A_trigger_that_this_host_has_not_is_refused(string binding)
    {
        var metadata = new RpcFunctionMetadata { Name = "Odd", FunctionId = "1" };
        metadata.RawBindings.Add(binding);
        Assert.Contains("'Odd'", Assert.Throws<NotSupportedException>(() => new AppFunction(metadata)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1, -1, 100, 0)]
    [InlineData(2, -1, 2, 98)]
    [InlineData(2, 3, 2, 1)]
    [InlineData(-1, 3, 3, 0)]
    [InlineData(5, 3, 3, 0)]
    public async Task Of_a_hundred_requests_as_many_run_and_wait_as_host_json_says(int running, int outstanding, int run, int wait)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AzureFunctionsJobHost:extensions:http:maxConcurrentRequests"] = $"{running}",
            ["AzureFunctionsJobHost:extensions:http:maxOutstandingRequests"] = $"{outstanding}",
        }).Build();
        using var limits = new HttpLimits(new HostJson(settings, AppContext.BaseDirectory));
        var entered = Enumerable.Range(0, 100).Select(_ => limits.EnterAsync(CancellationToken.None).AsTask()).ToList();
        Assert.Equal(wait, entered.Count(task => !task.IsCompleted));
        var known = await Task.WhenAll(entered.Where(task => task.IsCompleted));
        Assert.Equal(run, known.Count(place => place is { IsAcquired: true }));
    }

    private static void RoutesOf(params (string Route, string[] Methods)[] routes) => HttpFunction.Of(routes.Select((r, i) =>
        Function($"F{i}", new { type = "httpTrigger", name = "request", route = r.Route, methods = r.Methods })));

    private static AppFunction Function(string name, object binding)
    {
        var metadata = new RpcFunctionMetadata { Name = name, FunctionId = name };
        metadata.RawBindings.Add(JsonSerializer.Serialize(binding));
        return new(metadata);
    }
}
