using System.Reflection;
using Launchpad.Functions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Launchpad.Azure.Tests;

/// <summary>What the product reads from its configuration, observed while it is composed and every one of its options is made.</summary>
internal static class ProductSettings
{
    private static readonly Assembly[] Product =
        [typeof(Composition).Assembly, typeof(Orchestrations.Activities.ErasureActivities).Assembly, typeof(Shared.Ids).Assembly];

    /// <summary>Names as they stand in the environment.</summary>
    public static IReadOnlySet<string> Read()
    {
        var watch = new Watch();
        using var services = Compose(new ConfigurationRoot([watch]));
        foreach (var type in OptionTypes(services))
        {
            _ = services.GetRequiredService(typeof(IOptionsFactory<>).MakeGenericType(type)) is { } factory
                && Try(() => factory.GetType().GetMethod("Create")!.Invoke(factory, [Options.DefaultName]));
        }

        return watch.Asked.Except(Computed).Select(key => key.Replace(":", "__", StringComparison.Ordinal)).ToHashSet();
    }

    /// <summary>As the product starts with these: the complaints of its own validation, of all options.</summary>
    public static IReadOnlyList<string> Complaints(IReadOnlyDictionary<string, string> settings)
    {
        using var services = Compose(Configuration(settings));
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (OptionsValidationException wrong)
        {
            return [.. wrong.Failures];
        }
        catch (AggregateException several)
        {
            return [.. several.InnerExceptions.SelectMany(one => one is OptionsValidationException all ? all.Failures : [one.Message])];
        }
        catch (InvalidOperationException unbound)
        {
            return [unbound.Message];
        }
    }

    public static ServiceProvider Compose(IConfiguration configuration) =>
        new ServiceCollection().AddLogging().AddLaunchpad(configuration).BuildServiceProvider();

    public static IConfiguration Configuration(IReadOnlyDictionary<string, string> settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting =>
            KeyValuePair.Create(setting.Key.Replace("__", ":", StringComparison.Ordinal), (string?)setting.Value)))
        .Build();

    /// <summary>The records that have a section, whether anybody registers them or not.</summary>
    public static IEnumerable<string> Sections => Sectioned.Select(one => one.Section);

    private static IEnumerable<(Type Type, string Section)> Sectioned =>
        from type in Product.SelectMany(assembly => assembly.GetTypes())
        let section = type.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as string
        where section is not null
        select (type, section);

    /// <summary>Properties that nothing can be bound to; the binder looks for a value all the same.</summary>
    private static IEnumerable<string> Computed =>
        from one in Sectioned
        from property in one.Type.GetProperties()
        where !property.CanWrite
        select $"{one.Section}:{property.Name}";

    /// <summary>Whoever takes the configuration itself could read from it what nobody sees here.</summary>
    public static IEnumerable<string> TakersOfConfiguration => Product.SelectMany(assembly => assembly.GetTypes())
        .Where(type => type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
            .Any(made => made.GetParameters().Any(parameter => typeof(IConfiguration).IsAssignableFrom(parameter.ParameterType))))
        .Select(type => type.FullName!);

    private static IEnumerable<Type> OptionTypes(ServiceProvider services) => Product.SelectMany(assembly => assembly.GetTypes())
        .Where(type => !type.IsGenericTypeDefinition && type.IsClass && !type.IsAbstract
            && services.GetServices(typeof(IConfigureOptions<>).MakeGenericType(type)).Any());

    private static bool Try(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (TargetInvocationException refused) when (refused.InnerException is OptionsValidationException)
        {
            // Without a value it is not valid; it was read all the same.
            return false;
        }
    }

    /// <summary>Has nothing, and remembers what it was asked for.</summary>
    private sealed class Watch : IConfigurationProvider
    {
        public HashSet<string> Asked { get; } = [];

        public bool TryGet(string key, out string? value)
        {
            // A section is asked for a value of its own too.
            if (key.Contains(ConfigurationPath.KeyDelimiter, StringComparison.Ordinal) || !Sections.Contains(key))
            {
                Asked.Add(key);
            }

            value = null;
            return false;
        }

        public void Set(string key, string? value) => throw new NotSupportedException();

        public IChangeToken GetReloadToken() => new CancellationChangeToken(CancellationToken.None);

        public void Load()
        {
        }

        // A section without anything in it would not be read at all.
        public IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath) =>
            Sections.Contains(parentPath) ? earlierKeys.Append("anything") : earlierKeys;
    }
}
