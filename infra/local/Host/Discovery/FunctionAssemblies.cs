using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json;

namespace Launchpad.Host.Discovery;

/// <summary>The assemblies that may hold functions: the app's own, and those it was built with that know the worker packages.</summary>
internal static class FunctionAssemblies
{
    private const string Packages = "Microsoft.";
    private const string Worker = "Microsoft.Azure.Functions.Worker";

    public static IEnumerable<Assembly> Of(Assembly application)
    {
        // The build's list of dependencies, not the assembly's references: the compiler drops a reference that only `nameof` used.
        var list = Path.ChangeExtension(application.Location, ".deps.json");
        if (!File.Exists(list))
        {
            throw new InvalidOperationException($"'{list}' is missing: functions are found by the build's list of dependencies.");
        }

        var own = application.GetName().Name;
        yield return application;
        foreach (var name in Dependents(list).Where(name => name != own && name != typeof(FunctionAssemblies).Assembly.GetName().Name))
        {
            yield return AssemblyLoadContext.Default.LoadFromAssemblyName(new AssemblyName(name));
        }
    }

    private static List<string> Dependents(string list)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(list));
        var target = document.RootElement.GetProperty("runtimeTarget").GetProperty("name").GetString()!;
        var names = new List<string>();
        foreach (var library in document.RootElement.GetProperty("targets").GetProperty(target).EnumerateObject())
        {
            var name = library.Name[..library.Name.IndexOf('/', StringComparison.Ordinal)];
            if (!name.StartsWith(Packages, StringComparison.Ordinal)
                && library.Value.TryGetProperty("dependencies", out var dependencies)
                && dependencies.EnumerateObject().Any(d => d.Name.StartsWith(Worker, StringComparison.Ordinal)))
            {
                names.Add(name);
            }
        }

        return names;
    }
}
