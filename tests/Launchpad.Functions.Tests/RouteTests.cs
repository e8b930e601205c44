using System.Text.Json;
using System.Text.RegularExpressions;

namespace Launchpad.Functions.Tests;

public sealed class RouteTests
{
    [Fact]
    public void Every_route_that_can_be_read_can_be_asked_for_its_head() =>
        Assert.Empty(Routes.ByFunction.Values.Where(route => route.Methods.Contains("GET") != route.Methods.Contains("HEAD")));

    [Fact]
    public void No_function_takes_a_method_that_another_one_takes_on_the_same_path()
    {
        var taken = Routes.ByFunction.Values.SelectMany(route => route.Methods.Select(method => (Shape(route.Template), method))).ToList();
        Assert.Equal(taken.Distinct(), taken);
    }

    [Fact]
    public void The_catch_all_is_tried_last_by_hosts_that_go_by_name()
    {
        var named = Metadata().Select(function => function.GetProperty("name").GetString()!).Order(StringComparer.OrdinalIgnoreCase);
        Assert.Equal(Unmatched.Name, named.Last());
    }

    /// <summary>An empty list of methods is none on Azure, where an absent one is all.</summary>
    [Fact]
    public void The_catch_all_names_no_methods_in_what_the_host_reads()
    {
        var function = Metadata().Single(function => function.GetProperty("name").GetString() == Unmatched.Name);
        var trigger = function.GetProperty("bindings").EnumerateArray()
            .Single(binding => binding.GetProperty("type").GetString() == "httpTrigger");
        Assert.False(trigger.TryGetProperty("methods", out _));
    }

    [Fact]
    public void The_table_of_routes_is_what_the_host_reads()
    {
        var host = Metadata().SelectMany(function => function.GetProperty("bindings").EnumerateArray()
            .Where(binding => binding.GetProperty("type").GetString() == "httpTrigger")
            .Select(binding => (function.GetProperty("name").GetString()!, binding.GetProperty("route").GetString()!)));
        Assert.Equal(host.Order(), Routes.ByFunction.Values.Select(route => (route.Function, route.Template)).Order());
    }

    private static string Shape(string template) => Regex.Replace(template, @"\{[^}]+\}", "*");

    /// <summary>What the build wrote of the app's functions, of those that are started from outside.</summary>
    private static JsonElement.ArrayEnumerator Metadata()
    {
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var file = Path.Combine(AppContext.BaseDirectory, "..", "..", "Launchpad.Functions", configuration, "functions.metadata");
        return JsonElement.Parse(File.ReadAllText(file)).EnumerateArray();
    }
}
