using Launchpad.Host.Discovery;
using Launchpad.Host.Http;
using Launchpad.Host.Sample;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Host.Tests;

public sealed class FunctionRulesTests
{
    [Fact]
    public void Functions_are_found_in_the_app_and_in_what_it_was_built_with_even_without_a_reference()
    {
        Assert.DoesNotContain(typeof(App).Assembly.GetReferencedAssemblies(), name => name.Name == "Launchpad.Host.SampleSagas");
        var names = FunctionList.Discover(typeof(App).Assembly).All.Select(f => f.Name).ToList();
        Assert.Contains("Greet", names);
        Assert.Contains("Say", names);
        Assert.Contains("Unrouted", names);
    }

    [Theory]
    [InlineData(nameof(Refused.NoTrigger), "0 triggers")]
    [InlineData(nameof(Refused.TwoTriggers), "2 triggers")]
    [InlineData(nameof(Refused.ReturnsValueTask), "ValueTask")]
    [InlineData(nameof(Refused.MvcBody), "MVC's [FromBody]")]
    [InlineData(nameof(Refused.DerivedClient), "exactly that type")]
    [InlineData(nameof(Refused.SagaWithClient), "only activities act")]
    [InlineData(nameof(Refused.SagaWithText), "TaskOrchestrationContext")]
    public void What_Azure_would_refuse_or_ignore_is_refused_in_words(string method, string reason)
    {
        var refusal = Assert.Throws<InvalidOperationException>(
            () => FunctionRules.Check(new Function(method, typeof(Refused).GetMethod(method)!)));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

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

    private static void RoutesOf(params (string Route, string[] Methods)[] routes)
    {
        var method = typeof(Refused).GetMethod(nameof(Refused.Fine))!;
        var functions = routes.Select((r, i) => new HttpFunction(
            new Function($"F{i}", method), new HttpTriggerAttribute(AuthorizationLevel.Anonymous, r.Methods) { Route = r.Route }));
        HttpFunction.Check([.. functions]);
    }

    public static class Refused
    {
        public static void Fine([HttpTrigger("get")] HttpRequest request) => ArgumentNullException.ThrowIfNull(request);

        public static void NoTrigger(HttpRequest request) => ArgumentNullException.ThrowIfNull(request);

        public static string TwoTriggers([HttpTrigger("get")] HttpRequest request, [TimerTrigger("0 * * * *")] TimerInfo timer) =>
            $"{request}{timer}";

        public static ValueTask ReturnsValueTask([HttpTrigger("get")] HttpRequest request) => new(Task.FromResult(request));

        public static string MvcBody([HttpTrigger("post")] HttpRequest request, [Microsoft.AspNetCore.Mvc.FromBody] Order order) =>
            $"{request}{order}";

        public static string DerivedClient([HttpTrigger("post")] HttpRequest request, [DurableClient] IAsyncDisposable client) =>
            $"{request}{client}";

        public static string SagaWithClient(
            [OrchestrationTrigger] TaskOrchestrationContext context, [DurableClient] DurableTaskClient client) => $"{context}{client}";

        public static string SagaWithText([OrchestrationTrigger] string context) => context;
    }
}
