using System.Collections.Immutable;
using Launchpad.Host.Discovery;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Host.Http;

/// <summary>A function and the requests it answers.</summary>
internal sealed class HttpFunction
{
    public HttpFunction(Function function, HttpTriggerAttribute trigger)
    {
        Function = function;
        Level = trigger.AuthLevel;
        Route = (string.IsNullOrWhiteSpace(trigger.Route) ? function.Name : trigger.Route).Trim('/');
        Methods = trigger.Methods is { Length: > 0 } methods ? [.. methods.Select(m => m.ToUpperInvariant())] : [];
    }

    public Function Function { get; }

    public AuthorizationLevel Level { get; }

    public string Route { get; }

    /// <summary>Empty: all of them.</summary>
    public ImmutableArray<string> Methods { get; }

    public bool Takes(string method) => Methods.IsEmpty || Methods.Contains(method, StringComparer.OrdinalIgnoreCase);

    public static ImmutableArray<HttpFunction> Of(FunctionList functions) =>
        Check([.. functions.TriggeredBy<HttpTriggerAttribute>().Select(f => new HttpFunction(f.Function, f.Trigger))]);

    public static ImmutableArray<HttpFunction> Check(ImmutableArray<HttpFunction> all)
    {
        foreach (var function in all)
        {
            function.CheckRoute(all);
        }

        return all;
    }

    private void CheckRoute(ImmutableArray<HttpFunction> all)
    {
        if (Route.StartsWith("admin", StringComparison.OrdinalIgnoreCase)
            || Route.StartsWith("runtime", StringComparison.OrdinalIgnoreCase))
        {
            throw Function.Invalid($"has the route '{Route}': Azure refuses any that begins with 'admin' or 'runtime'");
        }

        var other = all.FirstOrDefault(o => o != this && o.Route.Equals(Route, StringComparison.OrdinalIgnoreCase)
            && (Methods.IsEmpty || o.Methods.IsEmpty || Methods.Intersect(o.Methods).Any()));
        if (other is not null)
        {
            throw Function.Invalid($"has the route of function '{other.Function.Name}'");
        }
    }
}
