using System.Collections.Immutable;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Host.Discovery;

/// <summary>Every function of the app. Whatever Azure would refuse, or silently do otherwise, is refused when the app starts.</summary>
internal sealed class FunctionList
{
    private const BindingFlags Methods =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private FunctionList(ImmutableArray<Function> all) => All = all;

    public ImmutableArray<Function> All { get; }

    public static FunctionList Discover(Assembly application)
    {
        var functions = FunctionAssemblies.Of(application)
            .SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetMethods(Methods))
            .Select(method => (Method: method, Attribute: method.GetCustomAttribute<FunctionAttribute>()))
            .Where(found => found.Attribute is not null)
            .Select(found => new Function(found.Attribute!.Name, found.Method))
            .OrderBy(function => function.Name, StringComparer.Ordinal)
            .ToImmutableArray();

        foreach (var function in functions)
        {
            FunctionRules.Check(function);
        }

        if (functions.GroupBy(f => f.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw twice.First().Invalid($"shares its name with {twice.Last().EntryPoint}");
        }

        return new(functions);
    }

    public Function? Find(string name) => All.FirstOrDefault(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    public IEnumerable<(Function Function, TTrigger Trigger)> TriggeredBy<TTrigger>() =>
        All.Where(f => f.Trigger is TTrigger).Select(f => (f, (TTrigger)(object)f.Trigger));
}
