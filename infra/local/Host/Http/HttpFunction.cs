using System.Collections.Immutable;
using Launchpad.Host.Worker;

namespace Launchpad.Host.Http;

/// <summary>Who may call a function: anybody, whoever has one of its keys or of the app's, whoever has the master key.</summary>
internal enum AuthorizationLevel
{
    Anonymous,
    User,
    Function,
    System,
    Admin,
}

/// <summary>A function and the requests it answers.</summary>
internal sealed class HttpFunction
{
    public HttpFunction(AppFunction function)
    {
        Function = function;
        // What says nothing asks for a key.
        Level = Enum.TryParse<AuthorizationLevel>(function.Property("authLevel")?.GetString(), ignoreCase: true, out var level)
            ? level
            : AuthorizationLevel.Function;
        var route = function.Property("route")?.GetString();
        Route = (string.IsNullOrWhiteSpace(route) ? function.Name : route).Trim('/');
        Methods = [.. function.Property("methods")?.EnumerateArray().Select(method => method.GetString()!.ToUpperInvariant()) ?? []];
    }

    public AppFunction Function { get; }

    public AuthorizationLevel Level { get; }

    public string Route { get; }

    /// <summary>Empty: all of them.</summary>
    public ImmutableArray<string> Methods { get; }

    public bool Takes(string method) => Methods.IsEmpty || Methods.Contains(method, StringComparer.OrdinalIgnoreCase);

    public static ImmutableArray<HttpFunction> Of(IEnumerable<AppFunction> functions) =>
        Check([.. functions.Where(function => function.IsTriggeredBy("httpTrigger")).Select(function => new HttpFunction(function))]);

    private static ImmutableArray<HttpFunction> Check(ImmutableArray<HttpFunction> all)
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
